"""What tests of lanes ask of a house with one lane, and of its jobs."""

from __future__ import annotations

from typing import Any

from serving.jobs.board import LaneState
from serving.jobs.record import JobRecord, JobState
from serving.jobs.submit import Request
from tests.serving.house import House


def completed(house: House, job_id: str, attempt: int = 1) -> JobRecord:
    record = house.ended(job_id)
    assert (record.state, record.attempt) == (JobState.COMPLETED, attempt), record
    return record


def only_lane(house: House) -> LaneState:
    (lane,) = house.board.lanes()
    return lane


def submit_for(house: House, timeout_s: int, model_id: str, **params: Any) -> str:
    request = Request("127.0.0.1", "rehearsal", model_id, params=params, timeout_s=timeout_s)
    return house.desk.submit(request).job_id
