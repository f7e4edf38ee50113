"""Lighthouse on the pages that search engines find:  python -m bench.lighthouse.

    python -m bench.lighthouse                                     a service of its own, with a small demo
    python -m bench.lighthouse --address http://localhost:8000     one that runs

Takes the pages that list others, and from the sitemap pages of each kind, in each language, and lets Lighthouse mark
them for accessibility and for search engines. Prints the marks, what Lighthouse found wrong, and ends with 1 if a mark
is below 95. Lighthouse is installed from npm at its first use.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from bench import peers, report
from bench.browser import program
from mapservice import db
from mapservice.cli import demo, provisioning
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.i18n.dates import today
from mapservice.i18n.languages import LANGUAGES
from testing import database
from testing.web_process import web_process

#: The last version that runs in the Node.js of the tests.
LIGHTHOUSE = "12.8.2"

CATEGORIES = ("accessibility", "seo")

#: The lowest mark of 100 that is good enough.
BAR = 95

#: Pages that list others.
LISTS = ("/", "/conditions/", "/stories", "/sources")

#: The shapes of the addresses in a sitemap, and how many of each are marked in each language.
SHAPES = {
    r"/conditions/acute-lymphoblastic-leukaemia": 1,
    r"/conditions/[\w-]+": 1,
    r"/conditions/acute-lymphoblastic-leukaemia/questions/[\w-]+": 2,
    r"/conditions/[\w-]+/questions/[\w-]+": 1,
    r"/conditions/[\w-]+/stories/[\w-]+": 1,
    r"/conditions/[\w-]+/forum/[\w-]+": 1,
}

_MEMBERS = 2_000


def main() -> None:
    """Mark the pages."""
    parser = report.interruptible(__doc__)
    parser.add_argument("--address", help="of a service that runs")
    options = parser.parse_args()
    folder = peers.lighthouse(LIGHTHOUSE)
    if folder is None:
        sys.exit(1)
    with nullcontext(options.address.rstrip("/")) if options.address else _service() as address:
        low = [page for page in pages(address) if min(_marked(folder, address, page).values()) < BAR]
    sys.exit(1 if low else 0)


def pages(address: str) -> list[str]:
    """Return the paths of some pages of each shape in the sitemaps of a service, in each language."""
    index = _locations(f"{address}/sitemap.xml")
    found = [urlsplit(place).path for part in index for place in _locations(address + urlsplit(part).path)]
    chosen = [f"/{language}{path}" for path in LISTS for language in LANGUAGES]
    for shape, how_many in SHAPES.items():
        for language in LANGUAGES:
            alike = [path for path in found if re.fullmatch(f"/{language}{shape}", path) and path not in chosen]
            chosen += alike[:how_many]
    return chosen


def _locations(address: str) -> list[str]:
    with urlopen(address, timeout=60) as answer:
        return re.findall(r"<loc>([^<]+)</loc>", answer.read().decode())


def _marked(folder: Path, address: str, page: str) -> dict[str, int]:
    """Print and return the marks of a page by category."""
    found = _lighthouse(folder, address + page)
    marks = {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}
    print(" ".join(f"{name} {mark:3}" for name, mark in marks.items()), page, flush=True)
    for name in CATEGORIES:
        for part in found["categories"][name]["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"    {audit['title']}", flush=True)
    return marks


def _lighthouse(folder: Path, address: str) -> Mapping[str, Any]:
    flags = ["--headless", "--disable-gpu", "--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    command: Sequence[str] = [
        str(folder / "node_modules" / ".bin" / "lighthouse"), address, "--quiet", "--output=json",
        f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(flags)}",
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": program()}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _service() -> Iterator[str]:
    """Run a service with a small demo on a database of its own; yield its address."""
    with (
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
        TemporaryDirectory() as folder,
    ):
        url, keys = embedded.url(state, embedded.RUNTIME, name), {"SECRET_KEY": "5e" * 32, "ANCHOR_KEY": "a0" * 32}
        config = Config(state=Path(folder), secret_key=keys["SECRET_KEY"], anchor_key=keys["ANCHOR_KEY"], demo=True)
        owner = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        with provisioning.progress_bars() as bars:
            demo.create(owner, config, bars, members=_MEMBERS, seed=1, today=today())
            demo.ensure_demo(owner, config, bars)
        owner.dispose()
        with web_process({**keys, "DEMO": "yes", "STATE": folder, "DATABASE_URL": url}) as port:
            yield f"http://localhost:{port}"


if __name__ == "__main__":
    main()
