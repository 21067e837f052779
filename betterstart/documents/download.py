"""A table as a file in the browser."""

import io
from typing import Literal

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from betterstart.documents.writers import Sheet, write_csv, write_xlsx

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(sheet: Sheet, *, filename: str, form: Literal["csv", "xlsx"]) -> HttpResponse:
    """`sheet` as an attachment called `filename` plus its ending, kept by no cache. Raises TooManyRows for XLSX."""
    content = io.BytesIO()
    write_xlsx(sheet, content) if form == "xlsx" else write_csv(sheet, content)
    return HttpResponse(
        content.getvalue(),
        content_type=_TYPES[form],
        headers={
            "Content-Disposition": content_disposition_header(True, f"{filename}.{form}") or "attachment",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
