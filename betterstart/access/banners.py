"""What must stand at the top of a page whatever the page is: apps say so here, and base.html shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# (the context of a page) -> a template and what it is drawn with, or None where there is nothing to say.
Banner = Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]] | None]
_banners: list[Banner] = []


def register_banner(banner: Banner) -> None:
    """Called in `AppConfig.ready`. Asked on every page: it looks at the context before it asks the database."""
    if banner not in _banners:
        _banners.append(banner)


def banners_of(context: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [found for banner in _banners if (found := banner(context))]
