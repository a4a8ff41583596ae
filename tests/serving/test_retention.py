"""What leaves the disk, and what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from serving.errors import Gone, NotFound
from serving.jobs.record import JobRecord, JobState
from serving.jobs.retention import Retention, folder_bytes, removable_bytes
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs

MIB = 1024 * 1024


@pytest.fixture
def keep(tmp_path: Path, redis_client):
    """A Retention of given limits, and a function that makes finished jobs."""

    def build(**limits: float) -> Retention:
        settings = Settings().model_copy(update={"data_dir": tmp_path, **limits})
        return Retention(
            settings, JobStore(_text(redis_client), settings), Inputs(settings), Outputs(settings)
        )

    return build


def _text(client):
    """The same server, answering text."""
    from serving.jobs.connect import connect

    kwargs = client.connection_pool.connection_kwargs
    password = f":{kwargs['password']}@" if kwargs.get("password") else ""
    return connect(
        f"redis://{password}{kwargs['host']}:{kwargs['port']}/{kwargs.get('db', 0)}", timeout_s=5
    ).records


def _finished(
    retention: Retention, number: int, *, finished_at: float, size_bytes: int = 10
) -> JobRecord:
    record = JobRecord(
        job_id=f"{number:032x}",
        client="127.0.0.1",
        feature="rehearsal",
        model_id="rehearsal",
        timeout_s=60,
        created_at=finished_at - 1,
        inputs={"image": f"127.0.0.1/{number:032x}.image.png"},
    )
    retention.store.save(record)
    (retention.inputs.root / "127.0.0.1").mkdir(parents=True, exist_ok=True)
    retention.inputs.path(record.inputs["image"]).write_bytes(b"i" * size_bytes)
    started = retention.store.start(record.job_id, "lane", "run", finished_at - 1)
    draft = retention.outputs.draft(record.client, record.job_id, "run")
    (draft / "output.glb").write_bytes(b"o" * size_bytes)
    retention.outputs.publish(record.client, record.job_id, "run")
    outcome = {"files": [{"name": "output.glb"}], "info": {}, "warnings": [], "stage_s": {}}
    retention.store.complete(started, outcome, finished_at)
    return retention.store.get(record.job_id)


def test_nothing_leaves_by_age_unless_a_limit_is_set(keep):
    retention = keep(keep_days=0, keep_gib=0)
    old = _finished(retention, 1, finished_at=1.0)
    assert retention.take_turn(time.time()) == 0
    assert retention.store.get(old.job_id).state is JobState.COMPLETED


def test_a_job_older_than_keep_days_leaves_whole(keep):
    retention = keep(keep_days=7, keep_gib=0)
    now_s = time.time()
    old = _finished(retention, 1, finished_at=now_s - 8 * 86_400)
    young = _finished(retention, 2, finished_at=now_s - 6 * 86_400)
    assert retention.take_turn(now_s) == 1
    with pytest.raises(Gone):
        retention.store.get(old.job_id)
    assert not retention.outputs.folder(old.client, old.job_id).exists()
    assert not retention.inputs.path(old.inputs["image"]).exists()
    assert [row.record.job_id for row in retention.store.of_client("127.0.0.1")] == [young.job_id]
    assert retention.outputs.folder(young.client, young.job_id).exists()


def test_the_oldest_leave_until_the_rest_fits(keep):
    retention = keep(keep_days=0, keep_gib=5 * MIB / 1024**3)
    now_s = time.time()
    jobs = [
        _finished(retention, n, finished_at=now_s - 1_000 + n, size_bytes=MIB) for n in range(1, 5)
    ]
    assert retention.take_turn(now_s) == 2  # 8 MiB are there, 5 may be: two jobs of 2 MiB go
    left = {row.record.job_id for row in retention.store.of_client("127.0.0.1")}
    assert left == {jobs[2].job_id, jobs[3].job_id}
    assert folder_bytes(retention.outputs.root) + folder_bytes(retention.inputs.root) == 4 * MIB


def test_a_waiting_job_never_leaves(keep):
    retention = keep(keep_days=0.001, keep_gib=0.000001)
    waiting = JobRecord("a" * 32, "127.0.0.1", "rehearsal", "rehearsal", 60, created_at=1.0)
    retention.store.save(waiting)
    assert retention.take_turn(time.time()) == 0
    assert retention.store.get(waiting.job_id).state is JobState.QUEUED


def test_uploads_that_nobody_finished_leave(keep):
    retention = keep(keep_days=0, keep_gib=0)
    incoming = retention.inputs.receive("image", "image")
    incoming.write(b"half")
    retention.take_turn(time.time())
    assert incoming.path.exists()
    retention.take_turn(time.time() + 3_700)
    assert not incoming.path.exists()


def test_inputs_of_a_job_that_was_never_saved_leave_and_others_stay(keep):
    retention = keep(keep_days=0, keep_gib=0)
    known = _finished(retention, 1, finished_at=1.0)
    orphan = retention.inputs.root / "127.0.0.1" / f"{2:032x}.image.png"
    orphan.write_bytes(b"nobody's")
    retention.take_turn(time.time())
    assert orphan.exists()
    retention.take_turn(time.time() + 2 * 3_600)
    assert not orphan.exists()
    assert retention.inputs.path(known.inputs["image"]).exists()


def test_a_fresh_result_stays_even_when_there_is_no_room(keep):
    retention = keep(keep_days=0, keep_gib=1 / 1024**3)
    now_s = time.time()
    fresh = _finished(retention, 1, finished_at=now_s - 5)
    assert retention.take_turn(now_s) == 0
    assert retention.outputs.folder(fresh.client, fresh.job_id).exists()


def test_results_that_no_record_knows_leave_first_and_only_for_room(keep):
    roomy = keep(keep_days=0, keep_gib=1)
    now_s = time.time()
    known = _finished(roomy, 1, finished_at=now_s - 5_000, size_bytes=MIB)
    stray = roomy.outputs.folder("127.0.0.1", f"{9:032x}")
    stray.mkdir()
    (stray / "output.glb").write_bytes(b"x" * MIB)
    os.utime(stray, (now_s - 7_200, now_s - 7_200))
    roomy.take_turn(now_s)
    assert stray.exists()
    tight = keep(keep_days=0, keep_gib=2.5 * MIB / 1024**3)
    assert tight.take_turn(now_s) == 0
    assert not stray.exists() and tight.outputs.folder(known.client, known.job_id).exists()


def _upload(retention: Retention, data: bytes, *, created_at: float) -> str:
    incoming = retention.assets.inputs.receive("file", "mesh")
    incoming.write(data)
    asset = retention.assets.inputs.inspect(incoming, "mesh")
    stored = retention.assets.add(asset, "127.0.0.1", "mesh.obj", created_at)
    incoming.discard()
    return stored.file_id


def _is_there(retention: Retention, file_id: str, now_s: float) -> bool:
    try:
        stored = retention.assets.get(file_id, "127.0.0.1", now_s=now_s)
    except (Gone, NotFound):
        return False
    return retention.assets.contents.exists(stored.content)


def _mesh(number: int, size_bytes: int = MIB) -> bytes:
    return f"# {number}\nv 1 2 3\n".encode().ljust(size_bytes)


def test_uploads_leave_when_their_hours_are_over_and_jobs_that_use_them_keep_theirs(keep):
    retention = keep(keep_days=0, keep_gib=0, upload_keep_hours=1)
    now_s = time.time()
    old = _upload(retention, _mesh(1), created_at=now_s - 3_601)
    young = _upload(retention, _mesh(2), created_at=now_s - 3_599)
    asset = retention.assets.asset(retention.assets.get(old, "127.0.0.1", now_s=now_s - 3_600))
    kept = retention.inputs.keep("127.0.0.1", "a" * 32, {"mesh": asset})
    retention.take_turn(now_s)
    assert [_is_there(retention, file_id, now_s - 3_600) for file_id in (old, young)] == [
        False,
        True,
    ]
    assert retention.inputs.path(kept["mesh"]).read_bytes() == _mesh(1)
    assert folder_bytes(retention.assets.contents.root) == MIB


def test_uploads_have_a_quarter_of_the_room_and_nobodys_job_leaves_for_them(keep):
    retention = keep(keep_days=0, keep_gib=12 * MIB / 1024**3)
    now_s = time.time()
    job = _finished(retention, 1, finished_at=now_s - 5_000, size_bytes=MIB)
    uploads = [
        _upload(retention, _mesh(n), created_at=now_s - age_s)
        for n, age_s in enumerate((3_000, 2_000, 1_000, 10))
    ]
    assert retention.take_turn(now_s) == 0  # 4 MiB of uploads are there, 3 may be
    assert [_is_there(retention, file_id, now_s) for file_id in uploads] == [
        False,
        True,
        True,
        True,
    ]
    tight = keep(keep_days=0, keep_gib=1 / 1024**3)
    assert tight.take_turn(now_s) == 1
    assert [_is_there(retention, file_id, now_s) for file_id in uploads] == [
        False
    ] * 4  # even the fresh one
    assert not retention.outputs.folder(job.client, job.job_id).exists()


def test_a_file_with_several_names_is_counted_once(keep):
    retention = keep(keep_days=0, keep_gib=4.5 * MIB / 1024**3)
    now_s = time.time()
    file_id = _upload(retention, _mesh(1), created_at=now_s - 5_000)
    asset = retention.assets.asset(retention.assets.get(file_id, "127.0.0.1", now_s=now_s))
    for number in range(3):
        retention.store.save(
            JobRecord(f"{number:032x}", "127.0.0.1", "rehearsal", "rehearsal", 60, now_s)
        )
        retention.inputs.keep("127.0.0.1", f"{number:032x}", {"mesh": asset})
    folders = (retention.inputs.root, retention.assets.contents.root)
    assert folder_bytes(*folders) == MIB
    assert removable_bytes(retention.inputs.root) == 0
    retention.take_turn(now_s)
    assert _is_there(retention, file_id, now_s)


def test_an_input_linked_to_old_bytes_is_not_taken_for_a_leftover(keep):
    retention = keep(keep_days=0, keep_gib=0)
    now_s = time.time()
    file_id = _upload(retention, _mesh(1), created_at=now_s)
    asset = retention.assets.asset(retention.assets.get(file_id, "127.0.0.1", now_s=now_s))
    os.utime(asset.path, (now_s - 50_000, now_s - 50_000))
    kept = retention.inputs.keep("127.0.0.1", "b" * 32, {"mesh": asset})  # not saved yet
    retention.take_turn(now_s)
    assert retention.inputs.path(kept["mesh"]).exists()


def test_uploaded_bytes_that_no_upload_has_leave_after_a_while(keep):
    retention = keep(keep_days=0, keep_gib=0)
    now_s = time.time()
    known = _upload(retention, _mesh(1), created_at=now_s)
    source = retention.inputs.root / "x"
    source.write_bytes(b"nobody's")
    stray = retention.assets.contents.put(source, "0" * 64, "obj")
    retention.take_turn(now_s)
    assert retention.assets.contents.exists(stray)
    retention.take_turn(now_s + 2 * 3_600)
    assert not retention.assets.contents.exists(stray)
    assert _is_there(retention, known, now_s)


def test_jobs_beyond_the_number_kept_leave_the_oldest_first(keep):
    retention = keep(keep_days=0, keep_gib=0, keep_jobs=2)
    now_s = time.time()
    jobs = [
        _finished(retention, n, finished_at=now_s - 100 + n, size_bytes=10) for n in range(1, 5)
    ]
    assert retention.take_turn(now_s) == 2
    there = retention.store.existing([job.job_id for job in jobs])
    assert there == {job.job_id for job in jobs[2:]}


def _running(retention: Retention, number: int, run_id: str) -> Path:
    """The draft of a run that has been at work for hours."""
    record = JobRecord(f"{number:032x}", "127.0.0.1", "rehearsal", "rehearsal", 86_400, time.time())
    retention.store.save(record)
    retention.store.start(record.job_id, "lane", run_id, time.time())
    draft = retention.outputs.draft(record.client, record.job_id, run_id)
    os.utime(draft, (time.time() - 8_000,) * 2)
    return draft


def test_drafts_go_when_their_runs_are_over_and_stay_however_long_they_take(keep):
    retention = keep(keep_days=0, keep_gib=0)
    going_on, cancelled = _running(retention, 1, "run"), _running(retention, 2, "run")
    retention.store.cancel(f"{2:032x}", time.time())
    earlier = retention.outputs.draft("127.0.0.1", f"{1:032x}", "earlier run")
    of_no_job = retention.outputs.draft("127.0.0.1", "b" * 32, "run")
    retention.take_turn(time.time())
    there = [draft.exists() for draft in (going_on, cancelled, earlier, of_no_job)]
    assert there == [True, False, False, False]


def test_run_that_begins_while_drafts_are_looked_for_keeps_its_own(keep, monkeypatch):
    retention = keep(keep_days=0, keep_gib=0)
    read = retention.store.get_many
    begun = []

    def slow_read(ids: list[str]) -> list[JobRecord]:
        records = read(ids)
        begun.append(_running(retention, len(begun) + 1, "run"))
        return records

    monkeypatch.setattr(retention.store, "get_many", slow_read)
    for _ in range(2):
        retention._looked_at_s = 0.0
        orphan = retention.outputs.draft("127.0.0.1", "a" * 32, "run")
        retention.take_turn(time.time())
        assert not orphan.exists()
    assert [draft.exists() for draft in begun] == [True, True]
