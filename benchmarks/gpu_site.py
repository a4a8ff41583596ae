"""What on_a_gpu.py asks: a whole server on a GPU, the GPU's driver in three ways, and a table that fails.

The driver is asked as the server asks it (serving.gpus), often and beside the runs; by nvidia-smi, which is not ours;
and by the models themselves, through torch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import harness

sys.path.insert(0, str(harness.ROOT))

from serving.gpus import Gpu, Gpus, gpus_of
from serving.jobs.board import LaneState, ResidentState
from serving.rehearsed_gpus import ledger, open_ledgers
from serving.settings import Settings
from tests.serving.house import House, until

PLUGIN = harness.ROOT / "benchmarks" / "gpu_plugin"
SAMPLE_S = 0.02
# What a driver may hold more or less between two looks, and what nvidia-smi rounds.
NOISE_MIB = 64
REHEARSED_MIB = 81_559
ENDED = ("completed", "failed", "cancelled")


class Table:
    """Rows that are printed as they come; `failures` counts those that should have been otherwise."""

    def __init__(self) -> None:
        self.failures = 0

    def title(self, words: str) -> None:
        print(f"\n{words}", flush=True)

    def row(self, what: str, believed: object, measured: object, ok: bool | None = None) -> None:
        """`ok` None: a figure and no check."""
        mark = {True: "ok", False: "FAILED", None: ""}[ok]
        self.failures += ok is False
        print(f"  {mark:6}  {what:60}  {believed!s:28}  {measured}", flush=True)

    def back(self, what: str, seconds: float | None, limit_s: float = 10.0) -> None:
        """How long memory took to come back; None fails."""
        shown = "never" if seconds is None else f"{seconds:.2f}"
        self.row(what, f"{limit_s:g} at most", shown, seconds is not None and seconds <= limit_s)


def same(measured: object, wanted: object) -> tuple[object, bool]:
    """The last two of a row."""
    return measured, measured == wanted


def started(table: Table, which: str, said: Mapping[str, Any]) -> None:
    """What the start of a runner took, of the job that caused it."""
    info = said["result"]["generation_info"]
    parts = ", ".join(f"{name} {info[f'{name}_s']:.2f}" for name in ("import", "context", "load"))
    took_s = said["processing_time"] - info["computed_s"]
    table.row(f"{which} runner, seconds to its run ({parts})", "", f"{took_s:.2f}")


@dataclass(frozen=True)
class Sample:
    """What the driver said at a moment of the monotonic clock. MiB, by pid."""

    at_s: float
    used_mib: int
    held_mib: dict[int, int]


class Sampler:
    """Asks the driver all the time, so that what is short is seen."""

    def __init__(self, gpus: Gpus, uuid: str) -> None:
        self._gpus, self._uuid = gpus, uuid
        self._samples: list[Sample] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            gpu, held = self._gpus.find(self._uuid), self._gpus.held_mib(self._uuid)
            if gpu is not None:
                self._samples.append(Sample(time.monotonic(), gpu.memory_used, held))

    def since(self, at_s: float) -> list[Sample]:
        return [one for one in self._samples if one.at_s >= at_s]

    def holders(self) -> set[int]:
        """Every process that ever held memory of the GPU, by pid."""
        return {pid for one in list(self._samples) for pid in one.held_mib}

    def peak_mib(self, pid: int, since_s: float) -> int:
        """The most that a process held since then; 0 where the driver does not tell of processes."""
        return max((one.held_mib.get(pid, 0) for one in self.since(since_s)), default=0)

    def back_at_s(self, empty_mib: int, pid: int, since_s: float) -> float | None:
        """When a process held nothing any more, and nobody else what it held; None: never since then.

        `empty_mib` is what is taken where no model is.
        """
        return next(
            (
                one.at_s
                for one in self.since(since_s)
                if pid not in one.held_mib
                and one.used_mib <= empty_mib + sum(one.held_mib.values())
            ),
            None,
        )

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


class Site:
    """A server with all its processes, its GPU, and what was taken of that before."""

    def __init__(self, folder: Path, gpu: Gpu, *, is_rehearsed: bool, **more: object) -> None:
        settings: dict[str, object] = {
            "gpus": gpu.id,
            "plugin_dir": PLUGIN,
            "memory_wait_s": 3,
            "submits_per_minute": 0,
            **more,
        }
        if is_rehearsed:
            settings["rehearsed_gpus"] = REHEARSED_MIB
        self.is_rehearsed = is_rehearsed
        self.gpus = look(folder, is_rehearsed=is_rehearsed)
        self.uuid, self.title = gpu.uuid, f"gpu{gpu.id}"
        self.before = self.gpu()
        self.house = House(folder, **settings)
        self.house.environment["ON_A_GPU_MIB"] = str(self.before.memory_total)
        self.sampler = Sampler(self.gpus, gpu.uuid)

    def start(self) -> float:
        """-> seconds until both lanes are on the board and the web answers."""
        began_s = time.monotonic()
        self.server = self.house.start("api.py")
        self.house.open(2)
        until(self.house.healthy, 30, "the web answers", self.house.log)
        return time.monotonic() - began_s

    def end(self) -> None:
        self.sampler.end()
        self.house.end()

    def gpu(self) -> Gpu:
        found = self.gpus.find(self.uuid)
        if found is None:
            raise RuntimeError("the GPU does not answer")
        return found

    @property
    def empty_mib(self) -> int:
        """What may be taken of the GPU when nothing of ours is there."""
        return self.before.memory_used + 2 * NOISE_MIB

    @property
    def half_mib(self) -> int:
        """What the two large models hold each (benchmarks/gpu_plugin)."""
        return self.before.memory_total * 55 // 100

    # the board

    def lane(self) -> LaneState:
        """The GPU's, as it said last."""
        return next(lane for lane in self.house.board.lanes() if lane.title == self.title)

    def resident(self, weights: str) -> ResidentState:
        """The living runner of a model, as its lane said last."""
        return next(one for one in self.lane().residents if one.weights == weights)

    def loaded(self) -> set[str]:
        return {one.weights for one in self.lane().residents if one.state != "loading"}

    def settled(self) -> LaneState:
        """The lane's word after it has had time to say a new one: it beats every two seconds."""
        spoken_s = time.time()
        until(
            lambda: self.lane().beat_at > spoken_s and not self.lane().job_id,
            15,
            "the lane is idle",
        )
        return self.lane()

    # jobs, over HTTP

    def ask(self, path: str, body: Any = None, method: str = "") -> Any:
        """The JSON of an answer, whatever its status; the body is sent by POST."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.house.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def text(self, path: str) -> str:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.house.port}{path}", timeout=30
        ) as answer:
            return str(answer.read().decode())

    def submit(self, model: str, **params: Any) -> str:
        answer = self.ask("/api/v1/gpu-work", {"model_preference": model, **params})
        if "job_id" not in answer:
            raise RuntimeError(f"{model} was refused: {answer}")
        return str(answer["job_id"])

    def status(self, job_id: str) -> dict[str, Any]:
        return dict(self.ask(f"/api/v1/system/jobs/{job_id}"))

    def cancel(self, job_id: str) -> None:
        self.ask(f"/api/v1/system/jobs/{job_id}/cancel", {})

    def ended(self, job_id: str, within_s: float = 90.0) -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            said = self.status(job_id)
            return said if said["status"] in ENDED else None

        return dict(until(over, within_s, f"{job_id} ends", lambda: self.house.log()[-3000:]))

    def run(self, model: str, **params: Any) -> dict[str, Any]:
        """A job to its end; its status then."""
        return self.ended(self.submit(model, **params))

    def computed(self, model: str, **params: Any) -> dict[str, Any]:
        """What the model of a completed job said. Raises where it was not completed."""
        said = self.run(model, **params)
        if said["status"] != "completed":
            raise RuntimeError(f"{model} {said['status']}: {said['error']}")
        return dict(said["result"]["generation_info"])

    def at_work(self, job_id: str, attempt: int = 1) -> dict[str, Any]:
        """Wait until the model is at work on the job."""

        def look() -> dict[str, Any] | None:
            said = self.status(job_id)
            if said["status"] in ENDED:
                raise RuntimeError(f"{job_id} {said['status']}: {said['error']}")
            is_there = said["stage"] == "products" and said["attempt"] == attempt
            return said if is_there and said["progress"] > 0 else None

        return dict(until(look, 90, f"{job_id} runs", lambda: self.house.log()[-3000:]))

    def back(self, pid: int, since_s: float, within_s: float = 10.0) -> float | None:
        """Seconds since then until the memory of a process that ended was back; None: not in time."""
        ask = partial(self.sampler.back_at_s, self.empty_mib, pid, since_s)
        with suppress(AssertionError):
            until(ask, within_s, "memory is back")
        at_s = ask()
        return None if at_s is None else at_s - since_s


def look(folder: Path, *, is_rehearsed: bool) -> Gpus:
    """The driver, asked as the server asks it."""
    if not is_rehearsed:
        return Gpus()
    settings = Settings(data_dir=folder, rehearsed_gpus=str(REHEARSED_MIB))
    open_ledgers(settings)
    return gpus_of(settings)


def nvidia_smi(what: str, fields: str) -> list[dict[str, str]]:
    """Rows of nvidia-smi by field, without units."""
    command = ["nvidia-smi", f"--query-{what}={fields}", "--format=csv,noheader,nounits"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    names = fields.split(",")
    rows = (line.split(", ") for line in told.stdout.splitlines() if line.strip())
    return [dict(zip(names, row, strict=True)) for row in rows]


def compute_apps(site: Site) -> dict[int, int]:
    """MiB by pid as nvidia-smi says; empty where it does not, or on a rehearsed GPU."""
    if site.is_rehearsed:
        return {}
    rows = nvidia_smi("compute-apps", "pid,used_memory")
    return {
        int(row["pid"]): int(row["used_memory"]) for row in rows if row["used_memory"].isdigit()
    }


@contextmanager
def stranger(site: Site, mib: int) -> Iterator[None]:
    """Another program that holds memory of the GPU, by CUDA's driver alone."""
    command = [sys.executable, str(Path(__file__).with_name("gpu_stranger.py")), str(mib)]
    pipe, environment = subprocess.PIPE, {**os.environ, "CUDA_VISIBLE_DEVICES": site.uuid}
    if site.is_rehearsed:
        folder = ledger(Settings(data_dir=site.house.folder), 0)
        environment["MESHKILN_REHEARSED_GPU"] = str(folder)
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as other:
        assert other.stdin and other.stdout
        if (said := other.stdout.readline().strip()) != "held":
            raise RuntimeError(f"{mib} MiB cannot be held: {said}")
        try:
            yield
        finally:
            other.stdin.close()
            other.wait(30)
