"""Who may do what, asked of every route there is: a route that nobody thought about turns this red."""

import itertools
import re
from collections.abc import Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from mapservice.web.accounts import access
from testing.combinations import is_due
from testing.releasing import put_figures
from testing.routes import (
    FORMS,
    SAFE,
    WITH_OPERATION,
    address,
    policy,
    rules,
    send,
    unsafe,
)
from tests.web.site.roles import app, browsers, one_let_in, plant

__all__ = ["app", "browsers"]

KNOWN_POLICY = re.compile(r"public|member|fresh|staff:[a-z]+(:fresh)?")


def without_policy(app: Flask) -> list[str]:
    return [rule.rule for rule in rules(app) if not KNOWN_POLICY.fullmatch(policy(app, rule) or "")]


def test_every_route_has_a_policy(app):
    assert without_policy(app) == []


@pytest.mark.parametrize("bad", [None, "", "everyone", "staff:", "staff:admin:stale"])
def test_a_route_without_a_policy_is_found(app, bad):
    plant(app, "/planted", lambda: "", policy=bad)

    assert without_policy(app) == ["/planted"]


def test_every_route_that_writes_is_tried_with_a_form(app):
    assert {rule.endpoint for rule, _method in unsafe(app)} <= set(FORMS)


#: The policy, method and path of a route, and the status and body of its answer.
Answers = Iterable[tuple[str, str, str, int, bytes]]


def may(role: str, needed: str) -> bool:
    """Whether a route that needs something is for a role; staff have a route of their own for each of their tasks."""
    return needed == "public" or (needed in {"member", "fresh"} and role != "stranger")


def opened(app: Flask, client: FlaskClient, chosen: Iterable[Rule]) -> Answers:
    """What routes that can be opened answer."""
    for rule in chosen:
        if "GET" in (rule.methods or ()):
            with client.get(address(app, rule)) as answer:
                yield policy(app, rule) or "", "GET", rule.rule, answer.status_code, answer.data


def sent(app: Flask, client: FlaskClient, chosen: Iterable[Rule]) -> Answers:
    """What routes that write answer to their form."""
    for rule in chosen:
        if (rule.methods or set()) - SAFE:
            answer = send(client, rule)
            yield policy(app, rule) or "", "POST", rule.rule, answer.status_code, answer.data


def forbidden(app: Flask, role: str) -> list[Rule]:
    """The routes that are not for a role, so that only these have to be asked."""
    return [rule for rule in rules(app) if not may(role, policy(app, rule) or "")]


def let_in(answers: Answers, role: str) -> list[str]:
    """What somebody may see or do who should not."""
    answered = []
    for role_needed, method, path, status, body in answers:
        if may(role, role_needed):
            continue
        # Strangers are asked to sign in, which a form without a session's token is told by a 400.
        refused = {"stranger": {303, 400}, "halfway": {303}}.get(role, {403})
        if status not in refused or b"Bob" in body or b"Carol" in body:
            answered.append(f"{method} {path}: {status}")
    return answered


@pytest.mark.parametrize("role", ["stranger", "member", "halfway"])
def test_never_lets_in_who_may_not(app, browsers, role):
    plant(app, "/planted", access.staff_required("admin")(lambda member: member.pseudonym), policy=None)

    client = browsers[role]

    chosen = forbidden(app, role)
    answers = list(itertools.chain(opened(app, client, chosen), sent(app, client, chosen)))
    assert let_in(answers, role) == []
    assert {path for _needed, _method, path, _status, _body in answers} >= {"/planted", "/admin/export"}
    assert len(answers) > 30


@pytest.mark.parametrize("endpoint", ["memberships.mine", "map.show", "map.view", "place.edit", "settings.show"])
def test_removing_one_guard_is_found(app, browsers, bob, endpoint):
    view = app.view_functions[endpoint].__wrapped__
    app.view_functions[endpoint] = lambda **values: view(bob, **values)
    app.view_functions[endpoint].policy = "member"

    chosen = [rule for rule in forbidden(app, "stranger") if rule.endpoint == endpoint]
    assert len(let_in(opened(app, browsers["stranger"], chosen), "stranger")) == 1


