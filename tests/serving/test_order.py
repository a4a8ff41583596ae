"""Whose turn it is, under fair: a lane of the CPU, a client that sends much and one that sends little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.jobs.record import JobState
from tests.serving.house import House

LOUD, QUIET, LATE = (f"192.0.2.{number}" for number in (1, 2, 3))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, queue_policy="fair")
    try:
        house.start("ai_worker.py")
        house.open()
        yield house
    finally:
        house.end()


def test_least_served_client_goes_first_and_everybody_is_served(
    house: House, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"

    def submit(client: str, model_id: str = "rehearsal", sleep_s: float = 0.2) -> str:
        return house.submit(client, model_id, sleep_s=sleep_s, journal=str(journal))

    blocker = submit(LOUD, sleep_s=1.5)
    house.running(blocker)
    loud = [submit(LOUD) for _ in range(4)]
    quiet = [submit(QUIET), submit(QUIET, "rehearsal_other")]
    late = submit(LATE)
    records = [house.ended(job) for job in [blocker, *loud, *quiet, late]]
    assert all(record.state is JobState.COMPLETED for record in records)
    rows = [line.split() for line in journal.read_text().splitlines()]
    order = [row[1] for row in rows if row[0] == "start"]
    # The loud client had 1.5 s, so all others' jobs go first, and among themselves in turns.
    assert order == [blocker, quiet[0], late, quiet[1], *loud]
