"""The declaration of the account pages."""

from flask import Flask

from mapservice.config import Config
from mapservice.web.accounts import (
    age,
    email_change,
    language,
    my_data,
    passkeys,
    quick_exit,
    restore_review,
    settings,
    sign_in,
    sign_up,
    staff_access,
    staff_looks,
    suspended,
    two_factor,
)
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, config: Config) -> None:
    sign_in.init_app(app, config)
    app.context_processor(lambda: {"is_admin": staff_access.is_admin})


SUBJECT = WebSubject(
    pages=(
        *(sign_up.bp, settings.bp, email_change.bp, age.bp, language.bp, two_factor.bp, passkeys.bp),
        *(my_data.bp, quick_exit.bp, restore_review.bp, staff_looks.bp, suspended.bp),
    ),
    queries=frozenset({"next", "condition"}),
    start=_start,
)
