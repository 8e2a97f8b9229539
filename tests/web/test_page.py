"""The page as people see it: every screen, its numbers against the API's, and how much it loads."""

import asyncio
import csv
import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from models.store import Store
from tests.builders import protocol_fact, published
from tests.product import Product
from tests.web.conftest import SIZES, Seen, findings, opened, shot

SCREENS = {
    "leaderboard": "/",
    "protocol": "/p/hyperliquid",
    "protocol-without-days": "/p/aave",
    "treasuries": "/treasuries",
    "flows": "/flows",
    "status": "/status",
}
MOST_BYTES = 150_000
MOST_MILLISECONDS = 3_000
METRICS = "metrics(keys: [REVENUE, HOLDERS_REVENUE, BUYBACK_EXECUTED, BURNED]) { value }"


def ready(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".origin")).to_be_visible(timeout=20_000)


def fits(page: Page) -> bool:
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fits


def tiles(page: Page) -> list[str | None]:
    """The exact values of the first four tiles, None where the page says that there is no data."""
    shown = page.locator(".tile [data-why]")
    return [shown.nth(place).get_attribute("data-value") for place in range(4)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_whole_accessible_and_fits(
    browser: Browser, product: Product, seen: Seen, screen: str, scheme: str
) -> None:
    with opened(browser, product, seen, scheme=scheme) as context:
        page = context.new_page()
        ready(page, SCREENS[screen])
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            shot(page, f"{screen}-{scheme}-{size}")

            assert fits(page)
        assert findings(page) == []


@pytest.mark.parametrize("path", ["/docs", "/docs/objects", "/docs/queries"])
def test_the_schemas_pages_are_accessible(browser: Browser, product: Product, seen: Seen, path: str) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto(path)

        assert fits(page)
        assert page.locator("section").count() > 1


def test_the_numbers_of_the_leaderboard_are_those_of_the_api(browser: Browser, product: Product, seen: Seen) -> None:
    asked = "nodes { name metrics(keys: [REVENUE]) { value } }"
    data = product.ask(f"{{ market {{ {METRICS} }} protocols(first: 30, orderBy: [{{key: REVENUE}}]) {{ {asked} }} }}")

    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/")
        rows = page.locator("tbody tr")
        names = [rows.nth(place).locator("b").inner_text() for place in range(rows.count())]
        revenue = [rows.nth(place).locator("td [data-why]").first.get_attribute("data-value") for place in range(30)]
        shown = tiles(page)

    nodes = data["protocols"]["nodes"]  # type: ignore[index]
    assert shown == [each["value"] for each in data["market"]["metrics"]]  # type: ignore[index]
    assert names == [node["name"] for node in nodes]
    assert revenue == [node["metrics"][0]["value"] for node in nodes]


@pytest.mark.parametrize("at", ["", "epoch: 10", 'day: "2026-02-12"'])
def test_the_numbers_of_a_protocol_are_those_of_the_api_then(
    browser: Browser, product: Product, seen: Seen, at: str
) -> None:
    data = product.ask(f'{{ protocol(by: {{slug: "hyperliquid"}}, at: {{{at}}}) {{ {METRICS} }} }}')

    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/p/hyperliquid?" + at.replace(": ", "=").replace('"', ""))
        shown = tiles(page)

    assert shown == [each["value"] for each in data["protocol"]["metrics"]]  # type: ignore[index]
    assert shown[0] is not None


def test_another_epoch_is_picked_by_the_keyboard(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/p/hyperliquid")
        newest = page.locator("output").inner_text()

        page.get_by_label("Known at").press("ArrowLeft")

        expect(page.locator("output")).not_to_have_text(newest)
        assert "epoch=" in page.url


def test_the_leaderboard_is_ordered_narrowed_and_searched(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/")

        page.get_by_role("button", name="Name", exact=True).click()
        expect(page.locator("tbody b").first).not_to_have_text("Hyperliquid")
        page.get_by_role("group", name="Sector").get_by_role("button", name="lending").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        page.get_by_label("Find a protocol").fill("aav")

        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody b")).to_have_text("Aave")


def test_what_is_shown_is_saved_and_its_query_opened(
    browser: Browser, product: Product, seen: Seen, tmp_path: Path
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save as CSV").click()
        saving.value.save_as(tmp_path / "saved.csv")
        page.get_by_role("button", name="Copy as curl").click()
        curl = page.evaluate("navigator.clipboard.readText()")
        page.get_by_role("link", name="Open in GraphiQL").click()

        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Leaderboard", timeout=20_000)

    with (tmp_path / "saved.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["slug"] == "hyperliquid"
    assert rows[0]["HOLDERS_REVENUE"] == ""
    assert curl.startswith(f"curl -s {product.url}/graphql")


def test_a_number_says_its_source_to_who_points_at_it(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/p/hyperliquid")

        page.locator(".tile [data-why]").first.focus()

        expect(page.locator(".why")).to_contain_text("Source: DefiLlama")


def test_the_first_load_is_small_and_asks_once(browser: Browser, product: Product, seen: Seen) -> None:
    answers: list[Response] = []
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        ready(page, "/")
        size = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
        painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")

    asked = [answer.url for answer in answers if "/graphql" in answer.url]
    print(f"first load: {size} bytes, first contentful paint after {painted:.0f} ms")  # noqa: T201
    assert len(asked) == 1
    assert size < MOST_BYTES
    assert painted < MOST_MILLISECONDS


def test_an_epoch_published_elsewhere_reaches_the_open_page(browser: Browser, product: Product, seen: Seen) -> None:
    async def publish() -> int | None:
        store = Store(product.database)
        try:
            return (await published(store, protocol_fact("somewhere-new"))).epoch
        finally:
            await store.close()

    with opened(browser, product, seen) as context:
        page = context.new_page()
        ready(page, "/status")
        expect(page.locator(".hero")).to_contain_text("follows each publication")
        with ThreadPoolExecutor() as threads:
            epoch = threads.submit(asyncio.run, publish()).result()

        expect(page.locator("[data-epoch]")).to_have_text(str(epoch))
        expect(page.locator(".pill")).to_have_text(f"Epoch {epoch}")


def test_the_built_files_name_no_other_host() -> None:
    static = Path(__file__).parents[2] / "server" / "static"
    for path in (*static.rglob("*.html"), *static.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert "url(http" not in text
        assert "@import" not in text


def test_the_licences_of_third_parties_travel_along() -> None:
    static = Path(__file__).parents[2] / "server" / "static"
    text = gzip.decompress((static / "assets" / "licences.txt.gz").read_bytes()).decode()

    for name in ("graphiql 5", "monaco-editor 0", "preact 1", "uplot 1", "react 19", "SIL OPEN FONT LICENSE"):
        assert name in text
