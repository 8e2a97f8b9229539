"""The build of the page: what is served stays until what takes its place is whole."""

import shutil
import subprocess
from pathlib import Path

from tests.product import ROOT
from tests.server.edge.node import with_node
from tests.web.conftest import require

WEB = ROOT / "web"


def test_a_build_that_breaks_leaves_the_page_that_was_there(tmp_path: Path) -> None:
    packages = WEB / "node_modules"
    require(packages.is_dir(), "no packages in web: run `make web`")
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "web" / "node_modules").symlink_to(packages)
    page = tmp_path / "static" / "index.html"
    page.parent.mkdir()
    page.write_text("as it was")

    # Beside it lie neither the queries of the docs nor the schema.
    environment = {**with_node(), "OUT": str(page.parent)}
    build = subprocess.run(["node", "build.mjs"], cwd=tmp_path / "web", env=environment, stderr=subprocess.PIPE)

    assert b"docs/queries" in build.stderr
    assert page.read_text() == "as it was"
