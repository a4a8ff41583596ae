"""The runners of one lane: which are kept, what they take, and what is learned of their models."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.catalog import Catalog
from pipelines.messages import Done, Failed, Run
from pipelines.spec import Outcome, Work
from serving.worker.residency.broken import ModelBroken
from serving.worker.residency.handle import RunnerDied, RunnerHandle
from serving.worker.residency.pool import Pool
from tests.serving.house import gone, until
from tests.serving.more_models import plugin_with_more

MakePool = Callable[..., Pool]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return plugin_with_more(tmp_path)


@pytest.fixture
def new_pool(plugin: Path) -> Iterator[MakePool]:
    made: list[Pool] = []

    def make(**more: object) -> Pool:
        made.append(Pool("cpu", [plugin], **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for pool in made:
        pool.evict()


@pytest.fixture
def catalog(plugin: Path) -> Catalog:
    return Catalog.discover([plugin])


def run(
    pool: Pool, catalog: Catalog, out_dir: Path, model_id: str = "rehearsal", **params: object
) -> Done | Failed:
    """Run a job as a lane does."""
    card = catalog.cards[model_id]
    runner = pool.lease(card)
    out_dir.mkdir(exist_ok=True)
    runner.send(Run(Work("job", "rehearsal", model_id, {}, params, {}, out_dir)))
    while not isinstance(message := runner.receive(20.0), Done | Failed):
        assert message is not None
    pool.release(card)
    pool.look()
    return message


def looked(pool: Pool, what: Callable[[], object]) -> None:
    until(lambda: (pool.look(), what())[1], 20, "the pool hears of it")


def pids(pool: Pool) -> list[int]:
    return [one.pid for one in pool.residents()]


def test_model_counts_as_loaded_when_its_runner_says_so(new_pool: MakePool, catalog: Catalog):
    pool = new_pool()
    assert (pool.loaded, pids(pool)) == ((), [])
    pool.warm(catalog.cards["rehearsal"])
    assert pool.loaded == ()
    assert [one.state().state for one in pool.residents()] == ["loading"]
    looked(pool, lambda: pool.loaded == ("rehearsal",))
    assert [one.state().state for one in pool.residents()] == ["idle"]
    assert pool.events == {("rehearsal", "loads"): 1}


def test_pool_of_a_cpu_keeps_one_and_counts_who_left(new_pool, catalog, tmp_path):
    pool = new_pool()
    run(pool, catalog, tmp_path / "out")
    run(pool, catalog, tmp_path / "out")
    run(pool, catalog, tmp_path / "out", "rehearsal_other")
    assert pool.loaded == ("rehearsal_other",)
    assert pool.events == {
        ("rehearsal", "loads"): 1,
        ("rehearsal", "evictions"): 1,
        ("rehearsal_other", "loads"): 1,
    }


def test_pool_of_a_gpu_keeps_many_until_they_leave_or_expire(new_pool, catalog, tmp_path):
    pool = new_pool(keeps_many=True)
    first = run(pool, catalog, tmp_path / "out")
    run(pool, catalog, tmp_path / "out", "rehearsal_other")
    again = run(pool, catalog, tmp_path / "out")
    assert first.outcome.info["pid"] == again.outcome.info["pid"]
    assert set(pool.loaded) == {"rehearsal", "rehearsal_other"}
    ended = pids(pool)
    pool.leave("rehearsal_other")
    assert pool.loaded == ("rehearsal",)
    pool.expire(-1.0)
    pool.expire(60.0)
    assert pool.loaded == ("rehearsal",)
    pool.expire(0.0)
    assert pool.loaded == ()
    assert all(gone(pid) for pid in ended)
    assert pool.events[("rehearsal", "evictions")] == 1


def test_price_is_what_was_reserved_until_it_was_measured(new_pool, catalog, tmp_path):
    held: dict[int, int] = {}
    pool = new_pool(keeps_many=True, held_mib=lambda: held)
    card = catalog.cards["rehearsal"]
    pool.lease(card, 4_000)
    pool.lease(card, 3_000)
    assert pool.planned()[0].price_mib == 4_000
    assert pool.planned()[0].is_busy
    (pid,) = pids(pool)
    held[pid] = 2_500
    held[os.getpid()] = 9_000  # a stranger
    pool.measure()
    pool.release(card)
    (one,) = pool.residents()
    assert (one.price_mib, one.memory_mib, one.peak_mib) == (2_500, 2_500, 2_500)
    held[pid] = 2_000
    pool.measure()
    assert (one.memory_mib, one.peak_mib) == (2_000, 2_500)


def test_peak_counts_what_the_driver_sees_and_what_the_run_gave_back(
    new_pool, catalog, monkeypatch
):
    """Torch knows of 1,000 MiB, 600 of them given back; the driver counts 500 more, which CUDA itself takes."""
    held: dict[int, int] = {}
    pool = new_pool(keeps_many=True, held_mib=lambda: held)
    one = pool.lease(catalog.cards["rehearsal"])
    done = Done("job", Outcome(()), peak_mib=1_000, returned_mib=600)
    monkeypatch.setattr(RunnerHandle, "receive", lambda self, timeout_s: done)
    one.receive(0.0)
    assert one.peak_mib == 1_000
    held[one.pid] = 900
    pool.measure()
    assert (one.memory_mib, one.peak_mib) == (900, 1_500)
    held[one.pid] = 950  # at the next look nothing more was given back
    pool.measure()
    assert one.peak_mib == 1_500


def test_runner_is_started_without_the_open_files_of_its_lane(new_pool, catalog, tmp_path):
    """A lane that asks the driver has the GPU's device files open: a runner opens its own, if it needs any."""
    device = tmp_path / "device"
    with open(device, "w") as file:
        os.set_inheritable(file.fileno(), True)
        assert device in open_files(os.getpid())
        one = new_pool(keeps_many=True).lease(catalog.cards["rehearsal"])
        theirs = open_files(one.pid)
    assert theirs
    assert device not in theirs


