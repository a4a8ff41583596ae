"""Records in the words of the first API. Pure: no server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from serving.jobs.reader import Listed
from serving.jobs.record import JobRecord, JobState
from serving.web import wire

RECORD = JobRecord(
    job_id="0123456789abcdef" * 2,
    client="127.0.0.1",
    feature="image_to_textured_mesh",
    model_id="classic_image_to_textured_mesh",
    timeout_s=300,
    created_at=1_700_000_000.0,
    shown={"image_name": "cup.png", "task_type": "image_to_3d"},
)
RUNNING = replace(
    RECORD, state=JobState.PROCESSING, started_at=1_700_000_001.5, stage="geometry", progress=42.5
)
COMPLETED = replace(
    RUNNING,
    state=JobState.COMPLETED,
    finished_at=1_700_000_009.0,
    stage="",
    progress=100.0,
    files=({"name": "output.glb"}, {"name": "preview.png"}),
    info={"face_count": 12},
    stage_s={"geometry": 1.0},
)
FAILED = replace(RUNNING, state=JobState.FAILED, finished_at=1_700_000_002.0, error="no object")
ROOT_URL = "http://server:6006/"


def item(record: JobRecord, position: int | None = None) -> dict:
    return dict(wire.trellis_item(Listed(record, position), ROOT_URL))


@pytest.mark.parametrize(
    ("record", "word"),
    [(RECORD, "queued"), (RUNNING, "processing"), (COMPLETED, "complete"), (FAILED, "error")],
)
def test_state_has_the_documented_word(record, word):
    shown = item(record)
    assert shown["status"] == word
    assert ("output_files" in shown) == (word == "complete")
    assert ("error" in shown) == (word == "error")


def test_every_state_has_a_word():
    assert set(wire.TRELLIS_WORDS) == set(JobState)


def test_times_are_utc_with_z_and_missing_ones_are_null():
    assert item(RECORD)["start_time"] is item(RECORD)["finish_time"] is None
    assert item(COMPLETED)["start_time"] == "2023-11-14T22:13:21.500Z"
    assert item(COMPLETED)["finish_time"] == "2023-11-14T22:13:29.000Z"
    assert wire.iso_time(1_700_000_000.9996) == "2023-11-14T22:13:20.999Z"


def test_position_and_progress_are_those_of_the_moment():
    assert item(RECORD, 0)["queue_position"] == 0
    assert item(RECORD, 3)["queue_position"] == 3
    assert item(RUNNING)["queue_position"] is None
    assert item(RUNNING)["progress"] == 42.5


def test_files_are_absolute_addresses_below_the_asked_host():
    folder = "outputs/127.0.0.1/" + RECORD.job_id
    expected = [f"{ROOT_URL}{folder}/output.glb", f"{ROOT_URL}{folder}/preview.png"]
    assert item(COMPLETED)["output_files"] == expected
    other = wire.trellis_item(Listed(COMPLETED, None), "https://other/3d/")
    assert other["output_files"][0] == f"https://other/3d/{folder}/output.glb"
    assert item(COMPLETED)["output_files"] == expected  # neither spoils the other


def test_task_is_the_item_and_more():
    task = wire.trellis_task(Listed(COMPLETED, None), ROOT_URL)
    assert item(COMPLETED).items() <= task.items()
    assert task["client_ip"] == "127.0.0.1"
    assert task["request_output_dir"] == f"outputs/127.0.0.1/{RECORD.job_id}"
    assert task["input_name"] == "cup.png"
    assert task["generation_info"] == {"face_count": 12}
    assert "client_ip" not in item(COMPLETED)


def test_job_from_text_is_named_by_its_text():
    record = replace(RECORD, shown={"image_name": "", "task_type": "text_to_3d", "text": "a cup"})
    task = wire.trellis_task(Listed(record, 0), ROOT_URL)
    assert (task["text"], task["input_name"], task["task_type"]) == ("a cup", "a cup", "text_to_3d")


def test_warnings_are_shown_where_there_are_some():
    assert "warnings" not in item(RECORD)
    record = replace(RECORD, warnings=({"code": "VIEWS_GUESSED", "message": "said"},))
    assert item(record)["warnings"] == [{"code": "VIEWS_GUESSED", "message": "said"}]


def test_error_has_the_envelope_of_the_api_that_was_asked():
    assert wire.error_body("/my_requests", "NOT_FOUND", "no") == {"error": "no"}
    body = {"error": "NOT_FOUND", "message": "no", "detail": "no"}
    assert wire.error_body("/api/v1/x", "NOT_FOUND", "no") == body
    assert wire.error_body("/api/v1/x", "NOT_FOUND", "no", [1])["detail"] == [1]
