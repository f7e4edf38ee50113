"""A number in a message is in the reader's format, in pages and in Python."""

import pytest
from flask import render_template_string

from mapservice.i18n.translation import ngettext, use_locale

SINGULAR, PLURAL = "%(num)s person visible to you", "%(num)s people visible to you"
IN_A_PAGE = '{{ ngettext("' + SINGULAR + '", "' + PLURAL + '", n) }}'


@pytest.mark.parametrize(
    ("language", "n", "expected"), [("en", 1, "1 person"), ("en", 68_612, "68,612 people"), ("es", 68_612, "68.612")]
)
def test_a_number_is_in_the_format_of_the_reader(app, language, n, expected):
    with use_locale(language):
        assert ngettext(SINGULAR, PLURAL, n).startswith(expected)

    with app.test_request_context(headers={"Accept-Language": language}):
        assert render_template_string(IN_A_PAGE, n=n).startswith(expected)
