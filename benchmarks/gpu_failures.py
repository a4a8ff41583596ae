"""How the server bears what goes wrong on a GPU: no memory, errors of CUDA, kills, strangers. Part of on_a_gpu.py."""

from __future__ import annotations

import os
import signal
import time

from gpu_site import NOISE_MIB, Site, Table, same, started, stranger

from tests.serving.house import until

# A run that reports stops at once; one that does not is killed after the grace of two seconds.
COOPERATIVE_S, KILLED_S = 1.0, 3.0


def beside(site: Site, table: Table) -> None:
    """A run that has room alone, but not beside another model: tried again alone, and known the next time."""
    half_mib = site.before.memory_total // 2
    for which, oom in {"not yet known": 1, "known now": 0}.items():
        site.computed("gpu_half")
        tried = _tried_again(site)
        said = site.run("gpu_small", take_mib=half_mib)
        site.settled()
        how = (said["status"], said["warnings"], sorted(site.loaded()))
        ok = said["status"] == "completed" and "gpu_half" not in site.loaded()
        table.row(
            f"half the GPU, beside a model of half of it, {which}", "completed, alone", how, ok
        )
        again = _tried_again(site) - tried
        table.row("of it, tried again for want of memory", oom, *same(again, oom))


def _tried_again(site: Site) -> int:
    return site.house.log().count("; tried again")


def shortage(site: Site, table: Table) -> None:
    """torch's own OutOfMemoryError: alone, then lower, then told; the lane goes on with a fresh process."""
    site.computed("gpu_small")
    site.settled()
    more_mib, pid = site.before.memory_total * 11 // 10, site.resident("gpu_small").pid
    lack = "INSUFFICIENT_VRAM"
    said = site.run("gpu_small", take_mib=more_mib)
    table.row("a run larger than the GPU", lack, *same(said["error_code"], lack))
    table.row("its message", "", said["error"])
    table.back("seconds until all memory was back", site.back(pid, time.monotonic()))
    said = site.run("gpu_small_lower", take_mib=more_mib)
    how = (said["status"], [one["code"] for one in said["warnings"]])
    lowered = ("completed", ["LOWERED_FOR_MEMORY"])
    table.row("the same with a lower setting", lowered, *same(how, lowered))
    said = site.run("gpu_too_large")
    table.row("weights larger than the GPU", lack, *same(said["error_code"], lack))
    answer = site.ask("/api/v1/gpu-work", {"model_preference": "gpu_never"})
    table.row("a card larger than the GPU is refused", lack, *same(answer.get("error"), lack))
    said = site.run("gpu_small")
    table.row("the next job", "completed", *same(said["status"], "completed"))
    if said["status"] == "completed":
        started(table, "next", said)


def assertion(site: Site, table: Table) -> None:
    """An assertion in a kernel: after it CUDA answers nothing, so the process is replaced."""
    site.computed("gpu_small")
    site.settled()
    pid, began_s = site.resident("gpu_small").pid, time.monotonic()
    said = site.run("gpu_small", fault="assert")
    is_told = said["status"] == "failed" and said["error_code"] == "JOB_FAILED"
    table.row("an index out of range on the GPU", "failed", said["error"], is_told)
    table.back("seconds until its memory was back", site.back(pid, began_s))
    _next_is_new(site, table, pid)


def _next_is_new(site: Site, table: Table, pid: int) -> None:
    said = site.run("gpu_small")
    site.settled()
    how = (said["status"], site.resident("gpu_small").pid != pid)
    table.row(
        "the next job; in another process", ("completed", True), *same(how, ("completed", True))
    )


def killed(site: Site, table: Table) -> None:
    """kill -9 of a runner in the midst of CUDA: the memory comes back, the job runs again; then that is cancelled."""
    job_id = site.submit("gpu_small", work_s=60.0, take_mib=8_192)
    site.at_work(job_id)
    pid = _busy(site)
    began_s = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    table.back("kill -9 of the runner: seconds until its memory was back", site.back(pid, began_s))
    said = site.at_work(job_id, attempt=2)
    again_s = f"{time.monotonic() - began_s:.1f}"
    table.row("its job runs again, seconds after", "attempt 2", again_s, said["attempt"] == 2)
    _cancelled(site, table, job_id)


