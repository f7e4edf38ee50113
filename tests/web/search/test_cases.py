"""Forty searches, written down before the search was made: what people type, and what they find first."""

import re
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import select

from mapservice.store.tables import Condition
from mapservice.store.tables.texts import MemberText
from testing.accounts import new_member, sign_in

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))

#: How many of the searches have to find their text among how many first results.
FOUND, FIRST = 38, 5


@pytest.fixture
def addresses(session) -> dict[str, str]:
    """The texts of the cases by name, and how their address ends."""
    ids = dict(session.execute(select(Condition.slug, Condition.id)).all())
    ends = {}
    for text in CASES["texts"]:
        row = MemberText(
            condition_id=ids[text["condition"]], kind=text["kind"], topic=text.get("topic"), language=text["language"],
            state="shown", audience="members", title=text.get("title", ""), body=text["body"],
        )  # fmt: skip
        session.add(row)
        session.flush()
        ends[f"text:{text['name']}"] = f"text-{row.id}" if row.topic else f"stories/{row.id}"
    return ends


def results(page: str) -> list[str]:
    """The addresses of the results of a search, in their order."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.findall(r'<(?:h2 id="answer">|li>)\s*<a href="([^"]+)"', main)


def end_of(finds: str, addresses: dict[str, str]) -> str:
    """How the address ends that a search should find."""
    slug, _, question = finds.partition("/")
    return addresses.get(finds) or (f"/{slug}/questions/{question}" if question else f"/conditions/{slug}")


def test_forty_searches_find_their_text_among_the_first_five(client, session, addresses):
    sign_in(client, new_member(session, "alice@example.org"))
    missed = {}
    for case in CASES["queries"]:
        page = client.get(f"/{case['language']}/search", query_string={"q": case["q"]}).text
        found = results(page)[:FIRST]
        if not any(address.endswith(end_of(case["finds"], addresses)) for address in found):
            missed[case["q"]] = found

    assert len(CASES["queries"]) == 40
    assert len(CASES["queries"]) - len(missed) >= FOUND, missed


@pytest.mark.parametrize(
    ("q", "question"),
    [
        ("ALL causes", "acute-lymphoblastic-leukaemia/questions/causes"),
        ("is cystic fibrosis hereditary", "cystic-fibrosis/questions/hereditary"),
        ("multiple sclerosis symptoms", "multiple-sclerosis/questions/symptoms"),
        ("endometriosis diet", "endometriosis/questions/diet"),
        ("¿Cuál es la esperanza de vida con esclerosis múltiple?", "multiple-sclerosis/questions/life-expectancy"),
    ],
)
def test_a_question_leads_to_its_page_first_with_the_short_answer_its_source_and_its_day(client, q, question):
    page = client.get("/search", query_string={"q": q}).text
    answer = re.search(r'<section class="card found-answer".*?</section>', page, re.DOTALL)

    assert results(page)[0] == f"/conditions/{question}"
    assert answer
    if "Nobody has answered this question here yet." not in answer[0]:
        assert re.search(r'class="reviewed".*\b20\d\d\b', answer[0], re.DOTALL)
