"""What differs between the engines lies below the graph and is tested there: coverage needs one of them here."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]) and "postgresql" in item.name:
            item.add_marker(pytest.mark.many)
