"""Contact details in what members write."""

import pytest

from mapservice.text.contacts import mask


@pytest.mark.parametrize(
    "contact",
    [
        "ann@example.org",
        "ann.lee+map@mail.example.co.uk",
        "ann (at) example (dot) org",
        "ann[at]example.org",
        "https://example.org/cure?x=1",
        "http://198.51.100.7/",
        "www.example.net",
        "example.shop/herbs",
        "dr-cure.com",
        "+44 20 7946 0123",
        "0049 (30) 901820",
        "(555) 010-4477-22",
        "020 7946 0123",
    ],
)
def test_never_leaves_a_contact_in_a_text(contact):
    assert mask(f"Write to {contact} today", "[hidden]") == "Write to [hidden] today"


@pytest.mark.parametrize(
    "text",
    [
        "I was diagnosed on 12.05.2019 and again in 2021-2022.",
        "I take 20 mg at 8.30 and 20.30, since 1998.",
        "It was hard.Then it got better",
        "My blood count was 4,500,000 in March",
        "Between 2015 and 2019 I lived elsewhere, e.g. with friends",
    ],
)
def test_leaves_what_is_no_contact(text):
    assert mask(text, "[hidden]") == text
