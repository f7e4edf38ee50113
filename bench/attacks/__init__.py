"""The attack suite: each attack of the privacy model as code, with its bar and a bad design that must break it."""
