import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole `make run` first: begun last, it would leave the other of two cores with nothing to do."""
    items.sort(key=lambda item: item.path.name != "test_run.py")
