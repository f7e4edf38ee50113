"""The forms and addresses of community, as tests of every route send them."""

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "memberships.join": {"role": "researcher", "pseudonym": "Lark", "for_minor": "yes", "consent": "yes"},
    "memberships.leave": {"sure": "yes"},
    "consents.count": {"counted": "yes"},
    "consents.revoke": {"kind": "shown"},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {
    "memberships.join",
}
