"""The steps with a directory: choose it, have it read, look at what it would change, confirm, or let it go."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.directory.imports import fetching
from betterstart.directory.imports.comparing import preview
from betterstart.directory.imports.entries import judge
from betterstart.directory.imports.reading import LARGEST, Feed, FeedRefused, read_feed, read_file
from betterstart.directory.imports.saving import save
from betterstart.directory.models import DirectoryRun, RunState, Source
from betterstart.text import clean_line

logger = logging.getLogger(__name__)
R = RunState
BETWEEN_SIGNS = dt.timedelta(seconds=1)
_WORK: dict[str, str] = {R.TO_READ: R.READING, R.TO_SAVE: R.SAVING}


class DirectoryRefused(ValidationError):
    """This step cannot be taken. `error_dict` has the sentences by field where they belong to one."""


@transaction.atomic
def start_run(
    *,
    by: User,
    source: Source | None = None,
    name: str = "",
    url: str = "",
    file_name: str = "",
    content: bytes | None = None,
) -> DirectoryRun:
    """Have a directory read, from a file or else from its address; nothing of it is saved.

    `source` is one that is here already, else a new one gets `name`. Writes "directory.run_started". Raises
    DirectoryRefused.
    """
    if content is None:
        url = url or (source.url if source else "")
        try:
            fetching.check_address(url)
        except FeedRefused as refusal:
            raise DirectoryRefused({"url": refusal.sentence}) from refusal
    elif len(content) > LARGEST:
        raise DirectoryRefused({"file": _("This is larger than {n} MB.").format(n=LARGEST // 1_000_000)})
    source = source or _new_source(name)
    if url and source.url != url:
        source.url = url
        source.save(update_fields=["url"])
    if DirectoryRun.objects.filter(source=source, state__in=[R.TO_READ, R.READING, R.TO_SAVE, R.SAVING]).exists():
        raise DirectoryRefused(_("This directory is being read already. Look at it below."))
    run = DirectoryRun.objects.create(
        source=source,
        by=by,
        file_name=clean_line(file_name.replace("\\", "/").rsplit("/", 1)[-1])[-200:] if content is not None else "",
        content=content,
    )
    record(by=by, verb="directory.run_started", target=run, label=str(source))
    transaction.on_commit(wake)
    return run


def _new_source(name: str) -> Source:
    try:
        with transaction.atomic():
            return Source.objects.create(name=name)
    except IntegrityError as error:
        raise DirectoryRefused({"name": _("There is a directory of this name. Choose it in the list.")}) from error


@transaction.atomic
def confirm_run(*, by: User, run: DirectoryRun) -> DirectoryRun:
    """Have what was read saved, all of it or nothing. Twice is the same as once. Writes "directory.run_confirmed".

    Raises DirectoryRefused while there is nothing to confirm.
    """
    if DirectoryRun.objects.filter(pk=run.pk, state=R.CHECKED).update(state=R.TO_SAVE, refusal=""):
        record(by=by, verb="directory.run_confirmed", target=run, label=str(run.source))
        transaction.on_commit(wake)
    run.refresh_from_db()
    if run.state not in (R.TO_SAVE, R.SAVING, R.DONE):
        raise DirectoryRefused(_("There is nothing to bring in here. Read the directory again."))
    return run


@transaction.atomic
def cancel_run(*, by: User, run: DirectoryRun) -> DirectoryRun:
    """Let it go; what was read is removed. Writes "directory.run_cancelled".

    Raises DirectoryRefused once it is being saved.
    """
    waiting = DirectoryRun.objects.filter(pk=run.pk, state__in=[R.TO_READ, R.READING, R.CHECKED, R.TO_SAVE])
    if not waiting.update(state=R.CANCELLED, claim=None, content=None, entries=[], finished_at=timezone.now()):
        raise DirectoryRefused(_("This is being saved already and cannot be stopped any more."))
    record(by=by, verb="directory.run_cancelled", target=run, label=str(run.source))
    run.refresh_from_db()
    return run


def wake() -> None:
    """Have the sweep look now. Without the queue it waits for the next round; nothing is lost."""
    try:
        current_app.send_task("betterstart.directory.tasks.sweep_directories", retry=False)
    except OperationalError:
        logger.warning("the queue does not answer; the directory waits for the next sweep")


def claim_next() -> DirectoryRun | None:
    """Take one that waits, by a conditional update, so that no two workers have the same; None when there is none."""
    with acting_as(Scope.ALL, None):
        for run in DirectoryRun.objects.due().defer("entries", "preview", "content").order_by("pk")[:5]:
            same = DirectoryRun.objects.due().filter(pk=run.pk, state=run.state, claim=run.claim)
            mine = {"state": _WORK.get(run.state, run.state), "claim": uuid.uuid4(), "claimed_at": timezone.now()}
            if same.update(**mine):
                return DirectoryRun.objects.select_related("source", "by").get(pk=run.pk)
    return None


def work_on(run: DirectoryRun) -> None:
    """Read or save a claimed run and write the outcome on its row. Harmless when run twice."""
    try:
        if run.state == R.READING:
            _read(run)
        else:
            with acting_as(Scope.ALL, run.by_id):
                save(run)
    except FeedRefused as refusal:
        settle(run, state=R.REFUSED, refusal=refusal.sentence[:500], content=None, finished_at=timezone.now())
    except Exception as error:
        logger.error("directory run %s failed: %s", run.uuid, type(error).__name__, exc_info=True)
        sentence = _("Something went wrong on our side. Nothing was saved. Please try again.")
        after = R.CHECKED if run.state == R.SAVING else R.REFUSED
        settle(run, state=after, refusal=sentence)


def _read(run: DirectoryRun) -> None:
    """Fetching takes minutes and holds no transaction open."""
    if run.content is not None:
        feed: Feed = read_file(bytes(run.content))
    else:
        feed = read_feed(run.source.url, fetching.fetch, _progress(run))
    with acting_as(Scope.ALL, run.by_id):
        reading = judge(feed)
        found = preview(run.source, reading)
    settle(run, state=R.CHECKED, entries=reading.entries, preview=found, content=None)


def settle(run: DirectoryRun, **fields: object) -> None:
    """Write the outcome, unless another worker has taken it over or it was cancelled meanwhile."""
    with acting_as(Scope.ALL, run.by_id):
        DirectoryRun.objects.filter(pk=run.pk, claim=run.claim, state=run.state).update(claim=None, **fields)


def _progress(run: DirectoryRun) -> Callable[[int, int], None]:
    """Write how far the reading is, at most once a second; that keeps the claim alive too."""
    last = timezone.now() - BETWEEN_SIGNS

    def tell(done: int, of: int) -> None:
        nonlocal last
        if timezone.now() - last < BETWEEN_SIGNS:
            return
        last = timezone.now()
        with acting_as(Scope.ALL, run.by_id):
            mine = DirectoryRun.objects.filter(pk=run.pk, claim=run.claim, state=R.READING)
            if not mine.update(done=done, of=of, claimed_at=last):
                raise FeedRefused(_("This was cancelled."))

    return tell
