"""The report: opened from a disk without a network, and printed on one page of A4."""

import re

import pytest
from playwright.sync_api import Browser

from mapservice import db
from mapservice.actions import export_figures
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from tests.browser.conftest import ALL


@pytest.fixture(scope="module", params=Geography)
def report(live, released, request, tmp_path_factory):
    with db.open_session(live.extensions["engine"]) as session:
        selection = export_figures.select_figures(session, [ALL.rpartition("/")[2]], request.param)
        path = export_figures.write_file(session, live.extensions["config"], selection, Format.REPORT)
    return path.rename(tmp_path_factory.mktemp("report") / "report.html")


def test_a_report_draws_its_map_without_a_network_and_prints_on_one_page(browser: Browser, report):
    context = browser.new_context(offline=True)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    page.goto(report.as_uri())
    page.locator(".figure-area-1, .figure-area-2, .figure-area-3").first.wait_for()
    bubbles = page.locator(".map-bubble").all_inner_texts()
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    context.close()

    assert wrong == []
    assert bubbles
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    # A4 in points.
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]", printed)
