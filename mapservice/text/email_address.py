"""E-mail addresses as they are stored and compared."""

from email_validator import EmailNotValidError, validate_email

#: Characters of an address at most. Source: RFC 5321, 4.5.3.1.3.
MAX_LENGTH = 254


def normalize_email(text: str) -> str:
    """Return an e-mail address in the form in which it is stored and compared.

    :raise EmailNotValidError: if it is none.
    """
    if len(text) > MAX_LENGTH:
        raise EmailNotValidError("too long")
    found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    return found.normalized.lower()
