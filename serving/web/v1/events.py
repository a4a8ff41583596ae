"""Live events of jobs: of one until it has ended, or of many. Which the caller may follow, and what it is told first.

A client that was cut off names the last event that it has, and is told what happened since; see serving/web/feed.py for
what happens from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState
from pydantic import Field
from pydantic.config import JsonDict

from serving.errors import BadRequest, Gone
from serving.jobs.events import MOVES_THE_QUEUE, EventId, EventLog
from serving.web import callers, wire
from serving.web.described import Query, describe, query_of
from serving.web.desk import core
from serving.web.events import LONGEST_S, MEDIA_TYPE, EventStream, Terms
from serving.web.feed import KEY, MOST_PLACES_S, Feed, Followed, feed
from serving.web.job_events import Event
from serving.web.v1.jobs import listed_job
from serving.web.watch import watch

bp = Blueprint("events", __name__, url_prefix=f"{wire.V1}/system")

MAX_JOBS = 100
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_ID_FORM: JsonDict = {"pattern": r"^(\d{1,20}-\d{1,20})?$"}
_IDS_FORM: JsonDict = {"pattern": rf"^([0-9a-f]{{32}}(,[0-9a-f]{{32}}){{0,{MAX_JOBS - 1}}})?$"}


def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions[KEY] = Feed(app.extensions["meshkiln"])


bp.record_once(_install)


class JobEventsQuery(Query):
    """How long a stream lasts, and what its client has had."""

    seconds: float = Field(LONGEST_S, ge=0, le=LONGEST_S, description="how long the stream lasts")
    last_event_id: str = Field(
        "",
        description="the last event that came; for who cannot send the header Last-Event-ID",
        json_schema_extra=_ID_FORM,
    )


class EventsQuery(JobEventsQuery):
    """Which jobs a stream is about."""

    jobs: str = Field(
        "",
        description=f"ids between commas, {MAX_JOBS} at most; without, all jobs of the client that asks",
        json_schema_extra=_IDS_FORM,
    )


@bp.get("/jobs/<job_id>/events")
@describe("jobs", media_types=(MEDIA_TYPE,), query=JobEventsQuery, errors=(204, 400, 404, 410))
def of_job(job_id: str) -> Response:
    """What happens to one job, as server-sent events, until it has ended.

    With `Last-Event-ID` only what happened since; 204 when that was its end.
    """
    asked = query_of(JobEventsQuery)
    known = _known_id(asked)
    return _answer(
        Followed(_visible([job_id], known)), known, asked.seconds, ends_with_its_job=True
    )


@bp.get("/events")
@describe("jobs", media_types=(MEDIA_TYPE,), query=EventsQuery, errors=(404, 410))
def of_jobs() -> Response:
    """What happens to some jobs, or to all of the client that asks, as server-sent events.

    With `Last-Event-ID` only what happened since.
    """
    asked = query_of(EventsQuery)
    known = _known_id(asked)
    ids = [job_id.strip() for job_id in asked.jobs.split(",")] if asked.jobs else []
    if len(ids) > MAX_JOBS:
        raise BadRequest(f"jobs names {len(ids)}; at most {MAX_JOBS} can be followed at once")
    client = "" if ids else callers.client()
    return _answer(Followed(_visible(ids, known), client), known, asked.seconds)


def _known_id(asked: JobEventsQuery) -> EventId | None:
    """The last event that the client has; None when it has none. Raises BadRequest."""
    text = request.headers.get("Last-Event-ID", "").strip() or asked.last_event_id
    return EventId.parse(text) if text else None


def _visible(job_ids: Sequence[str], known: EventId | None) -> tuple[str, ...]:
    """The ids, once each. Raises NotFound; Gone for a deleted one, unless its end may be news to who comes again."""
    for job_id in job_ids:
        try:
            listed_job(job_id)
        except Gone:
            if known is None:
                raise
    return tuple(dict.fromkeys(job_ids))


def _answer(
    followed: Followed, known: EventId | None, seconds: float, *, ends_with_its_job: bool = False
) -> Response:
    """The open stream. Raises Busy, RedisError."""
    connection = request.environ.get("gunicorn.socket")
    stream = EventStream(feed(), followed, connection, callers.client())
    try:
        first = None if known is None else _since(followed, known, stream.follower.after)
        is_snapshot, is_reset = first is None, known is not None and first is None
        snapshot = _snapshot_of(followed, with_ended=ends_with_its_job)
        if first is None:
            first = snapshot(stream.follower.after, is_reset)
        elif ends_with_its_job and not first and _is_over(followed):
            stream.close()
            return Response(status=204, headers=_HEADERS)
        terms = Terms(
            seconds=seconds,
            ends_with_its_job=ends_with_its_job,
            snapshot=lambda after: snapshot(after, True),
            is_allowed=_still_allowed(),
            count=watch().traffic.stream,
        )
        stream.begin(terms, first, is_reset=is_reset, is_snapshot=is_snapshot)
    except BaseException:
        stream.close()
        raise
    return Response(stream, mimetype=MEDIA_TYPE, headers=_HEADERS)


def _since(followed: Followed, known: EventId, after: EventId) -> list[Event] | None:
    """What happened after one entry and not after the other; None when that is not known any more."""
    # Places are told a little after they have changed: he may have had this event, and not those.
    before_ms = int(MOST_PLACES_S * 1000) + 1000
    entries = EventLog(core().desk.store.redis).missed(known, before_ms)
    if entries is None:
        return None
    changed: dict[str, EventId] = {}
    moved = False
    for entry in entries:
        moved = moved or entry.what in MOVES_THE_QUEUE
        if known < entry.id <= after and followed.concerns(entry.job_id, entry.client):
            changed.pop(entry.job_id, None)
            changed[entry.job_id] = entry.id
    if moved:
        changed |= {job_id: after for job_id in _waiting(followed) if job_id not in changed}
    return feed().look(changed)


def _waiting(followed: Followed) -> list[str]:
    """Those of them that wait."""
    store = core().desk.store
    ids = followed.job_ids or store.live_ids(followed.client)
    positions = store.positions(ids)
    return [job_id for job_id, at in zip(ids, positions, strict=True) if at is not None]


def _snapshot_of(followed: Followed, *, with_ended: bool) -> Callable[[EventId, bool], list[Event]]:
    """A look at all that is followed and has not ended; with those named that have, if their end may be news."""
    seen, store = feed(), core().desk.store

    def snapshot(after: EventId, is_reset: bool) -> list[Event]:
        ids = followed.job_ids or store.live_ids(followed.client)
        events = seen.look(dict.fromkeys(ids, after))
        if followed.job_ids and (with_ended or is_reset):
            return events
        return [event for event in events if not event.is_over]

    return snapshot


def _is_over(followed: Followed) -> bool:
    """Whether nothing can happen to them any more."""
    ids = followed.job_ids
    return all(listed.record.has_ended for listed in core().desk.store.get_all_listed(ids).values())


def _still_allowed() -> Callable[[], bool]:
    """Whether the key that came is still valid, asked later."""
    name = callers.key_holder()
    if name is None:
        return lambda: True
    keys, token = core().keys, request.headers["Authorization"].split()[-1]
    return lambda: keys.holder(token) == name
