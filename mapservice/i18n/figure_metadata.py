"""The metadata of exported figures in the current language, which is that of the file."""

from babel import Locale

from mapservice.config import Config
from mapservice.files.table import Terms
from mapservice.geo.zones import FLOOR, Level
from mapservice.i18n.translation import format_date, format_decimal, get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.privacy.interpretation import largest_noise_between, warm_up_releases
from mapservice.store.tables import Release


def file_terms(config: Config, release: Release, subject: str) -> Terms:
    """Return the metadata of a file of released figures; ``subject`` is a condition, or the number of conditions."""
    day = format_date(release.made_on, "long")
    site = {"site": config.site_name, "subject": subject, "number": release.number, "day": day}
    return Terms(
        title=_("People with %(subject)s: release %(number)s, %(day)s", **site),
        release=release.number,
        released_on=release.made_on,
        profile=PROFILES.get(release.profile, DEFAULT),
        note=_note(config),
        method=_method(release, config.site_name),
        population_source=_("Population of zones: GeoNames (CC BY 4.0). Borders: Natural Earth, simplified."),
        licence=config.figures_licence,
        citation=_(
            "%(site)s: People with %(subject)s, release %(number)s, %(day)s. %(address)s",
            address=config.address,
            **site,
        ),
        sheet_names=(_("Figures"), _("How to read")),
        language=str(get_locale()).replace("_", "-"),
    )


def _note(config: Config) -> str:
    """Return the note of one line that every row repeats."""
    note = _("Self-reported members, not prevalence. Rounded and blurred. Places are grouped.")
    return _("Demo with invented people.") + " " + note if config.demo else note


def _method(release: Release, site: str) -> tuple[str, ...]:
    """Return how the figures are made and what they do not show, one sentence per item."""
    profile = PROFILES.get(release.profile, DEFAULT)
    return (
        _("The statistics count members of %(site)s who say that they have the condition or care for someone who "
          "has it, who confirmed an e-mail address, whose account is at least %(days)s days old, and who agreed "
          "to be counted.",
          site=site, days=profile.account_days),
        _("They do not say how common a condition is, and you cannot calculate a rate from them."),
        _("Each number is blurred on purpose and rounded to the nearest %(base)s. The number of people counted "
          "can be up to %(interval)s above or below it.", base=profile.base, interval=profile.interval),
        _("A place that is left out or has no number has nobody or too few people to show. That is not zero."),
        _("The world, countries and regions are each blurred separately, so the numbers may not add up."),
        _("A difference of %(noise)s or less between two releases can be only noise.",
          noise=largest_noise_between(profile)),
        _("In the first %(filling)s releases of a service, the numbers fill up step by step. That rise does not "
          "mean growth.",
          filling=warm_up_releases(profile)),
        _("A release is fixed on its day and never changes. People are counted some weeks after they join."),
        _("Places are grouped: a region is one or more neighbouring units of a country with at least %(people)s "
          "people, and the smallest countries form groups.", people=format_decimal(FLOOR[Level.REGION])),
    )  # fmt: skip


def column_words(language: str) -> dict[str, tuple[str, str]]:
    """Return title and description of each column of a file, with country names in ``language``."""
    named_in = Locale.parse(language).get_display_name(get_locale()) or language
    return {
        "release": (_("Release"), _("Number of the release. It goes up by one each time.")),
        "released_on": (_("Released on"), _("Day on which the release was fixed.")),
        "condition": (_("Condition"), _("Slug of the condition in the URLs of this service. It never changes.")),
        "condition_name": (_("Name of the condition"), _("Name in the catalogue of this service.")),
        "orpha": (_("ORPHAcode"), _("Code of the disease at Orphanet, if it has one.")),
        "level": (_("Level"), _("What the number covers: world, country or region.")),
        "zone": (_("Zone"), _("ID of the place in the zone tree of this service. It never changes.")),
        "country": (_("Country code"), _("ISO 3166-1 alpha-2. Groups of small states have codes from XA on.")),
        "country_name": (_("Country"), _("Name of the country or group. Language: %(language)s.", language=named_in)),
        "iso_3166": (_("ISO 3166"), _("Codes of all countries or units that it covers. Empty if none has a code.")),
        "region_name": (_("Region"), _("Name of the region, in its own language.")),
        "people": (_("People"), _("The published number. Empty for nobody or too few to show, which is not zero.")),
        "threshold": (_("Threshold"), _("Blurred numbers below this are not published.")),
        "rounded_to": (_("Rounded to"), _("Numbers are multiples of this.")),
        "plus_minus": (_("Plus or minus"), _("How far the number of people counted can be from the published number.")),
        "note": (_("Note"), _("What every reader should know.")),
    }  # fmt: skip
