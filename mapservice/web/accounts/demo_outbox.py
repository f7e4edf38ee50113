"""In a demo: the e-mails that were written instead of sent, so that their links can be followed. Loopback only."""

import email
import email.policy
import ipaddress
from pathlib import Path

from flask import Blueprint, Flask, abort, render_template, request

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.mail import outbox
from mapservice.store.site import mail_queue
from mapservice.web.accounts.access import public

bp = Blueprint("demo_outbox", __name__)

SHOWN = 10


def init_app(app: Flask, config: Config) -> None:
    """Register the outbox page, if this is a demo that only this machine can reach."""
    has_outbox = config.demo and config.is_loopback and not config.production and not config.smtp_url
    app.context_processor(lambda: {"has_outbox": has_outbox})
    if has_outbox:
        app.register_blueprint(bp)


@bp.get("/outbox")
@public
def show() -> str:
    """Show the latest e-mails, newest first."""
    if not _is_loopback(request.remote_addr) or request.host.rpartition(":")[0] not in _hosts():
        abort(404)
    folder = outbox.folder(current_config())
    files = sorted((file for file in folder.glob("*.eml") if file.name != "latest.eml"), reverse=True)
    emails = [_read(file) for file in files[:SHOWN]]
    return render_template("accounts/sign_in/outbox.html", emails=emails, waiting=mail_queue.waiting(get_session()))


def _read(path: Path) -> dict[str, str]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return {
        "to": str(message["To"]),
        "subject": str(message["Subject"]),
        "body": "\n".join(body.get_content().splitlines()) if body else "",
    }


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _hosts() -> set[str]:
    # Against DNS rebinding by a page of another site.
    return {"", "localhost", "127.0.0.1", "[::1]"}
