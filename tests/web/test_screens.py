"""Every page people see: whole, accessible and without a sideways scroll, in both themes and at both widths."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.product import Product
from tests.web.conftest import LIKE_OTHERS, SIZES, Seen, findings, opened, shot, shown

SCREENS = {
    "leaderboard": "/",
    "protocol": "/p/hyperliquid",
    "protocol-without-days": "/p/aave",
    "treasuries": "/treasuries",
    "flows": "/flows",
    "status": "/status",
}
DOCS = {"docs": "/docs", "docs-scalars": "/docs/scalars", "docs-queries": "/docs/queries"}
LOOKS: list[tuple[Literal["light", "dark"], str]] = [
    ("light", "wide"),
    ("light", "narrow"),
    ("dark", "wide"),
    ("dark", "narrow"),
]
QUERIES = Path(__file__).parents[2] / "docs" / "queries"


def fits(page: Page) -> bool:
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fits


def look(page: Page, name: str, whole: bool) -> None:
    """A page in its four looks, each with a picture: nothing for axe to find, no sideways scroll."""
    for number, (scheme, size) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(SIZES[size])
        shot(page, f"{name}-{scheme}-{size}", whole)

        assert fits(page)
        assert findings(page, LIKE_OTHERS if number else ()) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_whole_accessible_and_fits(browser: Browser, product: Product, seen: Seen, screen: str) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, SCREENS[screen])

        look(page, screen, whole=True)


@pytest.mark.parametrize("name", DOCS)
def test_a_page_of_the_schema_is_accessible_and_fits(browser: Browser, product: Product, seen: Seen, name: str) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto(DOCS[name])

        look(page, name, whole=False)


def test_the_pages_of_the_schema_have_every_query_of_the_docs(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/docs/queries")

        names = page.locator("section h2").all_inner_texts()

    assert sorted(names) == sorted(path.stem for path in QUERIES.glob("*.graphql"))


@pytest.mark.parametrize("path", ["/", "/p/hyperliquid"])
def test_a_screen_is_walked_through_by_the_keyboard(browser: Browser, product: Product, seen: Seen, path: str) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, path)
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")

        inside = page.evaluate("document.activeElement.id")
        reachable = page.evaluate(
            "[...document.querySelectorAll('.tile [data-why], .scroll, button, a, input, summary')]"
            ".filter(each => each.tabIndex < 0 && !each.disabled).length"
        )

        page.emulate_media(color_scheme="dark")
        expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()

    assert (first, inside, reachable) == ("Skip to content", "main", 0)
