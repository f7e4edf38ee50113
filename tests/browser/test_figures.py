"""The public map in a browser: bubbles by country, regions when one comes near, and the same without JavaScript."""

from playwright.sync_api import expect

from tests.browser.conftest import ALL, new_context, record


def test_the_map_shows_countries_and_nearer_their_regions(context, released):
    page = context.new_page()
    seen = record(page)
    page.goto(ALL)
    page.get_by_role("button", name="Germany: about 90 people; come nearer").click()

    expect(page.get_by_role("button", name="Baden-Württemberg: about 25 people")).to_be_visible()
    expect(page.get_by_role("button", name="Germany: about 90 people; come nearer")).to_have_count(0)
    assert not [each.url for each in seen if "clusters" in each.url or "people" in each.url]


def test_the_regions_of_a_country_unfold_in_the_table(context, released):
    page = context.new_page()
    page.goto(ALL)
    row = page.get_by_role("rowheader", name="Baden-Württemberg")
    expect(row).to_be_hidden()

    page.get_by_role("button", name="Regions of Germany").press("Enter")

    expect(row).to_be_visible()


def test_the_table_has_everything_without_javascript(browser, live, released):
    context = new_context(browser, live, java_script_enabled=False)
    page = context.new_page()
    page.goto(ALL)

    expect(page.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()
    expect(page.get_by_role("region", name="Map of the published figures")).to_be_hidden()
    context.close()
