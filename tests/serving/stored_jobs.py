"""Job records for the tests of the store: a new one, and one in each state."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore

NOW_S = 1_000.0
OUTCOME = {
    "files": [{"name": "output.glb", "role": "model", "size_bytes": 7}],
    "info": {"faces": 12},
    "warnings": [{"code": "ROUGH", "message": "it is rough"}],
    "stage_s": {"geometry": 1.5},
}
QUEUED, PROCESSING, COMPLETED, FAILED, CANCELLED = JobState


def new_record(client: str = "127.0.0.1", **fields: object) -> JobRecord:
    given = {
        "job_id": token_hex(16),
        "client": client,
        "feature": "image_to_raw_mesh",
        "model_id": "some_model",
        "timeout_s": 60,
        "created_at": NOW_S,
    }
    return JobRecord(**(given | fields))  # type: ignore[arg-type]


def saved(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    return store.save(new_record(client))


def started(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    return store.start(saved(store, client).job_id, "lane", token_hex(8), NOW_S + 1)


def done(store: JobStore, client: str = "127.0.0.1") -> JobRecord:
    record = started(store, client)
    store.complete(record, OUTCOME, NOW_S + 3)
    return record


def failed(store: JobStore) -> JobRecord:
    record = started(store)
    store.fail(record, "JOB_FAILED", "it did not work", NOW_S + 3)
    return record


def cancelled(store: JobStore) -> JobRecord:
    record = started(store)
    store.cancel(record.job_id, NOW_S + 3)
    return record


MAKERS: dict[JobState, Callable[[JobStore], JobRecord]] = {
    QUEUED: saved,
    PROCESSING: started,
    COMPLETED: done,
    FAILED: failed,
    CANCELLED: cancelled,
}
