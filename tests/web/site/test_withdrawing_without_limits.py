"""Nothing that makes a member less visible is ever refused by a limit, nor the page with its button."""

import pytest

from testing import routes
from testing.accounts import sign_in
from tests.limiting import use_up

#: The forms that count toward the pages of a member. None of them is needed to become less visible: hiding in one
#: condition or everywhere, leaving, withdrawing a consent, deleting and signing out are not among them.
COUNTED_FORMS = {
    *("sign_up.ask", "sign_up.complete", "sign_in.sign_in", "sign_in.forgot", "sign_in.reset", "settings.again"),
    *("settings.rename", "settings.change_password", "email_change.ask"),
    *("two_factor.ask", "two_factor.set_up", "two_factor.renew_codes", "two_factor.remove"),
    *(
        "memberships.join",
        "consents.count",
        "place.save",
        "place.browse",
        "after_a_move.show_there",
        "restore_review.finish",
    ),
    *("my_data.save", "staff_export.export", "language.choose"),
    *(
        "operator.save",
        "operator_texts.save",
        "operator_texts.restore",
        "operator_conditions.choose",
        "operator_conditions.add",
    ),
    *("first_message.send", "first_message.keep", "conversations.reply", "conversations.keep", "conversations.read"),
    *("answers.accept", "answers.undo", "contacts.agree"),
    *(
        "text_reports.send",
        "reports.send",
        "reports.mark_read",
        "message_reports.send",
        "moderation.decide",
        "moderation.lift",
    ),
    *("moderators.appoint", "moderators.dismiss", "operator_logo.save", "operator_logo.remove"),
    *(
        "passkeys.sign_in",
        "passkeys.add",
        "passkeys.rename",
        "suspended.show",
        "suspended.save",
        "blocked_reports.send",
    ),
    *("tell.preview", "tell.keep", "tell.publish", "tell.preview_change", "tell.save"),
    *("experience.preview", "experience.keep", "experience.publish"),
    *("ask.preview", "ask.keep", "ask.publish", "answer.preview", "answer.keep", "answer.publish"),
    *("forum.follow", "forum.seen", "forum.mark"),
    *("own_texts.thank", "own_texts.undo", "held_texts.decide"),
    *("articles.save", "articles.decide_about", "articles.review", "articles.restore"),
    *("editors.appoint", "editors.dismiss"),
    # Remarks are deleted without a limit.
    *("article_feedback.say_helped", "article_feedback.send", "remarks.mark"),
    *("article_follows.follow", "article_follows.seen"),
    # Ending is a way to withdraw, these are not.
    *("care.save", "care.invite", "care.enter", "care.answer", "after_death.undo"),
    # A member who hides shows no profile either.
    *("profiles.save", "profiles.preview"),
}


def is_unlimited(app, rule) -> bool:
    return getattr(app.view_functions[rule.endpoint], "is_unlimited", False)


def test_every_form_counts_toward_the_pages_of_a_member_or_is_a_way_to_withdraw(app):
    counted = {rule.endpoint for rule, _method in routes.unsafe(app) if not is_unlimited(app, rule)}

    assert counted == COUNTED_FORMS


def test_never_keeps_a_member_from_withdrawing_by_a_limit(app, bob):
    client = app.test_client()
    unlimited = [rule for rule, _method in routes.unsafe(app) if is_unlimited(app, rule)]
    assert {"settings.delete", "settings.end_session", "place.hide", "consents.revoke"} <= {
        rule.endpoint for rule in unlimited
    }

    # Deleting comes last; after it there is nobody to withdraw.
    for rule in sorted(unlimited, key=lambda rule: rule.endpoint == "settings.delete"):
        sign_in(client, bob)
        use_up(app, "pages", str(bob.id))
        assert client.get("/me/review").status_code == 429
        assert routes.send(client, rule).status_code != 429, rule


@pytest.mark.parametrize(
    "path", ["/me", "/me/consents", "/me/place/forget", "/account", "/account/delete", "/me/blocked"]
)
def test_never_keeps_a_member_from_the_page_with_the_button_by_a_limit(app, bob, path):
    client = app.test_client()
    sign_in(client, bob)
    use_up(app, "pages", str(bob.id))

    assert client.get(path).status_code == 200
