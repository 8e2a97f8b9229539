"""GraphiQL as it is served: everything from its own origin, under a strict policy."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.product import Product
from tests.web.conftest import Seen, opened, shot, until

ANSWER = ".result-window .view-lines"
QUERIES = Path(__file__).parents[2] / "docs" / "queries"


def write(page: Page, editor: str, text: str) -> None:
    """Type over what an editor holds; pasted, as its brackets would close themselves."""
    page.locator(f"{editor} .view-lines:visible").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def write_query(page: Page, name: str, selection: str) -> None:
    """Until GraphiQL has read the name too."""
    write(page, ".graphiql-query-editor", f"query {name} {selection}")
    expect(page.locator(".graphiql-tab-active, [aria-selected=true]").first).to_contain_text(name)


def ready(page: Page) -> None:
    expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query", timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_query_is_typed_and_run(browser: Browser, product: Product, seen: Seen, scheme: str) -> None:
    with opened(browser, product, seen, scheme=scheme) as context:
        page = context.new_page()
        page.goto("/graphiql")
        ready(page)

        write_query(page, "Typed", '{ protocol(by: {slug: "hyperliquid"}) { name } }')
        page.get_by_label("Execute query").click()

        expect(page.locator(ANSWER)).to_contain_text("Hyperliquid")
        shot(page, f"graphiql-{scheme}")


def test_each_target_query_has_its_tab(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql")
        ready(page)

        tabs = page.locator(".graphiql-tab").all_inner_texts()

    assert tabs[0] == "HomeLeaderboard"
    assert sorted(tabs) == sorted(path.stem for path in QUERIES.glob("*.graphql"))


def test_a_key_in_the_headers_is_sent_but_neither_stored_nor_shared(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql")
        ready(page)
        write_query(page, "Mine", "{ meta { epoch { number } } }")
        write(page, ".graphiql-editor-tool", '{"x-note": "not-to-be-kept"}')

        with page.expect_request(lambda request: "Mine" in (request.post_data or "")) as sent:
            page.get_by_label("Execute query").click()
        expect(page.locator(ANSWER)).to_contain_text("number")
        page.get_by_label("Copy link to this operation").click()
        # The tabs are stored a moment after each change.
        until(page, "localStorage.getItem('graphiql:queries')?.includes('Mine')")
        until(page, "localStorage.getItem('graphiql:tabState')?.includes('Mine')")
        stored = page.evaluate("JSON.stringify(localStorage)")
        link = page.url

    assert sent.value.headers["x-note"] == "not-to-be-kept"
    assert "not-to-be-kept" not in stored
    assert "#q=" in link


def test_a_shared_operation_opens_from_its_link(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql#q=cXVlcnkgU2hhcmVkIHsgbWV0YSB7IGVwb2NoIHsgbnVtYmVyIH0gfSB9")  # query Shared { meta … }

        ready(page)

        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Shared")


def test_a_browser_that_opens_the_endpoint_gets_graphiql_and_a_client_its_answer(product: Product) -> None:
    browsers = httpx.get(f"{product.url}/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    asked = httpx.get(f"{product.url}/graphql", params={"query": "{ meta { epoch { number } } }"})

    assert 'id="graphiql"' in browsers.text
    assert json.loads(asked.text)["data"]["meta"]