def test_a_page_for_staff_that_lets_members_in_is_found(app, browsers):
    plant(app, "/planted", access.member_required(lambda member: ""), policy="staff:admin")

    def found(role: str) -> list[str]:
        chosen = [rule for rule in forbidden(app, role) if rule.endpoint == "planted_planted"]
        return let_in(opened(app, browsers[role], chosen), role)

    assert found("halfway") == found("member") == ["GET /planted: 200"]
    assert found("stranger") == []


def test_who_may_is_let_in(app, browsers):
    for_members = [rule for rule in rules(app) if policy(app, rule) == "member"]
    roles = ("member", "staff")

    def due(role: str) -> list[Rule]:
        return [rule for number, rule in enumerate(for_members) if is_due(role, roles, number)]

    turned_away = [
        (method, path, status)
        for role in roles
        for _needed, method, path, status, _body in opened(app, browsers[role], due(role))
        if status not in {200, 302, 404}
        # Who has no second factor, or gave it before, is not asked for it and sent on.
        and (path, status) != ("/sign-in/code", 303)
    ]

    assert turned_away == []


def test_a_method_that_a_page_does_not_have_is_a_kind_405(app, browsers):
    for number, rule in enumerate(rules(app)):
        others = {method for other in rules(app) if other.rule == rule.rule for method in other.methods or ()}
        missing = [method for method in ("POST", "PUT", "DELETE", "PATCH") if method not in others]
        for method in (method for method in missing if is_due(method, missing, number)):
            answer = one_let_in(app, browsers, rule).open(address(app, rule), method=method)
            assert answer.status_code == 405, (method, rule.rule)
            assert re.search("You cannot use this (page|address) in this way", answer.text)
            assert set(answer.headers["Allow"].split(", ")) == others


def test_the_forms_of_this_test_are_taken(app, session: Session, browsers, condition):
    """Else a refusal would prove nothing."""
    statuses = {}
    put_figures(session, condition, 1, {"world": 210})
    for rule, _method in sorted(unsafe(app), key=lambda entry: entry[0].endpoint == "settings.delete"):
        if rule.endpoint not in {
            *("sign_up.complete", "sign_in.reset", "email_change.confirm", "email_change.freeze"),
            *("sign_in.sign_out", "sign_in.leave", "notifications.switch_off"),
        }:
            with send(one_let_in(app, browsers, rule), rule) as answer:
                statuses[rule.endpoint] = answer.status_code

    # The password of the cast cannot be used, and after leaving there is no place to change. Nobody is blocked
    # or reported, nobody has the address of the moderator, and there is no file.
    refused = {"sign_in.sign_in", "settings.again", "settings.change_password", "email_change.ask", "two_factor.set_up"}
    refused |= {"passkeys.sign_in", "passkeys.add", "passkeys.rename"}
    refused |= {
        "place.save",
        "place.hide",
        "hiding.show_again",
        "after_a_move.show_there",
        "consents.count",
        "my_data.save",
        "profiles.save",
        "blocks.block",
        "care.save",
        "care.invite",
        "care.enter",
        "care.answer",
        "after_death.choose",
        "moderators.appoint",
        "operator_logo.save",
        "reports.send",
        "moderation.decide",
        "message_reports.send",
        "blocked_reports.send",
        # Bob is no editor, and nobody has the address of the editor.
        "articles.save",
        "articles.decide_about",
        "articles.review",
        "articles.restore",
        "editors.appoint",
    }
    # Nobody is there to write to, and there is no conversation.
    refused |= {"first_message.send", "first_message.keep", "conversations.reply", "conversations.keep"}
    refused |= {"conversations.read", "answers.accept", "answers.decline", "answers.undo", "answers.delete"}
    # There is no text of theirs.
    refused |= {"tell.save", "own_texts.withdraw", "own_texts.undo", "own_texts.erase", "own_texts.thank"}
    refused |= {"tell.preview_change", "held_texts.decide", "text_reports.send"}
    refused |= {"answer.publish", "answer.preview", "answer.keep", "forum.follow", "forum.mark"}
    refused |= {"contacts.agree", "contacts.refuse", "contacts.end"}
    # A file, or a list to choose from, is the answer itself.
    assert statuses.pop("staff_export.export") == statuses.pop("place.browse") == 200
    assert {name: status for name, status in statuses.items() if status != 303 and name not in refused} == {}
    assert set(statuses) >= WITH_OPERATION