def open_files(pid: int) -> set[Path]:
    found = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.add(fd.readlink())
    return found


def test_children_of_a_runner_count_with_it(new_pool, catalog, tmp_path):
    held: dict[int, int] = {}
    pool = new_pool(keeps_many=True, held_mib=lambda: held)
    file = tmp_path / "child"
    run(pool, catalog, tmp_path / "out", child=str(file))
    (pid,) = pids(pool)
    held |= {pid: 1_000, int(file.read_text()): 500}
    pool.measure()
    assert pool.residents()[0].memory_mib == 1_500


def test_clear_waits_until_the_driver_has_the_memory_back(new_pool, catalog, tmp_path):
    pool, began_s = new_pool(keeps_many=True), 0.0
    run(pool, catalog, tmp_path / "out")
    (pid,) = pids(pool)
    pool._held_mib = lambda: {pid: 900} if not began_s or time.monotonic() < began_s + 0.5 else {}
    began_s = time.monotonic()
    beats: list[float] = []
    pool.clear(lambda: beats.append(time.monotonic()))
    assert pool.residents() == []
    assert gone(pid)
    assert 0.4 < time.monotonic() - began_s < 4.0
    assert len(beats) > 2  # a lane that waits says that it lives


def test_model_that_cannot_be_loaded_says_why_and_is_tried_again(new_pool, catalog, plugin):
    pool = new_pool(retry_s=1.5)
    pool.warm(catalog.cards["awaiting"])
    looked(pool, lambda: pool.broken.reason("awaiting"))
    assert pool.broken.reason("awaiting").endswith(
        "its weights are missing; put them into weights/"
    )
    assert (pool.loaded, pids(pool)) == ((), [])
    with pytest.raises(ModelBroken, match="its weights are missing"):
        pool.lease(catalog.cards["awaiting"])
    assert pool.events == {("awaiting", "load_failures"): 1}  # not tried again at once
    (plugin / "weights").touch()
    looked(pool, lambda: pool.loaded)
    assert pool.broken.reason("awaiting") == ""
    assert pool.events[("awaiting", "loads")] == 1


def test_model_that_is_loaded_does_not_leave_for_one_that_could_not_be(new_pool, catalog, tmp_path):
    pool = new_pool(retry_s=0.5)
    pool.warm(catalog.cards["awaiting"])
    looked(pool, lambda: ("awaiting", "load_failures") in pool.events)
    run(pool, catalog, tmp_path / "out")
    time.sleep(0.6)
    pool.look()
    assert pool.loaded == ("rehearsal",)
    assert not pool.broken.has_lapsed("awaiting")  # unknown again


def test_runner_that_cannot_be_started_counts_as_a_load_that_died(new_pool, catalog, monkeypatch):
    pool = new_pool(environment={})
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    for _ in range(2):
        with pytest.raises(RunnerDied, match="could not be started"):
            pool.lease(catalog.cards["rehearsal"])
    with pytest.raises(ModelBroken, match="could not be started"):
        pool.lease(catalog.cards["rehearsal"])
    assert pool.events == {("rehearsal", "load_failures"): 2}


@pytest.mark.parametrize("fault", ["memory", "killed"])
def test_runs_that_end_for_lack_of_memory_are_counted(new_pool, catalog, tmp_path, fault):
    pool = new_pool()
    try:
        assert isinstance(run(pool, catalog, tmp_path / "out", fault=fault), Failed)
    except RunnerDied:
        pool.evict()
    assert pool.events == {("rehearsal", "loads"): 1, ("rehearsal", "oom"): 1}


def test_idle_runner_that_dies_is_no_longer_loaded(new_pool, catalog, tmp_path):
    pool = new_pool()
    run(pool, catalog, tmp_path / "out")
    os.kill(pids(pool)[0], 9)
    looked(pool, lambda: not pool.loaded)
    assert pids(pool) == []
