"""The page as people use it: its numbers against the API's, what it does when asked, and how much it loads."""

import csv
import gzip
import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, expect

import hatch_build
from tests.product import Product
from tests.web.conftest import RESULTS, Seen, opened, publish, shown

MOST_BYTES = 150_000
METRICS = "metrics(keys: [REVENUE, HOLDERS_REVENUE, BUYBACK_EXECUTED, BURNED], window: D30) { value }"
# An epoch of the bundled data that was published an hour after the last day in it ended.
READ_EARLY = 34


def tiles(page: Page) -> list[str | None]:
    """The exact values of the first four tiles, None where the page says that there is no data."""
    values: list[str | None] = page.locator(".tile dd:not(.note) [data-why]").evaluate_all(
        "all => all.slice(0, 4).map(each => each.dataset.value ?? null)"
    )
    return values


def rows(page: Page) -> list[list[str | None]]:
    """Of each row of the leaderboard its name and the exact values that it shows, None for no data."""
    found: list[list[str | None]] = page.locator("tbody tr").evaluate_all(
        """all => all.map(row => [
            row.querySelector('b').textContent,
            ...[2, 4, 5, 6, 7, 8].map(place => row.cells[place].querySelector('[data-value]')?.dataset.value ?? null),
        ])"""
    )
    return found


@pytest.mark.parametrize("window", ["D30", "D365"])
def test_the_numbers_of_the_leaderboard_are_those_of_the_api(
    browser: Browser, product: Product, seen: Seen, window: str
) -> None:
    data = product.ask(
        f"""{{ market {{ {METRICS.replace("D30", window)} }}
        protocols(first: 20, orderBy: [{{key: REVENUE, window: {window}}}, {{key: REVENUE, window: ALL}},
            {{key: BUYBACK_EXECUTED, window: D365}}, {{key: BURNED, window: D365}}, {{key: MARKET_CAP, window: D365}}])
        {{ nodes {{ name metrics(keys: [REVENUE, HOLDERS_REVENUE, BUYBACK_EXECUTED, BURNED, PAYOUT_RATIO],
            window: {window}) {{ value }} cap: metric(key: MARKET_CAP, window: D365) {{ value }} }} }} }}"""
    )

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/" if window == "D30" else f"/?window={window}")
        numbers, listed = tiles(page), rows(page)

    nodes = data["protocols"]["nodes"]  # type: ignore[index]
    assert numbers == [each["value"] for each in data["market"]["metrics"]]  # type: ignore[index]
    assert listed == [[node["name"], *(each["value"] for each in (*node["metrics"], node["cap"]))] for node in nodes]


@pytest.mark.parametrize(
    ("address", "at"),
    [
        ("", ""),
        ("?epoch=10", "epoch: 10"),
        ("?day=2026-02-12", 'day: "2026-02-12"'),
        ("?known=2026-03-05&day=2026-02-12", 'knownAt: "2026-03-05T23:59:59Z", day: "2026-02-12"'),
    ],
)
def test_the_numbers_of_a_protocol_are_those_of_the_api_then(
    browser: Browser, product: Product, seen: Seen, address: str, at: str
) -> None:
    data = product.ask(f'{{ protocol(by: {{slug: "hyperliquid"}}, at: {{{at}}}) {{ {METRICS} }} }}')

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, f"/p/hyperliquid{address}")
        numbers = tiles(page)

    assert numbers == [each["value"] for each in data["protocol"]["metrics"]]  # type: ignore[index]
    assert numbers[0] is not None


def test_a_measured_zero_is_a_number_and_what_is_not_known_is_no_data(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/flows")
        zeros = page.locator("td [data-value]").evaluate_all(
            "all => all.filter(each => Number(each.dataset.value) === 0).map(each => each.textContent)"
        )
        shown(page, "/")
        unknown = page.locator("td .none").all_inner_texts()

    assert set(zeros) == {"$0"}
    assert set(unknown) == {"no data"}


def test_a_day_that_may_still_be_revised_is_marked(browser: Browser, product: Product, seen: Seen) -> None:
    asked = 'series(keys: [REVENUE], from: "2026-07-05", to: "2026-08-03") { points { start provisional } }'
    data = product.ask(f'{{ protocol(by: {{slug: "hyperliquid"}}, at: {{epoch: {READ_EARLY}}}) {{ {asked} }} }}')
    [series] = data["protocol"]["series"]  # type: ignore[index]

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, f"/p/hyperliquid?epoch={READ_EARLY}")
        marked = page.get_by_label("Table: Newest days").locator("tr", has=page.locator("sup")).count()

    assert marked == sum(point["provisional"] for point in series["points"]) > 0


