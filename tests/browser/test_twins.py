"""Two homes in one zone: nothing that leaves the browser while choosing tells one from the other."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.conftest import choose_country, join, new_context, sign_up
from tests.browser.watching import record

#: Two homes of one area, kilometres apart: a farm east of Freiburg, a flat in the town. lng, lat.
HOMES = [(7.90, 47.985), (7.842, 47.999)]


def bytes_of(request: Request) -> tuple[str, str, str, str]:
    """All that the network sees of a request, without the ids and tokens that are new each time."""
    body = re.sub(r"(csrf_token|operation|version)=[^&]*", r"\1=…", request.post_data or "")
    headers = {k: v for k, v in request.headers.items() if k not in {"cookie"}}
    return request.method, re.sub(r"localhost:\d+", "localhost", request.url), body, str(sorted(headers.items()))


def click_on(page: Page, home: tuple[float, float]) -> None:
    """Look closer at the Black Forest, which every neighbour there would do alike, and click on the home."""
    at = page.evaluate(
        """([lng, lat]) => {
            const map = document.getElementById("zone-map").zoneMap.map;
            map.setView([48, 7.85], 10, { animate: false });
            return map.latLngToContainerPoint([lat, lng]);
        }""",
        list(home),
    )
    page.locator("#zone-map").click(position={"x": at["x"], "y": at["y"]})


def ask_the_device(page: Page, _home: tuple[float, float]) -> None:
    page.get_by_role("button", name="Use my current location").click()


@pytest.mark.parametrize("choosing", [click_on, ask_the_device])
def test_never_sends_anything_that_tells_two_homes_of_a_zone_apart(browser: Browser, live, mail, choosing: Callable):
    logs, zones = [], []
    for number, home in enumerate(HOMES):
        context = new_context(
            browser, live, permissions=["geolocation"], geolocation={"longitude": home[0], "latitude": home[1]}
        )
        page = context.new_page()
        sign_up(page, mail, f"Twin{choosing.__name__[:3]}{number}")
        join(page)
        page.wait_for_load_state("networkidle")
        seen = record(page)
        choose_country(page)
        choosing(page, home)
        page.get_by_text("Found: Area around Freiburg").wait_for()
        page.get_by_label("Area around Freiburg").check()
        page.get_by_label("Members of this condition").check()
        page.get_by_label("I understand that we expect").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/map")
        zones.append(page.locator(".note").inner_text())
        posted = [request for request in seen if request.method == "POST"]
        until = seen.index(posted[0]) + 1
        logs.append([bytes_of(request) for request in seen[:until]])
        context.close()

    assert logs[0] == logs[1]
    assert sum(entry[0] == "POST" for entry in logs[0]) == 1
    assert all(not re.search(r"47\.9|7\.8|7\.9", " ".join(entry[:3])) for entry in logs[0])
