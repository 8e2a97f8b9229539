"""GraphiQL as it is served: everything from its own origin, under a strict policy."""

import json
from itertools import product as product_of
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.product import Product
from tests.web.conftest import SIZES, Seen, opened, publish, shot, until

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
    expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query")


def run(page: Page) -> None:
    page.get_by_label("Execute query").click()


def test_each_target_query_has_its_tab_and_one_is_typed_and_run_and_kept_in_the_history(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql")
        ready(page)
        tabs = page.locator(".graphiql-tab").all_inner_texts()

        assert tabs[0] == "HomeLeaderboard"
        assert sorted(tabs) == sorted(path.stem for path in QUERIES.glob("*.graphql"))
        write_query(page, "Typed", '{ protocol(by: {slug: "hyperliquid"}) { name } }')
        run(page)

        expect(page.locator(ANSWER)).to_contain_text("Hyperliquid")
        for scheme, (size, viewport) in product_of(("light", "dark"), SIZES.items()):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(viewport)
            shot(page, f"graphiql-{scheme}-{size}")
        page.set_viewport_size(SIZES["wide"])
        page.get_by_label("Show History").click()
        expect(page.locator(".graphiql-history-item-label").first).to_have_text("Typed")


def test_a_shared_operation_opens_from_its_link_and_a_field_is_picked_and_read_about(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql#q=cXVlcnkgU2hhcmVkIHsgbWV0YSB7IGVwb2NoIHsgbnVtYmVyIH0gfSB9")  # query Shared { meta … }
        ready(page)

        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Shared")
        page.get_by_label("Show GraphiQL Explorer").click()
        page.locator(".graphiql-explorer-root").get_by_text("chains", exact=True).click()
        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("chains")
        page.get_by_label("Show Documentation Explorer").click()

        expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Subscription")


def test_a_subscription_is_told_of_an_epoch_that_is_published(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/graphiql#q=c3Vic2NyaXB0aW9uIFRvbGQgeyBlcG9jaFB1Ymxpc2hlZCB7IG51bWJlciB9IH0")  # epochPublished
        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("subscription")
        before = product.subscriptions()
        run(page)
        # Not in one go: the page asks for its scripts through this thread.
        while product.subscriptions() == before:
            page.wait_for_timeout(20)
        epoch = publish(product, "told-to-graphiql")

        expect(page.locator(ANSWER)).to_contain_text(f'"number": {epoch}')


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


def test_a_browser_that_opens_the_endpoint_gets_graphiql_and_a_client_its_answer(product: Product) -> None:
    browsers = httpx.get(f"{product.url}/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    asked = httpx.get(f"{product.url}/graphql", params={"query": "{ meta { epoch { number } } }"})

    assert 'id="graphiql"' in browsers.text
    assert json.loads(asked.text)["data"]["meta"]
