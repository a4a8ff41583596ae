"""A model family that computes nothing and can die in every way. Its runs are real: real runner, pipes and files.

Those beside it take its class from here: rehearsal_gpu.py for what GPUs are needed for, rehearsal_loads.py for models
that load in ways of their own.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipelines.errors import ModelLoadFailed, PipelineError
from pipelines.spec import ModelCard, Outcome, OutputFile, Params, Report, RunCancelled, Work
from tests.plugin.rehearsed_memory import OutOfMemoryError

NAME = "output.json"
HANG_S = 3600
SLOW_STOP_S = 60


class NoOptions(Params):
    """Nothing may be set."""


def card(model_id: str, weights: str = "", **facts: Any) -> ModelCard:
    """A card of the family; weights of its own if none are named."""
    return ModelCard(
        model_id=model_id,
        feature="rehearsal",
        family="rehearsal",
        weights=weights or model_id,
        summary="Does nothing",
        licence="MIT",
        outputs=("json",),
        options=NoOptions,
        usual_s=0.01,
        **facts,
    )


CARDS = (
    card("rehearsal"),
    card("rehearsal_brief", "rehearsal", timeout_s=2),  # a deadline that a test can wait for
    card("rehearsal_other"),  # other weights, so another runner
)


class Rehearsal:
    """Nothing to load."""

    def load(self, device: str) -> None:
        if device not in ("cpu", "cuda"):
            raise ModelLoadFailed(f"device {device} is unknown")

    def take(self, mib: int) -> None:
        """Hold so much GPU memory for the run, where there is a GPU."""

    def info(self) -> dict[str, Any]:
        """What a run tells of its process."""
        return {"pid": os.getpid()}

    def rehearse(self, work: Work, report: Report) -> Outcome:
        params, started_at_s = work.params, time.time()
        report = HEEDS.get(params["fault"], _at_once)(report)
        self.take(params["allocate_mib"])
        with _journal(params["journal"], work.job_id):
            if params["child"]:
                _leave_child(Path(params["child"]))
            if params["chatter_kib"]:
                _chatter(params["chatter_kib"])
            for step in range(params["steps"]):
                report("rehearse", step / params["steps"])
                time.sleep(params["sleep_s"] / params["steps"])
            report("export")
            info = FAULTS.get(params["fault"], _none)(params, work)
            file = work.out_dir / NAME
            if params["fault"] not in ("no_file", "empty_file"):
                file.write_text("{}")
            report("bad" if params["fault"] == "bad_stage" else "export", 1.0)
            return Outcome(
                files=(OutputFile(NAME, "model", "application/json", 2),),
                info={**self.info(), "started_at_s": started_at_s, **info},
                stage_s={"rehearse": params["sleep_s"]},
            )


ADAPTER = Rehearsal


def _at_once(report: Report) -> Report:
    return report


def _never(report: Report) -> Report:
    def heedless(stage: str, fraction: float = 0.0) -> None:
        with suppress(RunCancelled):
            report(stage, fraction)

    return heedless


def _late(report: Report) -> Report:
    def slow(stage: str, fraction: float = 0.0) -> None:
        try:
            report(stage, fraction)
        except RunCancelled:
            time.sleep(SLOW_STOP_S)
            raise

    return slow


# How a run heeds that it is cancelled.
HEEDS: dict[str, Callable[[Report], Report]] = {"swallow_cancel": _never, "slow_stop": _late}


@contextmanager
def _journal(path: str, job_id: str) -> Iterator[None]:
    """Say when a run starts and ends, and whether another run of the job goes on at the same time."""
    if not path:
        yield
        return
    with open(f"{path}.{job_id}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _append(path, f"overlap {job_id}")
        _append(path, f"start {job_id}")
        yield
        _append(path, f"end {job_id}")


def _append(path: str, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line} {os.getpid()} {time.time():.3f}\n".encode())
    os.close(descriptor)


def _leave_child(path: Path) -> None:
    """A forked child that holds all that the runner holds, as the workers of data loaders do."""
    heard, said = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(said, b".")
        time.sleep(HANG_S)
        os._exit(0)
    os.read(heard, 1)  # it is itself by now: what is done after a fork, to signals too, is done
    os.close(heard)
    os.close(said)
    path.write_text(str(pid))


def _chatter(kib: int) -> None:
    line = b'\xff\xfe talk \x80 {"kind": "done"}\n' * 40
    for descriptor in (1, 2):
        for _ in range(max(1, kib * 1024 // len(line))):
            os.write(descriptor, line)


def _none(params: dict[str, Any], work: Work) -> dict[str, Any]:
    return {}


def _exit(params: dict[str, Any], work: Work) -> dict[str, Any]:
    os._exit(3)


def _die_by(how: signal.Signals) -> Callable[[dict[str, Any], Work], dict[str, Any]]:
    def die(params: dict[str, Any], work: Work) -> dict[str, Any]:
        os.kill(os.getpid(), how)
        return {}

    return die


def _crash_once(params: dict[str, Any], work: Work) -> dict[str, Any]:
    marker = Path(params["marker"])
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {}


def _hang(params: dict[str, Any], work: Work) -> dict[str, Any]:
    ctypes.PyDLL(None).sleep(HANG_S)  # PyDLL keeps the GIL: no Python signal handler or thread runs
    return {}


def _deaf(params: dict[str, Any], work: Work) -> dict[str, Any]:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(HANG_S)
    return {}


def _fail(params: dict[str, Any], work: Work) -> dict[str, Any]:
    raise PipelineError("the rehearsal was asked to fail")


def _raise(params: dict[str, Any], work: Work) -> dict[str, Any]:
    raise ValueError(f"something about {work.out_dir}")


def _memory(params: dict[str, Any], work: Work) -> dict[str, Any]:
    raise MemoryError


def _gpu_memory(params: dict[str, Any], work: Work) -> dict[str, Any]:
    raise OutOfMemoryError("there is never enough")


def _empty_file(params: dict[str, Any], work: Work) -> dict[str, Any]:
    (work.out_dir / NAME).touch()
    return {}


def _strange_info(params: dict[str, Any], work: Work) -> dict[str, Any]:
    return {"strange": {1, 2}}


FAULTS: dict[str, Callable[[dict[str, Any], Work], dict[str, Any]]] = {
    "exit": _exit,
    "crash": _die_by(signal.SIGSEGV),
    "killed": _die_by(signal.SIGKILL),
    "crash_once": _crash_once,
    "stop": _die_by(signal.SIGSTOP),
    "hang": _hang,
    "deaf": _deaf,
    "fail": _fail,
    "raise": _raise,
    "memory": _memory,
    "gpu_memory": _gpu_memory,
    "empty_file": _empty_file,
    "strange_info": _strange_info,
}
