"""A running product and a browser that may reach nothing else."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from models.store import Store
from tests.builders import protocol_fact, published
from tests.product import ROOT, Product

RESULTS = ROOT / "test-results"
AXE = ROOT / "tests" / "clients" / "node_modules" / "axe-core" / "axe.min.js"
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}


EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# Where every part of a page was looked at once, these stand for the others of their kind: a look takes axe seconds.
LIKE_OTHERS = ["tbody tr:nth-child(n+4)", "main > section:nth-of-type(n+5)", ".names li:nth-child(n+4)"]


@dataclass(slots=True)
class Seen:
    """What a page did that it must not do, and how much it took."""

    wrong: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Of this package: while playwright runs, no test of another one may run a loop of its own in this process."""
    require(shutil.which("chromium"), "no chromium: run `make chromium`")
    require((ROOT / "server/static/graphiql.html").is_file(), "the web surface is not built: run `make web`")
    require(AXE.is_file(), "no packages in tests/clients: run `make clients`")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Iterator[Seen]:
    """At the end of a test nothing may have gone wrong in its pages."""
    seen = Seen()
    yield seen
    assert seen.wrong == []


def opened(browser: Browser, product: Product, seen: Seen, size: str = "wide", scheme: str = "light") -> BrowserContext:
    """A context whose pages reach the product alone; anything else is noted and cut."""
    context = browser.new_context(
        viewport=SIZES[size],
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
        base_url=product.url,
    )

    def only_the_product(route: Route) -> None:
        if route.request.url.startswith(product.url):
            route.continue_()
        else:
            seen.wrong.append(f"asked for {route.request.url}")
            route.abort()

    context.route(re.compile("^https?:"), only_the_product)
    context.on("page", lambda page: watch(page, seen))
    return context


def shown(page: Page, path: str) -> None:
    """Open a screen of the page, and wait until its numbers are there."""
    page.goto(path)
    expect(page.locator(".origin")).to_be_visible()


def watch(page: Page, seen: Seen) -> None:
    """Violations of the content security policy are told on the console as errors."""

    def told(kind: str, text: str) -> None:
        if kind == "error":
            seen.wrong.append(text)

    page.on("console", lambda message: told(message.type, f"{message.text} {message.location}"))
    page.on("pageerror", lambda error: seen.wrong.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request))


def until(page: Page, expression: str) -> None:
    """Wait for an expression to hold; Playwright's own way evaluates text, which the policy of our pages forbids."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")


def publish(product: Product, slug: str) -> int:
    """Publish an epoch that brings a protocol, from outside the product; its number."""

    async def publishing() -> int:
        store = Store(product.database)
        try:
            return (await published(store, protocol_fact(slug))).epoch or 0
        finally:
            await store.close()

    # Playwright's own loop runs in this thread.
    with ThreadPoolExecutor() as threads:
        return threads.submit(asyncio.run, publishing()).result()


def shot(page: Page, name: str, whole: bool = True) -> None:
    """A picture for people to look at."""
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / f"{name}.png", full_page=whole)


def findings(page: Page, leaving_out: Sequence[str] = ()) -> list[str]:
    """What axe finds against WCAG 2.1 AA and its best practices, but in what these selectors find."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    where = {"exclude": [[selector] for selector in leaving_out]}
    options = {"runOnly": EVERY_RULE, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("([where, options]) => axe.run(where, options)", [where, options])
    return [
        f"{each['id']}: {node['html']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def require(there: object, missing: str) -> None:
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
