"""What links may be for. An app names its purposes in `AppConfig.ready`; the platform knows none."""

from __future__ import annotations

_pages: dict[str, str] = {}


def register_purpose(purpose: str, page: str) -> None:
    """Links for this purpose lead to the page of this URL name, which takes no arguments."""
    _pages[purpose] = page


def page_of(purpose: str) -> str:
    """The URL name behind a purpose. Raises KeyError for a purpose nobody named."""
    return _pages[purpose]
