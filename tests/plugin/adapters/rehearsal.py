"""A model family that computes nothing and can die in every way. Its runs are real: real runner, pipes and files."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.errors import ModelLoadFailed, PipelineError
from pipelines.spec import ModelCard, Outcome, OutputFile, Params, Report, Work

NAME = "output.json"
HANG_S = 3600


class NoOptions(Params):
    """Nothing may be set."""


def _card(model_id: str, weights: str, timeout_s: int = 600) -> ModelCard:
    return ModelCard(
        model_id=model_id,
        feature="rehearsal",
        family="rehearsal",
        weights=weights,
        summary="Does nothing",
        licence="MIT",
        outputs=("json",),
        options=NoOptions,
        timeout_s=timeout_s,
        usual_s=0.01,
    )


CARDS = (
    _card("rehearsal", "rehearsal"),
    _card("rehearsal_brief", "rehearsal", timeout_s=2),  # a deadline that a test can wait for
    _card("rehearsal_other", "rehearsal_other"),  # other weights, so another runner
)


class Rehearsal:
    """Nothing to load."""

    def load(self, device: str) -> None:
        if device not in ("cpu", "cuda"):
            raise ModelLoadFailed(f"device {device} is unknown")

    def rehearse(self, work: Work, report: Report) -> Outcome:
        params, started_at_s = work.params, time.time()
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
                info={"pid": os.getpid(), "started_at_s": started_at_s, **info},
                stage_s={"rehearse": params["sleep_s"]},
            )


ADAPTER = Rehearsal


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
    pid = os.fork()
    if pid == 0:
        time.sleep(HANG_S)
        os._exit(0)
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
    "empty_file": _empty_file,
    "strange_info": _strange_info,
}
