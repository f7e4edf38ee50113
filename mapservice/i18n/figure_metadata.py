"""How figures in files are to be read, in the reader's words: what travels with each file."""

from babel import Locale

from mapservice.config import Config
from mapservice.files.table import Terms
from mapservice.i18n.translation import format_date, get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.privacy.interpretation import filling_up, largest_noise_between
from mapservice.store.tables import Release


def terms_of(config: Config, release: Release, subject: str) -> Terms:
    """Return the terms of a file of figures of a release; ``subject`` is a condition, or how many there are."""
    day = format_date(release.made_on, "long")
    site = {"site": config.site_name, "subject": subject, "number": release.number, "day": day}
    return Terms(
        title=_("People with %(subject)s: release %(number)s of %(day)s", **site),
        release=release.number,
        released_on=release.made_on,
        profile=PROFILES.get(release.profile, DEFAULT),
        note=_note(config),
        method=_method(release, config.site_name),
        population_source=_("People of zones: GeoNames (CC BY 4.0). Borders: Natural Earth, simplified."),
        licence=config.figures_licence,
        citation=_("%(site)s: People with %(subject)s, release %(number)s, %(day)s. ", **site) + config.address,
        language=str(get_locale()).replace("_", "-"),
    )


def _note(config: Config) -> str:
    """The one line that every row carries."""
    note = _("Self-reported members, not prevalence. Rounded and blurred; places are coarsened.")
    return _("Invented people of a demo.") + " " + note if config.demo else note


def _method(release: Release, site: str) -> tuple[str, ...]:
    """How the figures are made and what they do not say, sentence by sentence."""
    profile = PROFILES.get(release.profile, DEFAULT)
    return (
        _("The figures count members of %(site)s who say that they have the condition or care for somebody who has it, "
          "who confirmed an e-mail address, whose account is %(days)s days old or older, and who agreed to be counted.",
          site=site, days=profile.account_days),
        _("They do not say how common a condition is, and no rate can be calculated from them."),
        _("Each figure is blurred on purpose and rounded to %(base)s: the number of people counted lies up to "
          "%(interval)s above or below it.", base=profile.base, interval=profile.interval),
        _("A place that is left out, or stands without a figure, has nobody or too few to show; that is not zero."),
        _("World, countries and regions are blurred each for itself, so figures need not add up."),
        _("A difference of %(noise)s or less between two releases can be noise alone.",
          noise=largest_noise_between(profile)),
        _("The first %(filling)s releases of a service fill up step by step: that they rise is no growth.",
          filling=filling_up(profile)),
        _("A release is frozen on its day and never changed; people are counted some weeks after they join."),
        _("Places are coarsened: a region is one or several neighbouring units of a country with 200,000 people or "
          "more, and the smallest countries form groups."),
    )  # fmt: skip


def words_of_columns(language: str) -> dict[str, tuple[str, str]]:
    """Title and meaning of each column of a file, whose countries are named in ``language``."""
    named_in = Locale.parse(language).get_display_name(get_locale()) or language
    return {
        "release": (_("Release"), _("Number of the release, counted up by one.")),
        "released_on": (_("Released on"), _("Day on which the release was frozen.")),
        "condition": (_("Condition"), _("Name of the condition in addresses of this service; it never changes.")),
        "condition_name": (_("Name of the condition"), _("As the catalogue calls it.")),
        "orpha": (_("ORPHAcode"), _("Code of the disease at Orphanet, where it has one.")),
        "level": (_("Level"), _("What the figure is of: world, country or region.")),
        "zone": (_("Zone"), _("The place in the zone tree of this service; it never changes.")),
        "country": (_("Country code"), _("ISO 3166-1 alpha-2; a group of small states has one of ours, from XA on.")),
        "country_name": (_("Country"), _("Name of the country or group: %(language)s.", language=named_in)),
        "iso_3166": (_("ISO 3166"), _("Codes of all countries or units it is made of; empty where none has one.")),
        "region_name": (_("Region"), _("Name of the region, in its own language.")),
        "people": (_("People"), _("The published figure; empty for none or too few to show, which is not zero.")),
        "threshold": (_("Threshold"), _("No blurred figure below it is published.")),
        "rounded_to": (_("Rounded to"), _("Figures are multiples of it.")),
        "plus_minus": (_("Plus or minus"), _("How far the number of people counted can lie from the figure.")),
        "note": (_("Note"), _("What every reader should know.")),
    }  # fmt: skip