def test_another_epoch_is_picked_by_the_keyboard(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        newest = page.locator("output").inner_text()

        page.get_by_label("Known at").press("ArrowLeft")

        expect(page.locator("output")).not_to_have_text(newest)
        assert "epoch=" in page.url


def test_an_epoch_older_than_the_newest_of_the_slider_has_its_place_on_it(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid?epoch=10")
        slider = page.get_by_label("Known at")
        place = slider.input_value()

        expect(slider).to_have_attribute("aria-valuetext", re.compile("^Epoch 10, "))
        slider.press("ArrowLeft")
        expect(page.locator("output")).to_contain_text(re.compile("^Epoch 9 of"))

    assert place == "9"


def test_the_leaderboard_is_ordered_narrowed_and_searched(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/")

        page.get_by_role("button", name="Name", exact=True).click()
        expect(page.locator("tbody b").first).not_to_have_text("Hyperliquid")
        page.get_by_role("group", name="Sector").get_by_role("button", name="lending").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        page.get_by_label("Find a protocol").fill("aav")

        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody b")).to_have_text("Aave")


def test_what_is_shown_is_saved_copied_and_opened(
    browser: Browser, product: Product, seen: Seen, tmp_path: Path
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        for name in ("Save as CSV", "Save ledger as CSV"):
            with page.expect_download() as saving:
                page.get_by_role("button", name=name).click()
            saving.value.save_as(tmp_path / f"{name}.csv")
        page.get_by_role("button", name="Copy as curl").click()
        curl = page.evaluate("navigator.clipboard.readText()")
        page.get_by_role("link", name="Open in GraphiQL").click()

        expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Protocol")

    days, ledger = read(tmp_path / "Save as CSV.csv"), read(tmp_path / "Save ledger as CSV.csv")
    assert (days[-1]["day"], days[-1]["buybacks"]) == ("2026-08-04", "")
    assert [row["kind"] for row in ledger] == ["PURCHASE"] * 4
    assert sent(curl)["data"]["protocol"]["name"] == "Hyperliquid"


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def sent(curl: str) -> dict[str, Any]:
    """The answer to what a command of curl would send."""
    _, _, url, _, header, _, body = shlex.split(curl)
    name, value = header.split(": ")
    answer: dict[str, Any] = httpx.post(url, headers={name: value}, content=body).json()
    return answer


def test_a_day_that_cannot_be_meant_is_passed_over_and_said(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        newest = tiles(page)

        for day in ("xx", "2026-13-45", "2026-02-30", "2999-01-01"):
            shown(page, f"/p/hyperliquid?day={day}&epoch=none")

            assert tiles(page) == newest
            assert page.locator("main > [role=status]").all_inner_texts() == [
                f"The address says day={day}, which is not a day up to today, such as 2026-02-12: it is passed over.",
                "The address says epoch=none, which is not the number of an epoch: it is passed over.",
            ]


def test_a_screen_that_fails_says_so_and_leaves_the_rest(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.goto("/p/%E0%A4%A")

        expect(page.locator("main [role=alert] h1")).to_have_text("This screen could not be shown")
        assert any("URI malformed" in told for told in seen.wrong)
        seen.wrong.clear()
        page.get_by_role("link", name="To the leaderboard").click()

        expect(page.locator(".origin")).to_be_visible()


def test_the_days_of_revenue_end_where_revenue_does(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        revenue = page.locator(".hero p").inner_text()
        shown(page, "/p/aave")
        nothing = page.locator(".hero p").inner_text()

    assert revenue.endswith(" · days of revenue to 4 Aug 2026")
    assert " · no days of revenue" in nothing


def test_the_newest_restatements_come_first(browser: Browser, product: Product, seen: Seen) -> None:
    those = 'protocol: "hyperliquid", metric: [REVENUE, BUYBACK_EXECUTED, BURNED], last: 1'
    asked = f'restatements(knownAfter: "2000-01-01T00:00:00Z", {those})'
    [newest] = product.ask(f"{{ {asked} {{ nodes {{ after }} }} }}")["restatements"]["nodes"]  # type: ignore[index]

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save restatements as CSV").click()
        listed = read(saving.value.path())
        said = (
            page.locator("section.card", has=page.get_by_role("heading", name="Restatements"))
            .locator("header")
            .inner_text()
        )

    assert (len(listed), listed[0]["after"]) == (50, newest["after"])
    assert "the newest 50; there are more" in said


def test_where_the_browser_does_not_copy_the_command_is_there_to_copy(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        shown(page, "/treasuries")
        page.get_by_role("button", name="Copy as curl").click()
        selected = page.evaluate("document.querySelector('.origin textarea').matches(':focus') && `${getSelection()}`")

        expect(page.locator(".origin [role=alert]")).to_contain_text("does not let this page copy")
        assert selected.startswith("curl -s ")
        assert sent(page.locator(".origin textarea").input_value())["data"]["organisations"]


def test_the_leaderboard_goes_on_past_its_first_pages(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/")
        for count in (65, 110):
            page.get_by_role("button", name="Show more").click()
            expect(page.locator("tbody tr")).to_have_count(count)
        ranks = page.locator("tbody tr td:first-child").all_inner_texts()

    assert ranks == [str(rank) for rank in range(1, 111)]


def test_every_sector_can_be_picked_by_its_name(browser: Browser, product: Product, seen: Seen) -> None:
    data = product.ask("{ sectors { key name } protocols(first: 1) { facets { name buckets { value count } } } }")
    names = {each["key"]: each["name"] for each in data["sectors"]}  # type: ignore[attr-defined]
    [counts] = [each["buckets"] for each in data["protocols"]["facets"] if each["name"] == "sector"]  # type: ignore[index]

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/")
        chips = page.get_by_role("group", name="Sector").get_by_role("button").all_inner_texts()

    assert chips == ["All", *(f"{names[each['value']]} {each['count']}" for each in counts)]


def test_flows_end_with_the_data_and_stand_in_the_address(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.clock.set_fixed_time("2030-01-01T00:00:00Z")
        shown(page, "/flows")
        assets = page.get_by_role("group", name="Asset").get_by_role("button").all_inner_texts()
        page.get_by_role("group", name="By").get_by_role("button", name="Weeks").click()
        expect(page).to_have_url(f"{product.url}/flows?interval=WEEK")
        shown(page, "/flows?asset=eth&interval=WEEK")
        newest = page.get_by_label("Table: Net flows by time and fund").locator("tbody th").first.inner_text()

    assert assets == ["BTC"]
    assert newest.endswith("23 Aug 2026")


def test_a_number_says_its_source_to_who_points_at_it(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")

        page.locator(".tile [data-why]").first.focus()

        expect(page.locator(".why")).to_contain_text("Source: DefiLlama")
        expect(page.locator(".why")).to_contain_text("Formula: ")


@pytest.mark.parametrize(
    ("path", "table", "told"),
    [
        ("/p/hyperliquid?day=2026-02-12", "Newest days", ["Source: DefiLlama", "Formula: "]),
        ("/flows", "Net flows by time and fund", ["The sum of the funds where all have reported"]),
        ("/treasuries", "Holdings", ["Source: "]),
        ("/", "Leaderboard", ["Source: DefiLlama"]),
    ],
)
def test_the_numbers_of_a_table_are_one_stop_and_the_arrows_go_on_between_them(
    browser: Browser, product: Product, seen: Seen, path: str, table: str, told: list[str]
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, path)
        box = page.get_by_label(f"Table: {table}")
        stops = box.locator("[data-why][tabindex='0']")

        expect(stops).to_have_count(1)
        assert box.locator("[data-why*='Source: ']").count() > 0
        stops.focus()
        first = page.evaluate("document.activeElement.outerHTML")
        for sentence in told:
            expect(page.locator(":focus")).to_have_accessible_description(re.compile(sentence))
        page.keyboard.press("ArrowDown")

        expect(stops).to_have_count(1)
        expect(stops).to_be_focused()
        assert page.evaluate("document.activeElement.outerHTML") != first


def test_every_no_data_says_why_and_no_mark_around_a_name_is_shown(
    browser: Browser, product: Product, seen: Seen
) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        for path in ("/", "/p/hyperliquid", "/p/aave", "/flows", "/treasuries"):
            shown(page, path)
            silent = page.locator(".none:not([data-why]), td.n:empty").count()
            said = page.evaluate(
                "document.body.innerText + [...document.querySelectorAll('[data-why]')].map(each => each.dataset.why)"
            )

            assert (path, silent, "`" in said) == (path, 0, False)


def test_policies_are_saved_a_row_for_each_rule(browser: Browser, product: Product, seen: Seen) -> None:
    asked = '{ protocol(by: {slug: "hyperliquid"}) { policies { ref rules { recipient } } } }'
    policies = product.ask(asked)["protocol"]["policies"]  # type: ignore[index]

    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/p/hyperliquid")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save allocation policies as CSV").click()
        saved = read(saving.value.path())

    rules = [(policy["ref"], rule["recipient"]) for policy in policies for rule in policy["rules"]]
    assert [(row["ref"], row["recipient"]) for row in saved] == rules


def test_the_first_load_is_small_and_asks_once(browser: Browser, product: Product, seen: Seen) -> None:
    answers: list[Response] = []
    with opened(browser, product, seen) as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        shown(page, "/")
        size = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
        painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")

    asked = [answer.url for answer in answers if "/graphql" in answer.url]
    RESULTS.mkdir(exist_ok=True)
    figures = {"bytes": size, "firstContentfulPaintMilliseconds": round(painted), "requests": len(answers)}
    (RESULTS / "first-load.json").write_text(json.dumps(figures))
    assert len(asked) == 1
    assert size < MOST_BYTES
    assert painted > 0


def test_an_epoch_published_elsewhere_reaches_the_open_page(browser: Browser, product: Product, seen: Seen) -> None:
    with opened(browser, product, seen) as context:
        page = context.new_page()
        shown(page, "/status")
        expect(page.locator(".hero")).to_contain_text("follows each publication")
        epoch = publish(product, "told-to-the-page")

        expect(page.locator("[data-epoch]")).to_have_text(str(epoch))
        expect(page.locator(".pill")).to_have_text(f"Epoch {epoch}")


def test_the_surface_is_built_anew_for_what_npm_and_the_hook_are_told() -> None:
    inputs = {path.relative_to(hatch_build.ROOT).as_posix() for path in hatch_build._inputs()}

    assert {"web/.npmrc", "hatch_build.py", "schema.graphql", "web/src/ops/Flows.graphql"} <= inputs


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
