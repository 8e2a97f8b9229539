"""The files that the page is built of: the documents that it sends, and lines that can be read."""

from pathlib import Path

import pytest
from graphql import parse, validate

from graph.schema import schema

WEB = Path(__file__).parents[2] / "web"
OPERATIONS = sorted((WEB / "src" / "ops").glob("*.graphql"))
SHARED = {path.stem: path.read_text(encoding="utf-8") for path in (WEB / "src" / "ops" / "shared").glob("*.graphql")}


@pytest.mark.parametrize("path", OPERATIONS, ids=[path.stem for path in OPERATIONS])
def test_a_document_of_the_page_is_valid_and_has_the_name_of_its_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = parse("\n".join([text, *(shared for name, shared in SHARED.items() if f"...{name}" in text)]))

    assert validate(schema._schema, document) == []
    assert path.stem in {
        getattr(each.name, "value", None) for each in document.definitions if hasattr(each, "operation")
    }


def test_the_lines_of_the_page_are_read_without_scrolling() -> None:
    files = [path for path in (*WEB.glob("*.mjs"), *(WEB / "src").rglob("*.*")) if path.is_file()]

    long = [path.name for path in files for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 160]

    assert long == []
