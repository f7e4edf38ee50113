"""First texts as people write them, and as spammers do. None of them is in the set that the model learned from."""

from mapservice.config import HOME


def _lines(name):
    return (HOME / "tests" / "moderation" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


#: Honest first posts without contact details, in English and Spanish.
HONEST = _lines("honest")

#: What spammers write, in words of our own.
SPAM = _lines("spam")
