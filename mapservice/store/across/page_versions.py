"""The version of everything that the public pages of a condition show, read in one statement.

Pages that are kept in memory ask for it before each answer. A part of such a page that shows something else to visitors
needs its version here too.
"""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from mapservice.errors import UnknownConditionError

# The settings of the operator are part of every page. Names, codes and facts change only when other data is loaded.
# xmin is the transaction that wrote a row: after a restore another release can have the same number. A review grows old
# with the day.
_VERSION = text("""
    select condition.xmin::text || '/' || coalesce((select digest from loaded where subject = 'conditions'), '')
        || '/' || coalesce((select digest from loaded where subject = 'facts'), '')
        || '/' || coalesce((select digest from loaded where subject = 'orphadata'), '')
        || '/' || coalesce((select value from service_setting where name = 'version'), '')
        || '/' || coalesce((select number || '/' || xmin::text from release order by number desc limit 1), '')
        || '/' || (
            select count(*) || '-' || coalesce(max(xmin::text::bigint), 0) from public_text
            where condition_id = condition.id
        )
        || '/' || coalesce((
            select string_agg(article_version.xmin::text || coalesce(signed.marks, ''), ' ' order by kind, language)
                || case when bool_or(state = 'reviewed') then current_date::text else '' end
            from article_version left join lateral (
                select string_agg(article_signature.xmin::text, '-' order by part) as marks from article_signature
                where article_signature.condition_id = article_version.condition_id
                    and article_signature.kind = article_version.kind
                    and article_signature.language = article_version.language
                    and article_signature.number = article_version.number
            ) as signed on true
            where article_version.condition_id = condition.id and state in ('published', 'reviewed')
        ), '')
    from condition where slug = :slug and is_offered
""")


def condition_page_version(session: Session | Connection, slug: str) -> str:
    """Return a text that changes with all that data, statistics and the operator's settings say on its pages.

    :raise UnknownConditionError: if there is none.
    """
    version: str | None = session.execute(_VERSION, {"slug": slug}).scalar()
    if version is None:
        raise UnknownConditionError
    return version


_STORIES = text("""
    select count(*) || '-' || coalesce(max(public_text.xmin::text::bigint), 0)
        || '/' || coalesce(md5(string_agg(distinct condition.id || '-' || condition.xmin::text, ' ')), '')
        || '/' || coalesce((select digest from loaded where subject = 'conditions'), '')
        || '/' || coalesce((select value from service_setting where name = 'version'), '')
    from public_text join condition on condition.id = public_text.condition_id and condition.is_offered
    where kind = 'story'
""")


def public_stories_version(session: Session | Connection) -> str:
    """Return a text that changes with all that a page shows of the stories that everybody can read."""
    version: str = session.execute(_STORIES).scalar_one()
    return version
