"""The web pages: the only package that knows HTTP. One folder per subject; templates in ``templates/<subject>/``."""

from flask import Flask

from mapservice.config import Config
from mapservice.i18n import template_words
from mapservice.i18n.limits import LIMITS
from mapservice.i18n.translation import get_locale
from mapservice.web.accounts import access, language
from mapservice.web.accounts import subject as accounts
from mapservice.web.api import subject as api
from mapservice.web.blocks import subject as blocks
from mapservice.web.care import subject as care
from mapservice.web.catalogue import subject as catalogue
from mapservice.web.community import subject as community
from mapservice.web.contacts import subject as contacts
from mapservice.web.figures import subject as figures
from mapservice.web.knowledge import subject as knowledge
from mapservice.web.members_map import subject as members_map
from mapservice.web.messages import subject as messages
from mapservice.web.near import subject as near
from mapservice.web.notifications import subject as notifications
from mapservice.web.operator import subject as operator
from mapservice.web.places import subject as places
from mapservice.web.profiles import subject as profiles
from mapservice.web.reports import subject as reports
from mapservice.web.search import subject as search
from mapservice.web.site import (
    card_actions,
    condition_sections,
    error_pages,
    form_versions,
    headers,
    kept_answers,
    languages,
    navigation_entries,
    page_compression,
    question_sections,
    request_filter,
    retries,
    scripts,
    search_parts,
    service,
    shared_pages,
    static_files,
    unreadable_requests,
)
from mapservice.web.texts import subject as texts

# Those that are shared by all, and those with pages for everybody.
_FIRST = (accounts, catalogue, search, knowledge, figures, places, community, care, profiles)

# Those for members.
_OF_MEMBERS = (texts, messages, contacts, blocks, near, reports, notifications)

#: All subjects; their sections on the page of a condition and their actions on a profile card have this order.
SUBJECTS = tuple(module.SUBJECT for module in (*_FIRST, *_OF_MEMBERS, operator, members_map, api))


def init_app(app: Flask, config: Config) -> None:
    """Register the pages, their headers and error pages with the app."""
    page_compression.init_app(app)
    languages.init_app(app, of_account=language.of_account)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"get_locale": get_locale})
    service.init_app(app, config)
    template_words.add_filters(app.jinja_env)
    template_words.format_numbers_of_messages(app.jinja_env)
    app.jinja_env.globals.update(limits=LIMITS)
    scripts.init_app(app)
    navigation_entries.init_app(app)
    shared_pages.init_app(app)
    kept_answers.init_app(app, app.extensions["engine"])
    headers.init_app(app)
    error_pages.init_app(app)
    retries.init_app(app, app.extensions["engine"])
    for subject in SUBJECTS:
        subject.start(app, config)
    request_filter.init_app(app, SUBJECTS)
    unreadable_requests.init_app(app)
    form_versions.init_app(app)
    static_files.init_app(app)
    access.public(app.view_functions["static"])
    for subject in SUBJECTS:
        for page in subject.pages:
            app.register_blueprint(page)
        for section in subject.sections:
            condition_sections.add(app, section)
        for part in subject.question_sections:
            question_sections.add(app, part)
        for action in subject.card_actions:
            card_actions.add(app, action)
        for group in subject.search_groups:
            search_parts.add_group(app, group)
        for answers in subject.search_answers:
            search_parts.add_answers(app, answers)
        for entry in subject.navigation:
            navigation_entries.add(app, entry)
    languages.add_addresses(app)
