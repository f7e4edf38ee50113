"""Who sees whom is decided in one place: whatever reads people or counts for somebody else asks it.

That is ``visible`` for people and ``personal_values`` for counts and tiles; where neither fits, the audiences *and* who
is apart *and* whose contact the viewer is.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from mapservice.config import HOME

STORE = HOME / "mapservice" / "store"

_TABLES = {"Membership", "ZoneCount", "ZoneCountChange", "ZoneCountVersion", "CURRENT", "COUNTS", "PERSONAL"}

# What reads with values that its caller makes by the rule.
_TABLES |= {"seen_counts", "seen_anywhere"}
_WORDS = re.compile(r"\b(membership|zone_count|zone_count_change|zone_count_version|CURRENT)\b")
_RULES = (
    *({"visible"}, {"personal_values"}, {"audiences_seen", "apart", "contacts_seen"}),
    {"audiences_read", "is_not_apart"},
    {"readable_everywhere"},
)

#: What reads memberships or their counts without the rule, and why it may: nobody else is shown what it finds.
ALLOWED = {
    "eligibility.update_counted_members": "counts for releases, which have noise and a gate of their own",
    "zone_counts.apply": "writes the counts",
    "count_rollup.roll_up": "writes the counts",
    "count_rollup.differences": "compares the counts with the memberships, and returns how many differ",
    "count_rollup.count_all": "writes the counts",
    "count_rollup.repair": "writes the counts",
    "current_counts.seen_counts": "reads what the values of the rule say, which its caller makes",
    "current_counts.seen_anywhere": "reads what the values of the rule say, which its caller makes",
    "clusters._stacks": "reads what the values of the rule say, which its caller makes",
    "my_contacts._chosen": "people about whom the member has chosen something, in their own list and file",
    "my_contacts.find": "the id of such a person, which is shown to nobody",
    "my_contacts.in_conversation": "whether both in a conversation have joined, and nothing else",
    "my_contacts.questions": "the member's own conversations, with others who are not apart from them",
    "correspondents.find": "whoever has a conversation with the member, who may block them",
    "blocks.find": "who is blocked by the member who asks: they have seen them, and are shown nothing of them now",
    "blocks.spread": "names of two members, of whom one has blocked the other, and nobody is shown them",
    "bulk_load.built_at_the_end": "removes indexes and builds them again, and reads no row",
    "closed_memberships.find": "the member's own",
    "closed_memberships.forget_consent_to_remember": "the member's own",
    "closed_memberships.get": "the member's own",
    "closed_memberships.list_for_member": "the member's own",
    "codes._lock": "locks two memberships, and returns nothing",
    "counted_members.count_once": "takes somebody out of a count, and returns nothing",
    "demo._add": "writes invented people",
    "demo.invent": "writes profiles of invented people",
    "demo._delete_members": "removes invented people",
    "memorial_notices.announce": "writes who is told of a death later, and returns nothing",
    "memorials._take_out_of_figures": "locks memberships and takes them out of a count, and returns nothing",
    "memorials.repeat": "opens memberships again after a restore, and returns how many",
    "consents._note_change": "the member's own",
    "memberships.find": "the member's own",
    "memberships.get": "the member's own",
    "memberships.get_condition": "the member's own",
    "memberships.is_shown": "the member's own",
    "memberships.join": "the member's own",
    "memberships.list_for_member": "the member's own",
    "reports.conversation_with": "finds a conversation that both have, and returns nothing of the other",
    "public_texts._close_for_minor": "makes discussions no longer public, and returns nothing",
    "reading_rule.open_threads": "which discussions there are, whatever became of the first text, and no author",
    "reading_rule.joined": "what every reader of texts with the rule reads",
    "writing.keep_without_author": "a member's own texts, and whether they are for a minor",
    "repin._zones": "moves pins, and returns none to a page",
    "repin.redraw": "moves pins, and returns how many",
    "readers.reader": "the member's own, and who is apart from them; it shows nobody",
    "homes.forget_member": "the member's own",
    "home_zones.forget_unused_home": "the member's own",
    "homes.lock_memberships": "the member's own",
    "message_settings.close": "the member's own",
}


def read(name: str) -> str:
    return (STORE / name).read_text()


def statements(tree: ast.Module) -> set[str]:
    """The names of a module under which SQL about people stands, or SQL that is made of such."""
    names: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        if _WORDS.search(ast.unparse(node.value)) or names_in(node.value) & (names | _TABLES):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def names_in(node: ast.AST) -> set[str]:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def annotations(function: ast.FunctionDef) -> list[ast.expr]:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return [argument.annotation for argument in arguments if argument.annotation] + (
        [function.returns] if function.returns else []
    )


def unruled(source: str) -> Iterator[str]:
    """The functions of a module that query people and do not ask the rule, themselves or by a helper of the module."""
    tree = ast.parse(source)
    functions = {function.name: function for function in tree.body if isinstance(function, ast.FunctionDef)}
    sql = statements(tree)

    def used_by(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        used = names_in(functions[name])
        called = (used & set(functions)) - seen - {name}
        return used.union(*(used_by(helper, seen | {name}) for helper in called))

    for name, function in functions.items():
        body = ast.Module(function.body, [])
        strings = [
            node.value for node in ast.walk(body) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        said = [string for string in strings if string != ast.get_docstring(function, clean=False)]
        touches = (
            {name} in _RULES
            or names_in(body) & (_TABLES | sql)
            or any(re.search(r"\b(from|join) (membership|zone_count(_change|_version)?)\b", string) for string in said)
        )
        # Where a rule is made, its name alone is none.
        rules = [rule for rule in _RULES if rule.isdisjoint(functions)]
        if touches and not any(rule <= used_by(name) for rule in rules):
            yield name


def readers() -> set[str]:
    return {f"{path.stem}.{name}" for path in STORE.rglob("*.py") for name in unruled(path.read_text())}


def test_never_reads_people_for_somebody_else_without_the_one_rule():
    assert readers() - set(ALLOWED) == set()


def test_every_exception_is_still_one():
    assert set(ALLOWED) - readers() == set()
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    "source",
    [
        "def everybody(session):\n    return session.scalars(select(Membership.public_id))",
        "def total(session):\n    return session.scalar(select(func.sum(tables.ZoneCount.n)))",
        "_ALL = text('select * from membership')\ndef everybody(session):\n    return session.execute(_ALL)",
        "def everybody(session):\n    return session.execute(text('select n from zone_count'))",
    ],
)
def test_a_query_that_goes_round_the_rule_is_found(source):
    assert len(list(unruled(source))) == 1


def test_a_query_that_asks_the_rule_by_a_helper_is_fine():
    rule = "def _seen(v):\n    return visible(1, v)\n"
    source = rule + "def all(s, v):\n    return s.scalars(select(Membership), _seen(v))"

    assert list(unruled(source)) == []


def test_a_query_that_asks_for_audiences_and_forgets_blocks_is_found():
    source = (
        "def all(s, v):\n    return s.scalars(select(Membership).where(Membership.audience.in_(audiences_seen(v))))"
    )

    assert list(unruled(source)) == ["all"]
    assert list(unruled(source.replace("audiences_seen(v)", "audiences_seen(v), v.apart, contacts_seen(v)"))) == []


@pytest.mark.parametrize(
    ("module", "rule", "planted", "found"),
    [
        ("places/member_lists.py", "visible(condition.id, viewer)", "everybody()", {"shown_in", "stacked_in", "card"}),
        ("places/clusters.py", "personal_values(condition_id, viewer, role)", "values", {"in_tiles"}),
        (
            "places/member_lists.py",
            "personal_values(condition.id, viewer, role)",
            "values",
            {"rows_below", "total", "totals"},
        ),
        ("places/current_counts.py", "viewer.apart", "viewer.member", {"personal_values"}),
        ("places/current_counts.py", "contacts_seen(viewer)", "viewer.member", {"personal_values"}),
        ("places/current_counts.py", "audiences_seen(viewer)", "AUDIENCES", {"personal_values"}),
    ],
)
def test_taking_the_rule_out_of_a_reader_is_found(module, rule, planted, found):
    assert rule in read(module)
    before = set(unruled(read(module)))

    assert set(unruled(read(module).replace(rule, planted))) - before >= found


def test_never_makes_a_viewer_of_pages_who_has_blocked_nobody():
    """Only these make viewers: the others get theirs from them, with the people who are apart from them."""
    makers = {
        f"{path.stem}.{function.name}"
        for path in (HOME / "mapservice").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Viewer"
    }

    # The list of what strangers can read is made for a stranger.
    assert makers == {"memberships.viewer", "viewpoints.load", "public_texts._refresh"}
