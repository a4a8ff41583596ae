"""The lane's grip on a real runner: whatever the runner does, the lane hears of it, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.messages import Done, Failed, Message, Progress, Ready, Run, Warm
from pipelines.spec import Work
from serving.worker.residency.handle import RunnerDied, RunnerHandle
from tests.serving.house import PLUGIN, ROOT, gone, until

LANE = """
import sys
from pathlib import Path
from pipelines.messages import Run
from pipelines.spec import Work
from serving.worker.residency.handle import RunnerHandle
handle = RunnerHandle("rehearsal", plugin_dirs=[Path(sys.argv[1])])
params = {"child": sys.argv[2], "fault": sys.argv[3]}
handle.send(Run(Work("a", "rehearsal", "rehearsal", {}, params, {}, Path(sys.argv[2]).parent)))
print(handle.pid, flush=True)
while True:
    handle.receive(60)
"""


@pytest.fixture
def handle() -> Iterator[RunnerHandle]:
    handle = RunnerHandle("rehearsal", plugin_dirs=[PLUGIN])
    yield handle
    handle.kill()


@pytest.fixture
def work(tmp_path: Path) -> Callable[..., Run]:
    """Makes the message for a rehearsal with these params."""

    def make(job_id: str = "a", **params: Any) -> Run:
        out_dir = tmp_path / f"out-{job_id}"
        out_dir.mkdir()
        return Run(Work(job_id, "rehearsal", "rehearsal", {}, params, {}, out_dir))

    return make


def answer(handle: RunnerHandle, within_s: float = 20.0) -> Message:
    """The next message that ends a job."""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        message = handle.receive(0.5)
        if isinstance(message, Done | Failed):
            return message
    raise AssertionError("no answer")


def test_work_goes_in_and_its_outcome_comes_out(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    handle.send(Warm("rehearsal"))
    assert isinstance(handle.receive(20), Ready)
    run = work(sleep_s=0.5, steps=10)
    handle.send(run)
    heard = []
    while not heard or isinstance(heard[-1], Progress):
        message = handle.receive(5)
        assert message
        heard.append(message)
    *progress, done = heard
    percents = [message.percent for message in progress]
    assert percents == sorted(percents)
    assert percents[0] == 0.0
    assert percents[-1] >= 90.0
    assert done.outcome.files[0].name == "output.json"
    assert (run.work.out_dir / "output.json").read_text() == "{}"


def test_runner_keeps_its_model_and_goes_on_after_failures(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    faults = ("none", "fail", "raise", "memory", "no_file", "bad_stage", "strange_info", "none")
    heard = []
    for number, fault in enumerate(faults):
        handle.send(work(str(number), fault=fault))
        heard.append(answer(handle))
    assert [type(message) for message in heard] == [Done, *[Failed] * 6, Done]
    assert heard[0].outcome.info["pid"] == heard[-1].outcome.info["pid"] == handle.pid
    assert not any("/" in message.message for message in heard[1:-1])


@pytest.mark.parametrize(
    ("fault", "returncode", "words"),
    [
        ("exit", 3, "ended by itself (exit code 3)"),
        ("crash", -signal.SIGSEGV, "crashed (SIGSEGV)"),
        ("killed", -signal.SIGKILL, "was killed (signal 9)"),
    ],
)
def test_death_is_told_with_its_reason(
    handle: RunnerHandle, work: Callable[..., Run], fault: str, returncode: int, words: str
) -> None:
    handle.send(work(fault=fault))
    with pytest.raises(RunnerDied, match="the model process ") as death:
        answer(handle)
    assert death.value.returncode == returncode
    assert words in str(death.value)
    assert not handle.is_alive()
    with pytest.raises(RunnerDied):
        handle.send(Warm("rehearsal"))


def test_death_is_heard_though_a_child_holds_the_pipe(
    handle: RunnerHandle, work: Callable[..., Run], tmp_path: Path
) -> None:
    file = tmp_path / "child"
    handle.send(work(child=str(file), fault="killed"))
    began_s = time.monotonic()
    with pytest.raises(RunnerDied):
        answer(handle)
    assert time.monotonic() - began_s < 5.0
    child = int(file.read_text())
    assert not gone(child)
    handle.kill()
    until(lambda: gone(child), 2, "the child's end")


@pytest.mark.parametrize("fault", ["hang", "stop", "deaf"])
def test_hanging_runner_is_killed_with_its_child(
    handle: RunnerHandle, work: Callable[..., Run], tmp_path: Path, fault: str
) -> None:
    file = tmp_path / "child"
    handle.send(work(child=str(file), fault=fault))
    until(lambda: file.exists() and file.read_text(), 20, "the child")
    time.sleep(0.1)
    while handle.receive(0.2):
        pass
    assert handle.is_alive()
    began_s = time.monotonic()
    handle.kill()
    handle.kill()
    assert time.monotonic() - began_s < 1.0
    until(lambda: gone(int(file.read_text())), 2, "the child's end")


def test_chatter_stays_out_of_the_messages(
    handle: RunnerHandle, work: Callable[..., Run], capfd: pytest.CaptureFixture[str]
) -> None:
    handle.send(work(chatter_kib=1024))
    assert isinstance(answer(handle), Done)
    handle.kill()


def test_sending_never_waits_for_a_runner_that_does_not_read(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    handle.send(Warm("rehearsal"))
    assert isinstance(handle.receive(20), Ready)
    os.kill(handle.pid, signal.SIGSTOP)
    began_s = time.monotonic()
    handle.send(work(marker="x" * 2_000_000))
    assert handle.receive(0.3) is None
    assert time.monotonic() - began_s < 1.0
    os.kill(handle.pid, signal.SIGCONT)
    assert isinstance(answer(handle), Done)


def test_end_of_the_pipe_ends_the_runner(handle: RunnerHandle) -> None:
    handle.send(Warm("rehearsal"))
    assert isinstance(handle.receive(20), Ready)
    os.close(handle._out)
    handle._out = -1
    until(lambda: not handle.is_alive(), 5, "the runner's end")


def test_unknown_model_is_answered(handle: RunnerHandle) -> None:
    handle.send(Warm("no_such_model"))
    assert isinstance(handle.receive(20), Failed)


@pytest.mark.parametrize("fault", ["deaf", "hang", "stop"])
def test_runner_and_its_children_die_with_a_killed_lane(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "child"
    lane = subprocess.Popen(
        [sys.executable, "-c", LANE, str(PLUGIN), str(file), fault],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert lane.stdout
    runner = int(lane.stdout.readline())
    until(lambda: file.exists() and file.read_text(), 20, "the child")
    child = int(file.read_text())
    assert not gone(runner)
    assert not gone(child)
    lane.kill()
    lane.wait()
    lane.stdout.close()
    until(lambda: gone(runner), 2, "the runner's end")
    until(lambda: gone(child), 2, "the child's end")
