"""
Making exports: asked for in a request, made by the relay page by page, handed out until they expire.

Invariant: what a page appends to the file and what the row says of it are one step: the row is changed last, and what
stands in the file beyond it is cut off before anything more is written. So whoever goes on after a worker was killed
begins where that one stopped, or from the start where the file is gone; and one row tells that it is ready, once.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from upheld.apps.exports import table
from upheld.apps.exports.errors import ExportError
from upheld.apps.exports.models import Export
from upheld.apps.exports.selectors import SEES, count_of, page_of, seen_numbers, sees_everything
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access, access_of
from upheld.apps.tickets.selectors import Filters
from upheld.apps.work.faults import fault
from upheld.apps.work.locks import can_skip
from upheld.apps.work.patience import is_too_slow, statements_within
from upheld.apps.work.room import LEAST_FREE_BYTES, has_room, is_full
from upheld.apps.work.services import enqueue
from upheld.core.instants import Instant

MOST_UNFINISHED: Final = 3
"""So many may one person have on their way; one of them is made at a time."""
KEPT_SECONDS: Final = 3 * 86_400
PAGE: Final = 2000
LEASE_SECONDS: Final = 60
COUNT_SECONDS: Final = 3.0
PAGE_SECONDS: Final = 15.0
RETRY_SECONDS: Final = (5, 30, 120, 600)
MOST_ATTEMPTS: Final = len(RETRY_SECONDS) + 1
ROOM_BYTES: Final = 2 * LEAST_FREE_BYTES
"""An export stops before it takes the room that the service needs to be ready."""
MAIL_SECONDS: Final = 120
"""Who waited so long has gone on to something else, and is told by mail too."""
LONGEST_TITLE: Final = 500
_PIECE: Final = 1 << 20
_CHECKED: Final = 500
log = logging.getLogger("upheld.exports")


@transaction.atomic
def ask(*, by: Person, filters: Filters, title: str, end_of_day: Instant, now: Instant) -> Export:
    """
    Ask for a list as a file; what is on its way already is not asked for twice.

    Raises :class:`ExportError` ``export.too_many``.
    """
    wanted = dataclasses.asdict(dataclasses.replace(filters, before=None))
    wanted = {name: list(each) if isinstance(each, tuple) else each for name, each in wanted.items()}
    Person.objects.select_for_update().get(pk=by.pk)
    unfinished = list(Export.objects.filter(by=by, state__in=Export.UNFINISHED))
    for each in unfinished:
        if each.filters == wanted:
            return each
    if len(unfinished) >= MOST_UNFINISHED:
        raise ExportError("export.too_many", most=MOST_UNFINISHED)
    made = Export.objects.create(
        by=by, filters=wanted, title=" ".join(title.split())[:LONGEST_TITLE], end_of_day=end_of_day, asked_at=now
    )
    log.info("export %s asked for by %s", made.public_id, by.public_id)
    return made


def put_away(*, export: Export, now: Instant) -> None:
    """
    Cancel an export that is on its way, or delete the file of one that is ready; anything else stays as it is.
    """
    with transaction.atomic():
        found = Export.objects.select_for_update().filter(pk=export.pk, state__in=Export.KEPT).first()
        if found is None:
            return
        is_ready = found.is_ready
        Export.objects.filter(pk=found.pk).update(
            state=Export.State.GONE if is_ready else Export.State.CANCELLED,
            problem="export.deleted" if is_ready else "",
            finished_at=found.finished_at if is_ready else now,
            leased_until=None,
            leased_by="",
        )
    place_of(found).unlink(missing_ok=True)


def root() -> Path:
    """
    Return the folder of all exports.
    """
    return Path(settings.EXPORT_ROOT)


def place_of(export: Export) -> Path:
    """
    Return where the file of an export lies.
    """
    return root() / f"{export.storage_key}.csv"


def work_off(*, worker: str, now: Instant) -> int:
    """
    Write one page of the export that waits longest for its next one, and return how many tickets that was, or one where
    something else was done.

    Where one fails it is tried again later; only the database's own failures are raised.
    """
    export = _claimed(worker, now)
    if export is None:
        return 0
    try:
        return _write_page(export, worker, now)
    except (OperationalError, InterfaceError) as error:
        if not is_too_slow(error):
            raise
        _failed(export, worker, "export.too_slow", now)
    except OSError as error:
        log.exception("the export %s failed", export.public_id)
        _failed(export, worker, "export.no_space" if is_full(error, [root()]) else "export.broke", now)
    except Exception:
        log.exception("the export %s failed", export.public_id)
        _failed(export, worker, "export.broke", now)
    return 1


def _waiting(worker: str, now: Instant) -> QuerySet[Export]:
    """
    Return the exports of which a worker may write a page: one of each person, the first that was asked for.
    """
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now) | Q(leased_by=worker)
    unfinished = Export.objects.filter(state__in=Export.UNFINISHED)
    before = unfinished.filter(by=OuterRef("by"), pk__lt=OuterRef("pk"))
    is_due = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    return unfinished.filter(free, is_due).exclude(Exists(before)).order_by("worked_at", "pk")


def _claimed(worker: str, now: Instant) -> Export | None:
    """
    Return an export that is leased to a worker, or nothing. Nothing is written where there is none, nor while the lease
    lasts.
    """
    found = _waiting(worker, now).select_related("by").first()
    if found is None:
        return None
    if found.leased_by == worker and (found.leased_until or 0) > now:
        return found
    with transaction.atomic():
        locked = _waiting(worker, now).select_for_update(of=("self",), skip_locked=can_skip())
        found = locked.select_related("by").first()
        if found is None:
            return None
        # Counted before it is begun, so that one that kills its worker is given up in the end.
        found.attempts += 1
        found.state, found.begun_at = Export.State.RUNNING, found.begun_at or now
        found.leased_until, found.leased_by = now + LEASE_SECONDS, worker
        found.save(update_fields=["attempts", "state", "begun_at", "leased_until", "leased_by"])
    if found.attempts > MOST_ATTEMPTS:
        _give_up(found, worker, "export.broke", now)
        return None
    return found


def _write_page(export: Export, worker: str, now: Instant) -> int:
    """
    Write the next page, and finish the file where it is the last one.
    """
    access = access_of(export.by, now)
    if not export.by.is_active or not any(access.may(right) for right in SEES):
        _give_up(export, worker, "export.not_allowed", now)
        return 1
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    if not has_room([root()], least=ROOM_BYTES):
        _give_up(export, worker, "export.no_space", now)
        return 1
    if _length(export) < export.size:
        _begin_anew(export, worker)
        return 1
    total = export.total if export.total is not None else _counted(export, access)
    with statements_within(PAGE_SECONDS):
        rows = page_of(export, access, PAGE)
    lines = table.ticket_lines(rows, export.by.language)
    with transaction.atomic():
        locked = _running(export, worker).select_for_update().first()
        if locked is None or locked.reached != export.reached:
            return 1
        size = _append(locked, lines)
        fault("exports.page_written")
        Export.objects.filter(pk=locked.pk).update(
            total=total,
            done=locked.done + len(rows),
            reached=rows[-1][0] if rows else locked.reached,
            size=size,
            attempts=0,
            retry_at=None,
            leased_until=now + LEASE_SECONDS,
            worked_at=now,
        )
    fault("exports.page_committed")
    if len(rows) < PAGE:
        _finish(export, worker, now)
    return len(rows) or 1


def _running(export: Export, worker: str) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, state=Export.State.RUNNING, leased_by=worker)


def _counted(export: Export, access: Access) -> int | None:
    """
    Return how many tickets an export has, or nothing where counting takes too long.
    """
    try:
        with statements_within(COUNT_SECONDS):
            return count_of(export, access)
    except OperationalError as error:
        if is_too_slow(error):
            return None
        raise


def _length(export: Export) -> int:
    try:
        return place_of(export).stat().st_size
    except FileNotFoundError:
        return 0


def _begin_anew(export: Export, worker: str) -> None:
    """
    Begin from the first ticket, where the file is not what was written: another disk, or a machine that went down.
    """
    _running(export, worker).update(done=0, reached=0, size=0, total=None)


def _append(export: Export, lines: str) -> int:
    """
    Append lines to the file behind what the row knows of, and return how long it is then.
    """
    descriptor = os.open(place_of(export), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(export.size)
        file.seek(export.size)
        file.write((lines if export.size else table.head() + lines).encode())
        return file.tell()


def _finish(export: Export, worker: str, now: Instant) -> None:
    """
    Put the file on the disk for good, and tell who asked.
    """
    with place_of(export).open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        locked = _running(export, worker).select_for_update().first()
        if locked is None:
            return
        _end(locked, Export.State.READY, now, total=locked.done, digest=digest, expires_at=now + KEPT_SECONDS)
        _tell(locked, "export.ready", {"title": locked.title, "count": locked.done, "until": now + KEPT_SECONDS}, now)
        fault("exports.finished")
    log.info("export %s is ready: %d tickets, %d bytes", locked.public_id, locked.done, locked.size)


def _end(export: Export, state: str, now: Instant, **more: Any) -> None:
    Export.objects.filter(pk=export.pk).update(
        state=state, finished_at=now, leased_until=None, leased_by="", retry_at=None, **more
    )


def _tell(export: Export, code: str, params: dict[str, Any], now: Instant) -> None:
    key = f"export:{export.public_id}"
    is_mailed = now - export.asked_at > MAIL_SECONDS
    arguments = {"person": export.by_id, "key": key, "code": code, "params": params, "is_mailed": is_mailed}
    enqueue(key=key, handler="channels.tell_person", arguments=arguments, now=now)


def _failed(export: Export, worker: str, problem: str, now: Instant) -> None:
    """
    Try an export again later, or give it up.
    """
    if export.attempts >= MOST_ATTEMPTS:
        _give_up(export, worker, problem, now)
        return
    # The lease stays with nobody, so that the next try counts as one.
    _running(export, worker).update(
        retry_at=now + RETRY_SECONDS[max(export.attempts, 1) - 1], leased_until=None, leased_by="", worked_at=now
    )


def _give_up(export: Export, worker: str, problem: str, now: Instant) -> None:
    with transaction.atomic():
        locked = _running(export, worker).select_for_update().first()
        if locked is None:
            return
        _end(locked, Export.State.FAILED, now, problem=problem)
        _tell(locked, "export.failed", {"title": locked.title}, now)
    place_of(export).unlink(missing_ok=True)
    log.error("the export %s was given up: %s", export.public_id, problem)


def expire(*, now: Instant) -> int:
    """
    Delete the files whose time is over, and return how many; and those that no export has, as one that was cancelled
    while its worker was killed.
    """
    expired = Export.objects.filter(state=Export.State.READY, expires_at__lte=now)
    count = 0
    for each in expired:
        # The file first: a row without one is put right the next time, a file without a row would stay.
        place_of(each).unlink(missing_ok=True)
        fault("exports.expired")
        count += expired.filter(pk=each.pk).update(state=Export.State.GONE, problem="export.expired")
    for path in strays():
        path.unlink(missing_ok=True)
    return count


def strays() -> list[Path]:
    """
    Return the files that no export has. One query where there are any files.
    """
    found = sorted(root().glob("*")) if root().is_dir() else []
    if not found:
        return []
    kept = set(Export.objects.filter(state__in=Export.KEPT).values_list("storage_key", flat=True))
    return [path for path in found if path.stem not in kept]


def forget_ticket(*, ticket_id: int, number: int, now: Instant) -> int:
    """
    Let no file hold a ticket whose subject was erased, and return how many did: what is being made begins anew, what is
    ready is deleted.
    """
    held = 0
    for each in Export.objects.filter(state__in=Export.KEPT, asked_at__lte=now):
        if each.reached < ticket_id or not _holds(each, number):
            continue
        held += 1
        if each.is_unfinished:
            with transaction.atomic():
                locked = Export.objects.select_for_update().filter(pk=each.pk, state__in=Export.UNFINISHED)
                locked.update(done=0, reached=0, size=0, total=None)
            continue
        place_of(each).unlink(missing_ok=True)
        ready = Export.objects.filter(pk=each.pk, state=Export.State.READY)
        ready.update(state=Export.State.GONE, problem="export.erased")
    return held


def _holds(export: Export, number: int) -> bool:
    begins = f"{number},".encode()
    try:
        with place_of(export).open("rb") as file:
            return any(line.startswith(begins) for line in file)
    except FileNotFoundError:
        return False


def forget_files(*, now: Instant) -> int:
    """
    Say of all files that were ready that they are gone, as after a restore, and return how many; what was on its way
    begins anew by itself.
    """
    ready = Export.objects.filter(state=Export.State.READY)
    return ready.update(state=Export.State.GONE, problem="export.restored", expires_at=now)


def fetch(*, export: Export, access: Access, now: Instant) -> Iterator[bytes]:
    """
    Return the content of a file for who asked for it, piece by piece: without tickets that they may see no more.

    Raises :class:`ExportError` ``export.not_ready``.
    """
    place = place_of(export)
    if not export.is_ready or now >= (export.expires_at or 0) or not place.exists():
        raise ExportError("export.not_ready")
    log.info("export %s is downloaded by %s", export.public_id, access.person.public_id)
    return _whole(place) if sees_everything(access) else _seen(place, access)


def _whole(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _seen(place: Path, access: Access) -> Iterator[bytes]:
    """
    Yield the lines of the tickets that somebody may see now.
    """
    with place.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        yield table.head(next(rows)).encode()
        while page := list(itertools.islice(rows, _CHECKED)):
            seen = seen_numbers(access, [int(row[0]) for row in page])
            yield table.written(row for row in page if int(row[0]) in seen).encode()
