"""Pages about conditions, read as text: what the tests of questions share."""

import html
import json
import re

CF = "cystic-fibrosis"
ALL = "acute-lymphoblastic-leukaemia"


def page_of(client, slug, question="", language=""):
    address = f"{language}/conditions/{slug}" + (f"/questions/{question}" if question else "")
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def text_of(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def part(page, heading):
    """The words of one part of the page."""
    whole = re.search(rf'<section class="card" aria-labelledby="{heading}">.*?</section>', page, re.DOTALL)
    return text_of(whole[0]) if whole else ""


def structured_data(page):
    """What the page tells search engines; None if nothing."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found[1]) if found else None


def canonical(page):
    found = re.search(r'<link rel="canonical" href="([^"]+)">', page)
    return found[1] if found else None
