"""Caregivers of one person agree by a code, a grown child takes over, and after a death."""

from testing.journeys.person import Person

QUESTION = "Would you like to talk about school one day?"

_ENTERED = (
    "You have entered a code. The person who gave it to you has to confirm within a day. If they do, this page says "
    "so. If they do not, nothing changes."
)


def pair(one: Person, other: Person) -> None:
    """Two caregivers agree that they represent one person, and one of them ends it."""
    one.open("./person")
    one.tick("Their parent")
    one.press("Save")
    one.press("Make a code for another caregiver")
    code = one.page.locator("code").inner_text()
    other.open("./person")
    other.fill("Code", code)
    other.tick("I represent the same person as the one who gave me this code.")
    other.press("Enter the code")
    other.sees(_ENTERED)
    one.open("/me")
    one.follow("Someone has entered your code. Please answer.")
    one.press("Yes, confirm")
    one.sees("You have confirmed that someone else here represents the same person.")
    other.open("./person")
    other.press("End this")
    other.sees("Enter a code that you were given")


def take_over(parent: Person, child: Person, friend: Person, card: str) -> None:
    """A grown child takes over while a message to the parent waits, which stays the parent's."""
    friend.open(f"{card}/write")
    friend.fill("Your message", QUESTION)
    friend.press("Send message")
    parent.open("./person")
    parent.press("Make a code for the person")
    code = parent.page.locator("code").inner_text()
    child.open("./person")
    child.fill("Code", code)
    child.tick("The one who gave me this code takes part here for me.")
    child.press("Enter the code")
    child.sees(_ENTERED)
    parent.open("./person")
    parent.press("Yes, confirm and stay")
    parent.open("/messages")
    parent.reads(friend.name)
    child.open("/messages")
    child.does_not_read(friend.name)


def remember(carer: Person, reader: Person, card: str) -> None:
    """Keep a person in memory, with a consent of its own: gone at once, and back after an undo."""
    reader.open(card)
    carer.open("./person")
    carer.follow("See what you can choose")
    carer.press("Keep them in memory")
    carer.sees("Tick the box if you agree. Otherwise choose to remove everything.")
    carer.page.locator("input[name=remembered]").check()
    carer.press("Keep them in memory")
    carer.sees("Nobody can see you in this community now. Your conversations here are closed.")
    assert reader.page.request.get(card).status == 404, "the card is still there"
    carer.press("Undo")
    carer.sees("Undone. Everything here is as it was before.")
    assert reader.page.request.get(card).status == 200, "the card is not back"
