"""The form with which an admin exports published figures."""

from collections.abc import Sequence

from wtforms import Field, HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice

from mapservice.db import get_session
from mapservice.files.formats import Format
from mapservice.files.sanitize import plain
from mapservice.files.table import Geography
from mapservice.i18n.dates import day
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.figures import releases
from mapservice.store.figures.audit_log import PURPOSE_LENGTH
from mapservice.store.tables import Condition, Release
from mapservice.web.site.forms import Form, Tick

#: Minimum length of a purpose, in characters.
MIN_PURPOSE = 3

#: The formats in the order of the form, each with the programs that open it.
FORMATS = {
    Format.CSV: _l("Table (CSV, UTF-8), for R, Python and other programs"),
    Format.DICTIONARY: _l("Dictionary of the table (CSV on the Web, JSON)"),
    Format.XLSX: _l("Workbook (XLSX), for Excel and LibreOffice"),
    Format.GEOPACKAGE: _l("Map layer (GeoPackage), for QGIS and ArcGIS"),
    Format.GEOJSON: _l("Map layer (GeoJSON), for web maps"),
    Format.REPORT: _l("Report on one page, to print: map, table, how to read it"),
}

#: The languages of files, by their own names: the site has texts in some of them, country names in all.
LANGUAGE_NAMES = {
    "en": "English", "ar": "العربية", "de": "Deutsch", "es": "Español", "fr": "Français", "it": "Italiano",
    "ja": "日本語", "nl": "Nederlands", "pl": "Polski", "pt": "Português", "ru": "Русский", "tr": "Türkçe",
    "uk": "Українська", "zh": "中文",
}  # fmt: skip

_DIVISIONS = {Geography.COUNTRY: _l("country"), Geography.REGION: _l("region")}


class ExportForm(Form):
    """The selection of figures, the format, and the purpose. ``conditions`` are slugs separated by spaces."""

    conditions = HiddenField()
    release = SelectField(_l("Release"), invalid_choice_message=_l("Choose a release."))
    by = RadioField(
        _l("Group by"),
        choices=[SelectChoice(geography.value, words) for geography, words in _DIVISIONS.items()],
        default=Geography.COUNTRY.value,
        invalid_choice_message=_l("Choose country or region."),
    )
    format = RadioField(
        _l("Format"),
        choices=[SelectChoice(file_format.value, words) for file_format, words in FORMATS.items()],
        default=Format.CSV.value,
        invalid_choice_message=_l("Choose a format."),
    )
    language = SelectField(
        _l("Language of the file"),
        choices=[SelectChoice(code, name, {"lang": code}) for code, name in LANGUAGE_NAMES.items()],
        default="en",
        invalid_choice_message=_l("Choose a language."),
    )
    with_few = Tick(_l("Also list places with too few people to show, without a number"))
    purpose = StringField(
        _l("What is it for?"), render_kw={"autocomplete": "off", "required": "", "maxlength": str(PURPOSE_LENGTH)}
    )

    def __init__(self, **values: object) -> None:
        super().__init__(suffix="export", **values)
        self.release.choices = [
            SelectChoice(
                str(release.number), _l("%(number)s, %(day)s", number=release.number, day=day(release.made_on))
            )
            for release in releases.list_all(get_session())
        ]

    @classmethod
    def for_conditions(cls, chosen: Sequence[Condition], release: Release | None) -> "ExportForm":
        """Return the form with its initial values for some conditions and a release."""
        data = {"conditions": " ".join(condition.slug for condition in chosen), "language": get_locale().language}
        form = cls(formdata=None, data={**data, "release": str(release.number) if release else ""})
        form.limit_report(len(chosen))
        return form

    def limit_report(self, count: int) -> None:
        """Offer the report for a single condition only."""
        if count != 1:
            self.format.choices = [choice for choice in self.format.choices if choice.value != Format.REPORT]

    def validate_purpose(self, field: Field) -> None:
        """Require a few words."""
        field.data = plain(field.data or "")
        if not MIN_PURPOSE <= len(field.data) <= PURPOSE_LENGTH:
            raise ValidationError(
                _l(
                    "Say what it is for, in %(least)s to %(most)s characters.",
                    least=MIN_PURPOSE,
                    most=PURPOSE_LENGTH,
                )
            )
