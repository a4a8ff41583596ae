"""What dead runs left on the disk, and nobody was left to clear up: told by the records, never by its age alone."""

from __future__ import annotations

from serving.jobs.record import JobState
from serving.jobs.store import JobStore
from serving.storage.outputs import Outputs


def drop_orphaned_drafts(store: JobStore, outputs: Outputs) -> None:
    """Remove all drafts but those of the runs that go on. Raises RedisError; then all stay.

    Drafts first, then records: a run whose draft is listed has its record already.
    """
    drafts = outputs.drafts()
    ids = list({job_id for _, job_id, _ in drafts})
    going_on = {
        (record.job_id, record.run_id)
        for record in (store.get_many(ids) if ids else [])
        if record.state is JobState.PROCESSING
    }
    for client, job_id, run_id in drafts:
        if (job_id, run_id) not in going_on:
            outputs.drop_draft(client, job_id, run_id)


def drop_unwanted_results(store: JobStore, outputs: Outputs, since_s: float) -> None:
    """Remove results, published since a time, of jobs that ended without one. Raises RedisError; then all stay.

    A run was killed between publishing and saying so, and its job was cancelled, or failed later. Those are ends: no
    other run can publish any more.
    """
    published = outputs.published_since(since_s)
    ids = [job_id for _, job_id in published]
    records = {record.job_id: record for record in (store.get_many(ids) if ids else [])}
    for client, job_id in published:
        record = records.get(job_id)
        if record is not None and record.state in (JobState.FAILED, JobState.CANCELLED):
            outputs.remove(client, job_id)
