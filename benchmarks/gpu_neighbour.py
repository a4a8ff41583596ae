"""A second server on a GPU that has one already, with settings of its own. Part of on_a_gpu.py."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpu_site import Site, Table, same

from tests.serving.house import until

KEEP_S, RESERVE_MIB, WORK_S = 4.0, 2_048, 3.0
# An idle lane looks once a second who has been idle for too long.
LEAVES_WITHIN_S = KEEP_S + 4.0


def neighbour(site: Site, table: Table) -> None:
    """A second server on the GPU, that reserves more and keeps models shorter: both work, neither harms the other."""
    site.computed("gpu_small")
    site.settled()
    with _second(site) as other:
        wanted = other.before.memory_total - RESERVE_MIB
        lane = other.lane()
        table.row("MiB for its models", wanted, *same(lane.vram_mib, wanted))
        other.computed("gpu_small")
        _both(site, other, table)
        _leaves(other, table)
    said = site.run("gpu_small")["status"]
    table.row("the first server's next job", "completed", *same(said, "completed"))


@contextmanager
def _second(site: Site) -> Iterator[Site]:
    wishes = {"keep_alive_s": KEEP_S, "vram_reserve_mib": RESERVE_MIB}
    with tempfile.TemporaryDirectory(prefix="meshkiln-gpu-") as folder:
        other = Site(Path(folder), site.gpu(), is_rehearsed=site.is_rehearsed, **wishes)
        other.before = site.before
        try:
            other.start()
            yield other
        finally:
            other.end()


def _both(site: Site, other: Site, table: Table) -> None:
    """A job each at the same time."""
    jobs = [(one, one.submit("gpu_small", work_s=WORK_S)) for one in (site, other)]
    for one, job_id in jobs:
        one.at_work(job_id)
    pids = {runner.pid for one, _ in jobs for runner in one.lane().residents}
    held = set(site.gpus.held_mib(site.uuid))
    ended = [one.ended(job_id) for one, job_id in jobs]
    states = [said["status"] for said in ended]
    table.row("a job each at once", ["completed"] * 2, *same(states, ["completed"] * 2))
    if set(states) == {"completed"}:
        rates = [f"{said['result']['generation_info']['tflops']:.0f}" for said in ended]
        table.row("TFLOP/s of each", "", " and ".join(rates))
    if held and not site.is_rehearsed:  # each rehearses by a ledger of its own
        table.row("processes on the GPU", pids, *same(held, pids))


def _leaves(other: Site, table: Table) -> None:
    """A model that nobody uses leaves by itself."""
    other.computed("gpu_small")
    began_s = time.monotonic()
    other.settled()
    pid = other.resident("gpu_small").pid
    until(lambda: not other.lane().residents, 30, "the idle model leaves")
    gone_s = other.back(pid, began_s)
    table.back(
        "an idle model left by itself: seconds until its memory was back", gone_s, LEAVES_WITHIN_S
    )
    is_patient = gone_s is not None and gone_s >= KEEP_S - 0.5
    table.row("not before it was idle as long as is set, s", KEEP_S, gone_s, is_patient)
