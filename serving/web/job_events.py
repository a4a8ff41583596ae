"""What is told of jobs: a look at their records, each as an event that is ready to be sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from serving.jobs.events import EventId
from serving.jobs.reader import GONE, Listed, Standing
from serving.jobs.record import compact_json
from serving.web.desk import Core
from serving.web.v1.job_wire import job_status

log = logging.getLogger("meshkiln.web")

_AT_ONCE = 200


@dataclass(frozen=True)
class Event:
    """What is told of a job after an entry: how it stands now, or that it is deleted. Then `client` is ""."""

    id: EventId
    job_id: str
    text: bytes
    client: str
    standing: Standing
    place: int | None = None

    @property
    def is_over(self) -> bool:
        """It has ended, or is deleted."""
        return self.standing.is_over


def event_text(kind: str, data: Mapping[str, Any]) -> bytes:
    """An event as it is sent, but for its id."""
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), compact_json(data))


def events_of(core: Core, after: Mapping[str, EventId]) -> list[Event]:
    """How jobs stand now, as events with these ids, in that order. Raises RedisError.

    One whose record cannot be shown is left out and logged: the others are told all the same.
    """
    events: list[Event] = []
    ids = list(after)
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        for job_id, listed in _found(core, some).items():
            try:
                events.append(_event(core, after[job_id], job_id, listed))
            except Exception as error:  # noqa: BLE001 - logged; one record is not all
                _cannot_show(job_id, error)
    return events


def _found(core: Core, job_ids: Sequence[str]) -> dict[str, Listed | None]:
    """The jobs as they stand, None for those that are deleted; without those whose record cannot be read."""
    try:
        found = core.desk.store.get_all_listed(job_ids)
    except RedisError:
        raise
    except Exception as error:  # noqa: BLE001 - found below, and logged
        if len(job_ids) == 1:
            _cannot_show(job_ids[0], error)
            return {}
        return {key: one for job_id in job_ids for key, one in _found(core, [job_id]).items()}
    return {job_id: found.get(job_id) for job_id in job_ids}


def _event(core: Core, event_id: EventId, job_id: str, listed: Listed | None) -> Event:
    if listed is None:
        return Event(event_id, job_id, event_text("deleted", {"job_id": job_id}), "", GONE)
    record = listed.record
    text = event_text("job", job_status(listed, core.eta_s(listed)))
    return Event(event_id, job_id, text, record.client, Standing.of(record), listed.position)


def _cannot_show(job_id: str, error: Exception) -> None:
    log.error("job %s cannot be shown, its events are left out: %r", job_id, error)
