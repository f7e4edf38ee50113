"""The command that chooses which conditions a service is for."""

from tests.cli.test_staff import command, copies, copy

__all__ = ["command", "copies", "copy"]


def test_an_operator_chooses_adds_and_hides_conditions(command):
    slugs = ["marfan-syndrome", "crohns-disease"]
    said = [
        command("conditions", *words)
        for words in (
            ("choose", *slugs),
            ("hide", "marfan-syndrome"),
            ("hide", "crohns-disease"),
            ("add", "ours", "Our Disease", "--synonym", "Ours", "--prevalence", "0.5"),
            ("add", "ours", "Other"),
            ("add", "Ours!", "Other"),
            ("choose", "nothing"),
            ("list",),
            ("show", "marfan-syndrome"),
            ("all",),
        )
    ]

    assert [code for code, _words in said] == [0, 0, 1, 0, 1, 1, 1, 0, 0, 0], said
    assert said[7][1].splitlines() == ["crohns-disease\tCrohn's disease", "ours\tOur Disease"]
    assert "needs at least one condition" in said[2][1]
