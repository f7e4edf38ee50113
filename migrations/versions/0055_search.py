"""The search: words of texts without accents, by the language of each, and the words by which each text is found.

Why: people look for what others wrote, with and without accents, in the words of their language. The words are a
generated column, so that they change and vanish with the text itself.
"""

from alembic import op

revision = "0055_search"
down_revision = "0054_text_contacts"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

LANGUAGES = {"search_en": "english", "search_es": "spanish", "search_simple": "simple"}

# E-mail addresses, links and telephone numbers, which readers do not see.
SPACES = r"\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
DIGIT = r"[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]"
LETTERS = r"0-9a-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
ENDINGS = (
    "com|org|net|info|biz|example|test|shop|online|site|store|club|app|me|io|ly|gg|eu|uk|us|de|es|fr|it|pt|nl|ch|at|ru"
)
BEGINS = rf"(^|[{SPACES}])"
SOLID = rf"[^{SPACES}]"
GAP = rf"[{SPACES}]?"
AT = rf"{GAP}(@|[(]at[)]|[[]at])"
DOT = rf"{GAP}([.]|[(]dot[)]|[[]dot]){GAP}"
CONTACTS = "|".join(
    (
        rf"{BEGINS}{SOLID}+{AT}{GAP}{SOLID}+({DOT}{SOLID}+)*",
        rf"{BEGINS}{SOLID}*((https?|ftp)://|www[.]|[.]({ENDINGS})(?![{LETTERS}])){SOLID}*",
        rf"([+]|00)[(]?{DIGIT}([{SPACES}()./-]*{DIGIT}){{4,}}",
        rf"{DIGIT}([{SPACES}()./-]*{DIGIT}){{8,}}",
    )
)

CONFIGURATION = (
    "case language when 'en' then 'search_en'::regconfig when 'es' then 'search_es'::regconfig "
    "else 'search_simple'::regconfig end"
)

SAID = r"first_signs || E'\n' || diagnosis || E'\n' || helped || E'\n' || earlier_self || E'\n' || body"

COLUMNS = {
    "member_text": ("title", SAID, "shows_contacts"),
    "public_text": ("title", SAID, "shows_contacts"),
    "article_version": ("short", r"body || E'\n' || next_steps", "false"),
}


def words(said, shows_contacts):
    seen = f"case when {shows_contacts} then {said} else regexp_replace({said}, '{CONTACTS}', ' | ', 'gi') end"
    whole = f"regexp_replace({seen}, '[''’]s(?![{LETTERS}])', 's', 'gi')"
    return f"translate({whole}, './@_<>&''’`´', '{' ' * 11}')"


def upgrade():
    op.execute("create extension if not exists unaccent")
    for name, language in LANGUAGES.items():
        stem = "simple" if language == "simple" else f"{language}_stem"
        op.execute(f"create text search configuration {name} (copy = {language})")
        for words_of, dictionary in (("word, hword, hword_part", stem), ("numword, numhword, hword_numpart", "simple")):
            op.execute(
                f"alter text search configuration {name} alter mapping for {words_of} with unaccent, {dictionary}"
            )
    for table, (title, said, shows_contacts) in COLUMNS.items():
        op.execute(
            f"alter table {table} add column search tsvector generated always as ("
            f"setweight(to_tsvector({CONFIGURATION}, {words(title, shows_contacts)}), 'A')"
            f" || to_tsvector({CONFIGURATION}, {words(said, shows_contacts)})) stored"
        )
        op.execute(f"create index ix_{table}_search on {table} using gin (search) with (fastupdate = off)")
        op.execute(
            f"create index ix_{table}_search_trgm on {table} using gin ((strip(search)::text) gin_trgm_ops)"
            " with (fastupdate = off)"
        )
    op.execute("create index ix_phenotype_term_label on phenotype_term using gin (to_tsvector('search_en', label))")
    op.execute("create index ix_phenotype_term_spanish on phenotype_term using gin (to_tsvector('search_es', spanish))")
    for code, name in (("en", "english"), ("es", "spanish")):
        op.execute(
            f"create index ix_plain_name_{name} on plain_name using gin (to_tsvector('search_{code}', name))"
            f" where language = '{code}'"
        )
    op.execute("create index ix_condition_fact_term_id on condition_fact (term_id)")
    op.execute("create index ix_curated_symptom_term_id on curated_symptom (term_id)")
    op.execute("create index ix_condition_crosswalk_code on condition_crosswalk (upper(code))")


def downgrade():
    # The extension may belong to a superuser, and others may use it.
    for index in (
        "ix_condition_crosswalk_code",
        "ix_curated_symptom_term_id",
        "ix_condition_fact_term_id",
        "ix_plain_name_spanish",
        "ix_plain_name_english",
        "ix_phenotype_term_spanish",
        "ix_phenotype_term_label",
    ):
        op.execute(f"drop index {index}")
    for table in reversed(COLUMNS):
        op.execute(f"alter table {table} drop column search")
    for name in LANGUAGES:
        op.execute(f"drop text search configuration {name}")
