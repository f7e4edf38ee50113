"""E-mails as RFC 5322 messages."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from mapservice.store.tables import Mail
from mapservice.text.idn import ascii_email


def message(email: Mail, sender: str) -> EmailMessage:
    """Return an e-mail as an RFC 5322 message; a second copy of it has the same Message-ID.

    Domains are in ASCII, which every mail server accepts. Mail programs offer a button for ``off_url`` (RFC 8058).

    :raise ValueError: if an address is not valid.
    """
    mime_message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    address = ascii_email(address)
    mime_message["Subject"] = email.subject
    mime_message["From"] = Address(name, addr_spec=address)
    mime_message["To"] = ascii_email(email.recipient)
    mime_message["Date"] = format_datetime(email.due_at)
    mime_message["Message-ID"] = f"<{email.id.hex}@{address.rpartition('@')[2] or 'localhost'}>"
    mime_message["Auto-Submitted"] = "auto-generated"
    if email.off_url is not None:
        mime_message["List-Unsubscribe"] = f"<{email.off_url}>"
        mime_message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mime_message.set_content(email.body)
    return mime_message
