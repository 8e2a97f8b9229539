"""The documents that the page sends."""

from pathlib import Path

import pytest
from graphql import parse, validate

from graph.schema import schema

OPERATIONS = sorted((Path(__file__).parents[2] / "web" / "src" / "ops").glob("*.graphql"))


@pytest.mark.parametrize("path", OPERATIONS, ids=[path.stem for path in OPERATIONS])
def test_a_document_of_the_page_is_valid_and_has_the_name_of_its_file(path: Path) -> None:
    document = parse(path.read_text(encoding="utf-8"))

    assert validate(schema._schema, document) == []
    assert path.stem in {
        getattr(each.name, "value", None) for each in document.definitions if hasattr(each, "operation")
    }
