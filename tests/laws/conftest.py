"""Laws are not measured: what they run thousands of times, other tests run as well."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the laws out of the measurement, which would double what they cost."""
    for item in items:
        if "laws" in item.path.parts:
            item.add_marker(pytest.mark.no_cover)
