import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, `make run` and the browser: begun last, they would leave the other core with nothing to do."""
    items.sort(key=lambda item: (item.path.name != "test_run.py", "e2e" not in item.path.parts))
