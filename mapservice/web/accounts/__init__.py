"""Accounts: signing up and in, settings, passwords, second factors, e-mails about an account, my data."""