def _busy(site: Site) -> int:
    """The pid of the runner that works, once the lane has said so."""

    def one() -> int | None:
        return next((one.pid for one in site.lane().residents if one.state == "busy"), None)

    return int(until(one, 10, "the lane tells of a busy runner"))


def _cancelled(site: Site, table: Table, job_id: str) -> None:
    """A run that reports stops by itself, and its model stays."""
    pid, follower = _busy(site), site.submit("gpu_small")
    began_s = time.monotonic()
    site.cancel(job_id)
    site.ended(follower)
    took_s = time.monotonic() - began_s
    what = "cancelled: seconds until the next job was done"
    table.row(what, f"{COOPERATIVE_S:g} at most", f"{took_s:.2f}", took_s < COOPERATIVE_S)
    said = site.status(job_id)["status"]
    table.row("the cancelled job", "cancelled", *same(said, "cancelled"))
    site.settled()
    one = site.resident("gpu_small")
    table.row("its model stays, in the same process", pid, *same(one.pid, pid))
    is_told = one.memory_mib is None or one.price_mib >= one.memory_mib - NOISE_MIB
    table.row("price, MiB that it holds", one.price_mib, one.memory_mib, is_told)


def deaf(site: Site, table: Table) -> None:
    """A run that computes on and hears nothing is killed, and its memory comes back."""
    job_id = site.submit("gpu_small", work_s=60.0, fault="deaf", take_mib=4_096)
    until(lambda: site.status(job_id)["stage"] == "products", 60, "it runs")
    pid = _busy(site)
    time.sleep(1.0)
    began_s = time.monotonic()
    site.cancel(job_id)
    table.back(
        "cancelled, deaf: seconds until its memory was back", site.back(pid, began_s), KILLED_S
    )
    _next_is_new(site, table, pid)


def overdue(site: Site, table: Table) -> None:
    """A run that takes longer than its request allows is killed, also where it hears nothing."""
    site.computed("gpu_small")
    site.settled()
    pid, began_s = site.resident("gpu_small").pid, time.monotonic()
    said = site.run("gpu_small", work_s=60.0, fault="deaf", take_mib=4_096, timeout_seconds=3)
    table.row("allowed 3 s, works for 60", "failed", said["error"], said["status"] == "failed")
    table.back("seconds from its start until its memory was back", site.back(pid, began_s))
    _next_is_new(site, table, pid)


def lane_killed(site: Site, table: Table) -> None:
    """kill -9 of the lane in the midst of CUDA: its runner dies with it, another lane does the job."""
    job_id = site.submit("gpu_small", work_s=60.0, take_mib=4_096)
    site.at_work(job_id)
    pid, lane = _busy(site), site.lane()
    began_s = time.monotonic()
    os.kill(lane.pid, signal.SIGKILL)
    table.back("kill -9 of the lane: seconds until the memory was back", site.back(pid, began_s))
    said = site.at_work(job_id, attempt=2)
    again_s = f"{time.monotonic() - began_s:.1f}"
    table.row("its job runs again, seconds after", "attempt 2", again_s, said["attempt"] == 2)
    site.cancel(job_id)
    site.run("gpu_small")


def strangers(site: Site, table: Table) -> None:
    """Another program takes the memory: the job waits and says so, small ones go on, it runs when there is room."""
    site.computed("gpu_small")
    taken_mib = site.half_mib
    done = "completed"
    with stranger(site, taken_mib):
        used_mib = site.gpu().memory_used
        table.row("another program takes, MiB; used now", taken_mib, used_mib, used_mib > taken_mib)
        waiting = site.submit("gpu_half")
        until(lambda: "gpu_half needs" in site.lane().waits_for, 15, "the lane says why it waits")
        table.row("the lane waits, and says", "", site.lane().waits_for)
        said = site.run("gpu_small")
        still = site.status(waiting)["status"]
        table.row("a younger job, that has room", done, *same(said["status"], done))
        table.row("the one that waits, meanwhile", "queued", *same(still, "queued"))
    began_s = time.monotonic()
    said = site.ended(waiting)
    after_s = f"{time.monotonic() - began_s:.1f}"
    table.row("it is done, seconds after the stranger left", "", after_s, said["status"] == done)


IN_ORDER = (beside, shortage, assertion, killed, deaf, overdue, lane_killed, strangers)
