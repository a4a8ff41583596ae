"""Models that cannot be loaded, load slowly or die as they load: a lane of the CPU, real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving.jobs.record import JobState
from tests.plugin.adapters.rehearsal_loads import WEIGHTS_FILE
from tests.serving.house import House, until
from tests.serving.lane_jobs import completed, only_lane, submit_for


@pytest.fixture(scope="module")
def cpu_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One lane of the CPU, which tries a broken model again after four seconds."""
    house = House(tmp_path_factory.mktemp("cpu"), gpus="none", load_retry_s=4)
    try:
        house.start("ai_worker.py")
        house.open()
        yield house
    finally:
        house.end()


def test_broken_model_says_why_wedges_nobody_and_is_tried_again(cpu_house: House) -> None:
    house = cpu_house
    broken = [house.submit(model_id="rehearsal_broken") for _ in range(3)]
    good = house.submit()
    for job in broken:
        record = house.ended(job)
        assert (record.state, record.attempt) == (JobState.FAILED, 1)
        assert record.error == "the model could not be loaded: its weights are missing"
    completed(house, good)
    lane = until(lambda: (lane := only_lane(house)).models["rehearsal_broken"] and lane, 5, "why")
    assert lane.models["rehearsal_broken"].endswith("its weights are missing")
    assert lane.error.endswith("its weights are missing")
    assert lane.models["rehearsal"] == ""
    (house.folder / WEIGHTS_FILE).touch()
    until(lambda: not only_lane(house).models["rehearsal_broken"], 15, "it may be tried")
    completed(house, house.submit(model_id="rehearsal_broken"))


@pytest.mark.parametrize(
    ("model_id", "words"),
    [
        ("rehearsal_load_hang", "it was not loaded within 2 s"),
        ("rehearsal_load_crash", "the model process crashed"),
    ],
)
def test_load_that_ends_without_a_word_fails_its_job_and_no_other(
    cpu_house: House, model_id: str, words: str
) -> None:
    bad, good = cpu_house.submit(model_id=model_id), cpu_house.submit()
    completed(cpu_house, good)
    record = cpu_house.ended(bad)
    assert record.state is JobState.FAILED
    assert words in record.error


def test_deadline_of_a_run_counts_from_when_its_model_is_loaded(cpu_house: House) -> None:
    """The load takes a second, the run may take one."""
    job = submit_for(cpu_house, 1, model_id="rehearsal_slow_load", sleep_s=0.3)
    completed(cpu_house, job)
    record = cpu_house.ended(submit_for(cpu_house, 1, model_id="rehearsal_slow_load", sleep_s=30))
    assert record.error == "the model took longer than its 1 s"
