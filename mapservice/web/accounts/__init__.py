"""Accounts: sign-up, sign-in, settings, passwords, second factors, e-mails about an account, my data."""
