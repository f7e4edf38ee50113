"""Two people of one district find each other, write, block, report, and leave."""

from testing.journeys.person import Person

FIRST = "I have lived with this for two years. Would you like to talk about work one day?"
ANSWER = "Yes, I would like that very much."


def find(one: Person, name: str) -> None:
    """Find somebody in the district, through the page of people near, and open their profile."""
    one.open("./map")
    one.follow("People near me")
    one.come_by(one.page.locator(".near-groups a").first)
    one.come_by(one.page.locator("ol.people a:not(.quiet)").first)
    one.reads(name)


def does_not_find(one: Person) -> None:
    """Find nobody in any group of people near."""
    one.open("./nearby")
    one.sees("nobody visible to you")
    assert one.page.locator(".near-groups a").count() == 0, "somebody is still near"


def write_and_hide(one: Person, other: Person) -> None:
    """Find somebody, write; they accept and answer, and hide everywhere."""
    find(one, other.name)
    one.follow("Write")
    one.fill("Your message", FIRST)
    one.press("Send message")
    one.sees("Your message was sent")
    other.open("/messages")
    other.follow(one.name)
    other.reads(FIRST)
    other.press("Accept")
    other.sees("You can now write to each other.")
    other.fill("Your message", ANSWER)
    other.press("Send message")
    other.reads(ANSWER)
    one.open("/messages")
    one.follow(other.name)
    one.reads(ANSWER)
    other.press("Hide me everywhere")
    does_not_find(one)


def block(one: Person, other: Person) -> None:
    """Block somebody from their profile; neither finds the other; take it back."""
    find(one, other.name)
    one.follow("Block")
    one.press("Block")
    one.sees("People you blocked")
    one.reads(other.name)
    does_not_find(one)
    does_not_find(other)
    one.open("/me/blocked")
    one.press("Unblock")
    one.sees("You have not blocked anyone.")
    find(other, one.name)


def report(one: Person, name: str) -> None:
    """Report a profile; a form without a reason keeps what was typed."""
    find(one, name)
    one.follow("Report")
    note = one.say("What should the moderators know? (optional)")
    one.fill("What should the moderators know? (optional)", "They wrote to everyone.")
    # A browser with scripts or without stops a form without a reason by itself; the page has to do it too.
    one.page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
    one.press("Send report")
    one.sees("Choose a reason.")
    assert one.page.get_by_label(note).input_value() == "They wrote to everyone."
    one.tick("They are selling something, such as a cure")
    one.press("Send report")
    one.sees("We have not checked it yet.")


def delete_account(one: Person, other: Person) -> None:
    """Delete the account in two steps; the other finds nobody, and signing in no longer works."""
    find(other, one.name)
    one.open("/account")
    one.follow("Delete your account")
    one.press("Delete your account")
    one.press("Delete everything now")
    one.sees("Your account and everything in it have been deleted.")
    does_not_find(other)
    one.sign_in()
    one.sees("Wrong e-mail address or password.")
