"""Contact details in texts: hidden until a moderator decides, in a list of their own."""

from testing.accounts import post
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import app, as_fellow, as_moderator
from tests.web.texts.test_forum import answer, ask

__all__ = ["app", "as_fellow", "as_moderator"]

LIST = "/moderation/texts/contacts"


def test_a_moderator_shows_contact_details_or_keeps_them_hidden(as_bob, as_fellow, as_moderator):
    thread = ask(as_bob).location
    addresses = [
        f"/moderation/texts/{ALL.rpartition('/')[2]}/{answer(as_fellow, thread, said).location.rpartition('/')[2]}"
        for said in ("Our group is group@example.org.", "Ring 0800 555 0199.", "A walk, in 2019-2020.")
    ]
    page = as_moderator.get(LIST).text
    assert [f'href="{address}"' in page for address in addresses] == [True, True, False]
    assert all(detail in page for detail in ("group@example.org", "0800 555 0199", "Ring [hidden]."))

    assert post(as_moderator, addresses[0], {"decision": "approve-contacts"}).location == LIST
    post(as_moderator, addresses[1], {"decision": "approve"})

    page = as_bob.get(thread).text
    assert ("group@example.org" in page, "0800" in page, "Ring [hidden]." in page) == (True, False, True)
    assert "There are no contact details to look at." in as_moderator.get(LIST).text
    own = addresses[1].rpartition("/")[2]
    said = {"body": "Ring 0800 555 0123.", "audience": "condition", "language": "en", "quotes": ""}
    post(as_fellow, f"{ALL}/texts/{own}/edit", said)
    assert "0800 555 0123" in as_moderator.get(LIST).text
    assert as_bob.get(LIST).status_code == 403
