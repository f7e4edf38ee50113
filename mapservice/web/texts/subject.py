"""The declaration of the pages about texts."""

from flask import Flask

from mapservice.config import Config
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.site.declaration import WebSubject
from mapservice.web.site.navigation_entries import NavigationEntry
from mapservice.web.texts import (
    all_stories,
    answer,
    ask,
    condition_section,
    experience,
    forum,
    forum_section,
    held_texts,
    my_forum,
    own_texts,
    search,
    stories,
    tell,
)


def _start(app: Flask, _config: Config) -> None:
    app.jinja_env.globals["texts_waiting"] = held_texts.waiting


SUBJECT = WebSubject(
    pages=(
        *(all_stories.bp, stories.bp, tell.bp, experience.bp, forum.bp, my_forum.bp, ask.bp, answer.bp),
        *(own_texts.bp, held_texts.bp),
    ),
    queries=frozenset({"page", "order", "quote", "written_in"}),
    sections=(condition_section.SECTION, forum_section.SECTION),
    question_sections=(experience.SECTION,),
    navigation=(NavigationEntry(_l("Forum"), "my_forum.show", my_forum.unseen),),
    search_groups=search.GROUPS,
    start=_start,
)
