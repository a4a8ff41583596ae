"""Jobs of the second API that are not wanted any more: cancelled or deleted, at any moment."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from pipelines.catalog import Catalog
from serving.errors import Gone
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.record import JobState
from serving.jobs.store import JobStore
from serving.jobs.submit import Desk, Request
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.execute import Executor
from serving.worker.residency.pool import Pool
from tests.serving.house import PLUGIN, until
from tests.serving.live import Client, Server
from tests.serving.rehearsal import (
    NOTICED_S,
    busy_lane,
    checked,
    outputs_of,
    rehearse,
    runners,
)
from tests.serving.second_api import (
    JOBS,
    completed,
    ended,
    refused,
    status_of,
    submit,
)


@pytest.fixture
def client(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


# Cancel


@pytest.mark.parametrize("fault", ["none", "hang", "deaf"])
def test_cancel_ends_a_running_job_and_nothing_is_left(client, fault):
    """Upstream could not cancel. A model that listens stays loaded; one that does not ends as well."""
    job_id = rehearse(client, sleep_s=0 if fault != "none" else 60, steps=600, fault=fault)
    until(lambda: status_of(client, job_id)["stage"] in ("rehearse", "export"), 30, "it runs")
    until(lambda: runners(client.server), 10, "its runner")
    held = runners(client.server)
    answer = client.post(f"{JOBS}/{job_id}/cancel")
    assert answer.status_code == 200
    said = answer.json()
    assert said == {"job_id": job_id, "status": "cancelled", "message": "Job cancelled"}
    status = checked(status_of(client, job_id))
    assert (status["status"], status["stage"]) == ("cancelled", None)
    assert status["progress"] < 100
    if fault != "none":
        until(lambda: not held & runners(client.server), NOTICED_S, "its runner has ended")
    assert completed(client, rehearse(client))["attempt"] == 1
    assert (runners(client.server) == held) == (fault == "none")
    assert outputs_of(client, job_id) == []
    assert status_of(client, job_id) == status


def test_cancelled_job_that_waited_never_starts(client, tmp_path):
    journal = tmp_path / "journal"
    with busy_lane(client):
        job_id = rehearse(client, journal=str(journal))
        assert client.post(f"{JOBS}/{job_id}/cancel").json()["status"] == "cancelled"
        before = checked(status_of(client, job_id))
        assert before["started_at"] is None
        assert before["queue_position"] is None
    completed(client, rehearse(client))
    assert not journal.exists()
    assert status_of(client, job_id) == before


def test_cancel_of_what_has_ended_changes_nothing_and_may_be_repeated(client):
    for fault, end in (("none", "completed"), ("fail", "failed")):
        job_id = rehearse(client, fault=fault)
        before = ended(client, job_id)
        for _ in range(2):
            answer = client.post(f"{JOBS}/{job_id}/cancel")
            assert (answer.status_code, answer.json()["status"]) == (200, end)
            assert end in answer.json()["message"]
        assert status_of(client, job_id) == before
    with busy_lane(client):
        job_id = rehearse(client)
        answers = [client.post(f"{JOBS}/{job_id}/cancel") for _ in range(3)]
        assert [answer.json()["status"] for answer in answers] == ["cancelled"] * 3
        assert len({answer.text for answer in answers}) == 1


def test_first_api_shows_a_cancelled_job_as_one_that_ended_without_a_mesh(client):
    with busy_lane(client):
        job_id = rehearse(client)
        client.post(f"{JOBS}/{job_id}/cancel")
        task = client.task(job_id)
        assert (task["status"], task["error"]) == ("error", "the job was cancelled")
        assert "output_files" not in task


class CancelledMeanwhile(Outputs):
    """Results whose job is cancelled, or deleted, right after they were put in their place."""

    def __init__(self, settings: Settings, then: Callable[[str], object]) -> None:
        super().__init__(settings)
        self._then = then

    def publish(self, client: str, job_id: str, run_id: str) -> None:
        super().publish(client, job_id, run_id)
        self._then(job_id)


@pytest.mark.parametrize("deleted", [False, True])
def test_job_that_is_cancelled_while_its_result_is_published_leaves_no_result(
    tmp_path: Path, redis_url: str, redis_client: Redis, deleted: bool
) -> None:
    settings = Settings(_env_file=None).model_copy(
        update={"data_dir": tmp_path, "plugin_dir": PLUGIN}
    )
    redis = connect(redis_url, timeout_s=10.0)
    store, queues = JobStore(redis.records, settings), Queues(redis.envelopes)
    catalog, inputs = Catalog.discover((PLUGIN,)), Inputs(settings)
    job_id = Desk(catalog, inputs, store, queues).submit(Request("127.0.0.1", "rehearsal")).job_id

    def cancel(job_id: str) -> None:
        assert (tmp_path / "outputs" / "127.0.0.1" / job_id / "output.json").is_file()
        assert store.cancel(job_id, time.time()) is JobState.CANCELLED
        if deleted:
            store.forget(store.get(job_id))

    outputs, pool = CancelledMeanwhile(settings, cancel), Pool("cpu", (PLUGIN,))
    executor = Executor(catalog, store, queues, inputs, outputs, pool)
    record = store.start(job_id, "lane", "0" * 16, time.time())
    try:
        assert executor.run(record, beat=lambda: None) is None
    finally:
        pool.evict()
    if deleted:
        with pytest.raises(Gone):
            store.get(job_id)
    else:
        assert store.get(job_id).state is JobState.CANCELLED
        assert store.get(job_id).files == ()
    assert list((tmp_path / "outputs" / "127.0.0.1").iterdir()) == []


# Delete


def test_deleted_job_is_gone_with_its_files_whatever_it_was_doing(client, tmp_path):
    finished, journal = rehearse(client), tmp_path / "journal"
    completed(client, finished)
    assert outputs_of(client, finished) == [finished]
    with busy_lane(client) as running:
        waiting = rehearse(client, journal=str(journal))
        with_input = submit(client)
        assert client.server.inputs_of(client.address) == [f"{with_input}.image.png"]
        for job_id in (finished, running, waiting, with_input):
            answer = client.delete(f"{JOBS}/{job_id}")
            assert answer.status_code == 200
            said = answer.json()
            assert list(said) == ["job_id", "message", "deleted", "freed_space_mb"]
            assert (said["job_id"], said["deleted"]) == (job_id, True)
            assert (said["freed_space_mb"] > 0) == (job_id in (finished, with_input))
    completed(client, rehearse(client))
    for job_id in (finished, running, waiting, with_input):
        assert outputs_of(client, job_id) == []
        for what in ("", "/download", "/info", "/input", "/thumbnail"):
            refused(client.get(f"{JOBS}/{job_id}{what}"), 410, "NOT_FOUND", job_id)
        refused(client.post(f"{JOBS}/{job_id}/cancel"), 410, "NOT_FOUND", job_id)
        for what in ("", "/result"):
            refused(client.delete(f"{JOBS}/{job_id}{what}"), 410, "NOT_FOUND", job_id)
    assert client.server.inputs_of(client.address) == []
    assert not journal.exists()
    listed = {job["job_id"] for job in client.get(f"{JOBS}/history").json()["jobs"]}
    assert not listed & {finished, running, waiting, with_input}


def test_job_that_is_deleted_many_times_at_once_is_deleted(at_desk):
    job_id = submit(at_desk)
    answers = []

    def delete() -> None:
        with Client(at_desk.server, at_desk.address) as own:
            answers.append(own.delete(f"{JOBS}/{job_id}").status_code)

    threads = [threading.Thread(target=delete) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 in answers
    assert set(answers) <= {200, 410}
    refused(at_desk.get(f"{JOBS}/{job_id}"), 410, "NOT_FOUND")
    assert at_desk.server.inputs_of(at_desk.address) == []


def test_job_is_cancelled_or_completed_and_never_something_between(client):
    """Cancelled at any moment of its short life: the answer holds, and a result is there for completed jobs alone."""
    chance, ends = random.Random(7), {}
    for _ in range(15):
        job_id = rehearse(client)
        time.sleep(chance.random() * 0.1)
        ends[job_id] = client.post(f"{JOBS}/{job_id}/cancel").json()["status"]
    completed(client, rehearse(client))  # the lane has done with them
    for job_id, end in ends.items():
        status = checked(status_of(client, job_id))
        assert status["status"] == end
        assert outputs_of(client, job_id) == ([job_id] if end == "completed" else [])
