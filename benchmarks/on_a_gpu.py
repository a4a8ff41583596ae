"""The server on a real NVIDIA GPU: what it believes of the GPU and its models beside what is so.

    python benchmarks/on_a_gpu.py [--only NAME ...] [--log FILE] [--rehearse]

Starts a whole server in a folder of its own, with small models of torch (benchmarks/gpu_plugin), and has them hold,
exhaust and leak memory, fail in CUDA, be killed and be cancelled. Needs torch with CUDA, and a GPU that nothing else
uses: up to nine tenths of its memory are taken. Takes four minutes. Ends with 1 where a check fails, with 2 where
there is no GPU or no torch. `--rehearse` does the same on a pretended GPU: that tries the script, and shows nothing of
CUDA.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import harness

sys.path.insert(0, str(harness.ROOT))

import gpu_failures
from gpu_neighbour import neighbour
from gpu_settings import settings
from gpu_site import (
    NOISE_MIB,
    Site,
    Table,
    compute_apps,
    look,
    nvidia_smi,
    same,
    started,
)

WARM_JOBS = 50
# They ask the driver, and must not take memory of the GPU, nor be bound to one.
_WITHOUT_CUDA = ("web", "supervisor", "lane")


def found(site: Site, table: Table) -> None:
    """The GPU as NVML, nvidia-smi and the API tell of it, and who uses CUDA."""
    gpu, lane = site.gpu(), site.lane()
    table.row("GPU", gpu.uuid, f"{gpu.id} {gpu.name}, {gpu.memory_total} MiB")
    reserve = gpu.memory_total - 512
    table.row("its lane: MiB for models", reserve, lane.vram_mib, lane.vram_mib == reserve)
    told = site.ask("/api/v1/system/status")["gpu"]
    table.row("GPUs of /system/status", 1, len(told), len(told) == 1)
    metrics = site.text("/metrics")
    taken_mib = gpu.memory_used - site.before.memory_used
    is_idle = abs(taken_mib) <= NOISE_MIB
    table.row("MiB that web, supervisor and lanes take", 0, taken_mib, is_idle)
    row = next((line for line in metrics.splitlines() if "gpu_memory_used_bytes{" in line), "")
    table.row("/metrics: memory used", "", row.rpartition("}")[2].strip(), bool(row))
    if site.is_rehearsed:
        return
    fields = "index,uuid,name,memory.total,memory.reserved,memory.used,memory.free,driver_version"
    (smi,) = (row for row in nvidia_smi("gpu", fields) if row["uuid"] == site.uuid)
    table.row("nvidia-smi", "", smi)
    theirs = {name: int(smi[f"memory.{name}"]) for name in ("total", "used", "free", "reserved")}
    theirs["used"] += theirs.pop(
        "reserved"
    )  # what the driver keeps for itself nobody else can have
    for name, wanted in theirs.items():
        ours = told[0][f"memory_{name}"]
        is_near = abs(ours - wanted) <= NOISE_MIB
        table.row(f"memory {name}, MiB: /system/status, nvidia-smi", ours, wanted, is_near)
    busy, heat = told[0]["gpu_utilization"], told[0]["temperature"]
    table.row("utilisation, temperature", "are told", (busy, heat), None not in (busy, heat))
    for name, ask in {
        "find": lambda: site.gpus.find(site.uuid),
        "held_mib": lambda: site.gpus.held_mib(site.uuid),
        "read": site.gpus.read,
    }.items():
        table.row(f"one look at the driver: {name}", "", f"{_median_ms(ask, 50):.2f} ms")


def pinned(site: Site, table: Table) -> None:
    """A first job: what its start took, and that it saw its GPU and no other; the lane of the CPU sees none."""
    job_id = site.submit("gpu_small", work_s=3.0)
    site.at_work(job_id)
    pid = site.resident("gpu_small").pid
    held, smi = site.gpus.held_mib(site.uuid), compute_apps(site)
    time.sleep(1.2)  # the driver tells of the second that is over
    busy = site.ask("/api/v1/system/status")["gpu"][0]["gpu_utilization"]
    said = site.ended(job_id)
    info = said["result"]["generation_info"]
    started(table, "first", said)
    tflops = f"{info['tflops']:.0f} TFLOP/s, {info['products']} products"
    table.row("bf16 products of 8192", "", tflops, info["products"] > 0)
    if not site.is_rehearsed:
        table.row("utilisation meanwhile, of /system/status", "0.5 at least", busy, busy >= 0.5)
    # In a container the driver may tell of none, or of the host's numbers.
    table.row("processes on the GPU by NVML", {pid}, held, set(held) == {pid} if held else None)
    if not site.is_rehearsed:
        table.row("the same by nvidia-smi, MiB", held, smi, set(smi) == set(held))
        table.row("the runner's CUDA_VISIBLE_DEVICES", site.uuid, *same(info["visible"], site.uuid))
        table.row("the GPU that torch sees", site.uuid, *same(info["uuid"], site.uuid))
    table.row("GPUs that the runner sees", 1, *same(info["devices"], 1))
    _contexts(site, table, set(smi))
    inherited = info["inherited"]
    table.row("the driver's files that the runner was started with", [], *same(inherited, []))
    info = site.computed("gpu_none")
    nothing = info["visible"] == "" and info["devices"] <= 0
    table.row(
        "a runner of the CPU: variable, GPUs", ("", 0), (info["visible"], info["devices"]), nothing
    )


def _contexts(site: Site, table: Table, smi: set[int]) -> None:
    """Whether anything but a runner has a context of CUDA, so far.

    Libraries and open files tell nothing: NVML itself loads libcuda.so and opens /dev/nvidia*. A context has memory, so
    it is in the driver's list of processes.
    """
    seen = site.sampler.holders() | smi
    ours = {role: sorted(seen & set(site.house.pids(role))) for role in _WITHOUT_CUDA}
    what = "contexts of CUDA in web, supervisor, lanes"
    table.row(what, "none", ours, not any(ours.values()) if seen else None)


def prices(site: Site, table: Table) -> None:
    """The peak of a run, as the driver showed it while it ran, and the price that is kept for its model."""
    four, back = {"take_mib": 4_096}, {"take_mib": 8_192, "gives_back": True}
    for which, (model, wish) in {
        "4 GiB beside the model's 2": ("gpu_small", four),
        "the same again": ("gpu_small", four),
        "8 GiB, given back to the driver at the end": ("gpu_small", back),
        "torch's expandable segments, 4 GiB": ("gpu_expandable", four),
        "torch's expandable segments, 8 GiB given back": ("gpu_expandable", back),
        "CUDA's own allocator, 4 GiB": ("gpu_async", four),
        "CUDA's own allocator, 8 GiB given back": ("gpu_async", back),
    }.items():
        began_s = time.monotonic()
        info = site.computed(model, work_s=0.5, **wish)
        site.settled()
        one = site.resident(model)
        peak_mib = site.sampler.peak_mib(one.pid, began_s)
        shown = f"{peak_mib} MiB; torch {info['peak_mib']}; now {one.memory_mib}"
        is_kept = peak_mib - NOISE_MIB <= one.price_mib <= peak_mib + 4 * NOISE_MIB
        table.row(f"{which}: price, peak", one.price_mib, shown, is_kept)


def leak(site: Site, table: Table) -> None:
    """A model that never gives back: what it holds is its price."""
    for _ in range(2):
        site.computed("gpu_promise", keep_mib=3_072)
        site.settled()
        one, held = site.resident("gpu_promise"), compute_apps(site)
        is_seen = one.memory_mib is not None and one.price_mib >= one.memory_mib - NOISE_MIB
        shown = f"{one.memory_mib}; nvidia-smi {held.get(one.pid)}"
        table.row("3 GiB leaked: price, MiB held", one.price_mib, shown, is_seen)


def residents(site: Site, table: Table) -> None:
    """Models that fit together stay; one that does not drives out no more than it must, and the memory comes back."""
    site.computed("gpu_small")
    site.computed("gpu_promise")
    site.settled()
    both = {"gpu_small", "gpu_promise"}
    table.row("two that fit by what they declare", both, *same(site.loaded(), both))
    site.computed("gpu_half")
    site.settled()
    three = both | {"gpu_half"}
    table.row("a third, that fits by what was measured", three, *same(site.loaded(), three))
    half = site.resident("gpu_half").pid
    before_mib, began_s = site.gpu().memory_used, time.monotonic()
    said = site.run("gpu_other_half")
    least_mib = min(sample.used_mib for sample in site.sampler.since(began_s))
    site.settled()
    wanted = both | {"gpu_other_half"}
    table.row("one that does not fit: the idle one leaves", wanted, *same(site.loaded(), wanted))
    table.row("its job", "completed", *same(said["status"], "completed"))
    fell = f"{before_mib} to {least_mib}, then {site.gpu().memory_used}"
    table.row(
        "MiB used meanwhile", "falls by half", fell, before_mib - least_mib > 0.5 * site.half_mib
    )
    left = half in site.gpus.held_mib(site.uuid)
    table.row("the one that left holds memory", False, *same(left, False))
    held = {one.weights: one.memory_mib or 0 for one in site.lane().residents}
    ours_mib = site.gpu().memory_used - site.before.memory_used
    is_all = abs(sum(held.values()) - ours_mib) <= NOISE_MIB
    table.row(
        "MiB held by residents, and taken beside what was before",
        sum(held.values()),
        ours_mib,
        is_all,
    )


def warm(site: Site, table: Table) -> None:
    """What a job of a loaded model costs beside its run."""
    site.computed("gpu_small")
    one_ms = _median_ms(lambda: site.run("gpu_small"), 10)
    table.row("a no-op job over HTTP, submit to end, polled each 30 ms", "", f"{one_ms:.0f} ms")
    blocker = site.submit("gpu_small", work_s=2.0)
    jobs = [site.submit("gpu_small") for _ in range(WARM_JOBS)]
    for job_id in jobs:
        site.ended(job_id)
    records = site.house.store.get_many([blocker, *jobs])
    each_ms = (records[-1].finished_at - records[0].finished_at) * 1000 / WARM_JOBS
    table.row(f"{WARM_JOBS} no-op jobs in a row: each", "", f"{each_ms:.1f} ms")


def stopped(site: Site, table: Table) -> None:
    """The server ends as it is told to, and all its memory is back."""
    site.computed("gpu_small")
    site.settled()
    pid, began_s = site.resident("gpu_small").pid, time.monotonic()
    site.server.send_signal(signal.SIGTERM)
    site.server.wait(60)
    took_s = time.monotonic() - began_s
    table.row("SIGTERM: seconds to its end", "", f"{took_s:.1f}", site.server.returncode == 0)
    table.back("seconds until all memory was back", site.back(pid, began_s))
    table.row(
        "MiB taken before the server, and now", site.before.memory_used, site.gpu().memory_used
    )
    left = site.house.pids()
    table.row("processes that are left", [], *same(left, []))


def _median_ms(ask: Callable[[], object], times: int) -> float:
    took_ms = []
    for _ in range(times):
        began_s = time.perf_counter()
        ask()
        took_ms.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(took_ms)


Check = Callable[[Site, Table], None]
_IN_ORDER: tuple[Check, ...] = (
    *(found, pinned, prices, residents, leak),
    *gpu_failures.IN_ORDER,
    *(neighbour, warm, stopped),
)
CHECKS: dict[str, Check] = {check.__name__: check for check in _IN_ORDER}


def guarded(table: Table, check: Callable[..., None], *given: object, **more: object) -> None:
    """One check; one that breaks off lets the others go on."""
    table.title(f"{check.__name__}: {check.__doc__}")
    began_s = time.monotonic()
    try:
        check(*given, **more)
    except Exception as error:  # noqa: BLE001 - told, and counted
        table.row("broke off", "", f"{type(error).__name__}: {error}"[:2_000], False)
    print(f"  {time.monotonic() - began_s:.0f} s")


def serve(site: Site, table: Table, names: list[str], log: Path | None) -> None:
    """One server, and the checks one after the other."""
    try:
        print(f"\nseconds until web and lanes are there: {site.start():.1f}")
        for name in names:
            guarded(table, CHECKS[name], site, table)
    finally:
        if table.failures:
            lines = [line for line in site.house.log().splitlines() if " INFO " not in line]
            print("\nend of the server's log", *lines[-40:], sep="\n")
        if log:
            shutil.copyfile(site.house.folder / "log", log)
        site.end()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*CHECKS, "settings"]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, help="some of the checks"
    )
    parser.add_argument("--rehearse", action="store_true", help="on a pretended GPU")
    parser.add_argument("--log", type=Path, help="file for the server's log")
    given = parser.parse_args()
    if not given.rehearse and importlib.util.find_spec("torch") is None:
        print(
            "There is no torch here: nothing was checked. pip install torch brings one with CUDA."
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="meshkiln-gpu-") as folder:
        gpus = look(Path(folder), is_rehearsed=given.rehearse).read()
        if not gpus:
            print("There is no NVIDIA GPU here: nothing was checked. --rehearse tries the script.")
            return 2
        table, wanted = Table(), [name for name in CHECKS if name in given.only]
        if wanted:
            site = Site(Path(folder), gpus[0], is_rehearsed=given.rehearse)
            serve(site, table, wanted, given.log)
        if "settings" in given.only:
            guarded(table, settings, table, gpus, is_rehearsed=given.rehearse)
    print(f"\n{table.failures} of the checks failed" if table.failures else "\nall checks passed")
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
