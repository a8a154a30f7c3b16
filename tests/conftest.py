"""What all tests share: a marker per folder."""

from pathlib import Path

import pytest

KINDS = ("unit", "integration", "contracts", "e2e", "browser", "chaos")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with the name of its folder."""
    root = config.rootpath / "tests"
    for item in items:
        folder = Path(item.path).relative_to(root).parts[0]
        if folder in KINDS:
            item.add_marker(folder)
