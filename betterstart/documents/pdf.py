"""Documents to keep on paper: a template and plain values make a tagged PDF, which a screen reader can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.conf import settings


@cache
def _fonts() -> typst.Fonts:
    """Those of the machine and Typst's own, looked for once in a process."""
    return typst.Fonts()


def write_pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """The document that a Typst file below `templates/` makes of these values.

    It reads them as JSON, so that nothing anybody wrote is taken for markup.
    """
    source = (settings.BASE_DIR / "templates" / template).read_bytes()
    return typst.compile(
        source, font_paths=_fonts(), sys_inputs={"values": json.dumps(values)}, format="pdf", pdf_standards="ua-1"
    )
