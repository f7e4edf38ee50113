"""E-mail addresses in the form in which they are stored and compared."""

#: Maximum length of an address in characters. Source: RFC 5321, 4.5.3.1.3.
MAX_LENGTH = 254


def normalize_email(text: str) -> str:
    """Return an e-mail address in the form in which it is stored and compared.

    :raise ValueError: if the text is not an e-mail address.
    """
    from email_validator import validate_email  # only needed where somebody types an address

    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    validated = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    return validated.normalized.lower()
