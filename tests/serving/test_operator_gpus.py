"""The operator's orders where several GPUs have a lane each."""

from __future__ import annotations

from pathlib import Path

from tests.serving.house import House, gone, until
from tests.serving.lane_jobs import completed
from tests.serving.test_operator import SEEN_S, SMALL, unload, whole


def test_model_leaves_every_lane_that_has_it(tmp_path: Path) -> None:
    with whole(tmp_path / "two", "8192,8192") as house:
        jobs = [house.submit(model_id=SMALL, sleep_s=1) for _ in range(2)]
        assert len({completed(house, job_id).lane for job_id in jobs}) == 2
        until(lambda: held(house) == [(SMALL,)] * 2, SEEN_S, "both have it ready")
        pids = [one.pid for lane in house.board.lanes() for one in lane.residents]
        said = unload(house, SMALL)
        assert said["told"] == 2
        assert {row["title"] for row in said["residents"]} == {"gpu0", "gpu1"}
        until(lambda: held(house) == [(), ()], SEEN_S, "nobody has it")
        assert all(map(gone, pids))


def held(house: House) -> list[tuple[str, ...]]:
    return [lane.loaded for lane in house.board.lanes() if not lane.job_id]
