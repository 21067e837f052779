"""Taking a file all the way, as the pages and the workers do."""

from __future__ import annotations

from betterstart.access.models import Organisation, User
from families.imports.columns import FileUse
from families.imports.running import choose_columns, confirm_import, start_import
from families.imports.saving import claim_next, work_on
from families.models import ImportRun


def work() -> None:
    while run := claim_next():
        work_on(run)


def check(by: User, organisation: Organisation, content: bytes, **fixed: str) -> ImportRun:
    """The file checked with the columns as guessed; `fixed` has the values that hold for all rows."""
    run = start_import(by=by, organisation=organisation, file_name="old records.csv", content=content)
    use = FileUse.from_json(run.use)
    use.fixed = {target.replace("__", "."): value for target, value in fixed.items()}
    choose_columns(by=by, run=run, use=use)
    work()
    run.refresh_from_db()
    return run


def bring_in(by: User, organisation: Organisation, content: bytes, **fixed: str) -> ImportRun:
    run = check(by, organisation, content, **fixed)
    assert run.blocking == 0, run.problems
    confirm_import(by=by, run=run)
    work()
    run.refresh_from_db()
    return run


def sentences(run: ImportRun, *, blocks: bool = True) -> list[tuple[int, str, str]]:
    """Row, column and sentence of each problem (or, with `blocks=False`, of each remark)."""
    return [
        (problem["row"], problem["column"], problem["sentence"])
        for problem in run.problems
        if problem["blocks"] is blocks
    ]
