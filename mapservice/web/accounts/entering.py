"""The last step of every sign-in: the member has proved who they are, with all that their account asks for."""

from flask import redirect
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.store.accounts import staff
from mapservice.store.tables import Member
from mapservice.web.accounts import emails, login
from mapservice.web.site import known_devices, rate_limits


def enter(member: Member, target: str, *, has_second_factor: bool) -> Response:
    """Sign a member in, tell them by e-mail if the device is new, and go on to a page; commits.

    ``has_second_factor`` says whether they have proved more than their password.
    """
    if known_devices.current(member.email) is None and rate_limits.may_mail("new_device", member.email):
        emails.new_device(member)
    known_devices.remember_device(member)
    commit(get_session())
    login.sign_in(member, is_staff=bool(staff.staff_roles(get_session(), member)))
    if has_second_factor:
        login.mark_second_factor_given()
    return redirect(target, code=303)
