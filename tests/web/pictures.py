"""Takes the README's pictures from the running product: `make pictures`."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import ViewportSize, sync_playwright

from tests.product import ROOT, running

PICTURES = ROOT / "docs" / "pictures"
# The protocol on a day of which most is known.
SHOTS = (("leaderboard", "/", "light"), ("protocol", "/p/hyperliquid?day=2026-02-13", "dark"))
# Milliseconds: a machine may be busy with other things.
PATIENCE = 120_000
SIZE: ViewportSize = {"width": 1280, "height": 960}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, running(Path(folder)) as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path, scheme in SHOTS:
            dark = scheme == "dark"
            page = browser.new_page(viewport=SIZE, color_scheme="dark" if dark else "light")
            page.set_default_timeout(PATIENCE)
            page.goto(product.url + path)
            page.wait_for_selector(".origin")
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
