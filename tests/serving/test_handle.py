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

from pipelines.messages import Cancel, Cancelled, Done, Failed, Message, Progress, Ready, Run, Warm
from pipelines.spec import Work
from serving.worker.residency.handle import LONGEST_LINE_BYTES, RunnerDied, RunnerHandle
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


# A process that is started as a runner is and keeps to no protocol: `out` is its end of the pipe.
IMPOSTOR = """#!{python}
import os, sys, time
def fd(name): return int(sys.argv[sys.argv.index(name) + 1])
out, inbox = fd("--out-fd"), fd("--in-fd")
def say(text): os.write(out, text)
{code}
time.sleep(600)
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
        if isinstance(message, Done | Failed | Cancelled):
            return message
    raise AssertionError("no answer")


def at_work(handle: RunnerHandle) -> None:
    """Wait until the run is in the model's hands."""

    def heard() -> bool:
        message = handle.receive(1)
        return isinstance(message, Progress) and message.stage == "rehearse"

    until(heard, 20, "the run")


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
    faults = ["none", "fail", "raise", "memory", "gpu_memory", "no_file", "bad_stage"]
    faults += ["strange_info", "none"]
    heard = []
    for number, fault in enumerate(faults):
        handle.send(work(str(number), fault=fault))
        heard.append(answer(handle))
    assert [type(message) for message in heard] == [Done, *[Failed] * 7, Done]
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


def test_sigterm_to_all_processes_ends_no_run_but_a_child_of_its_model(
    handle: RunnerHandle, work: Callable[..., Run], tmp_path: Path
) -> None:
    """As service managers send it; the lane decides what ends."""
    file = tmp_path / "child"
    handle.send(work(child=str(file), sleep_s=1.0, steps=20))
    until(lambda: file.exists() and file.read_text(), 20, "the child")
    child = int(file.read_text())
    for pid in (handle.pid, child):
        os.kill(pid, signal.SIGTERM)
    until(lambda: gone(child), 2, "the child's end")  # as a pool of processes ends its own
    assert isinstance(answer(handle), Done)
    handle.send(work("b"))
    assert isinstance(answer(handle), Done)


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


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Callable[[str], RunnerHandle]]:
    """Starts a process with that code in the place of a runner."""
    made: list[RunnerHandle] = []

    def make(code: str) -> RunnerHandle:
        file = tmp_path / f"python{len(made)}"
        file.write_text(IMPOSTOR.format(python=sys.executable, code=code))
        file.chmod(0o700)
        made.append(RunnerHandle("rehearsal", interpreter=file))
        return made[-1]

    yield make
    for handle in made:
        handle.kill()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("say(b'hello\\n')", "nonsense"),
        ("say(b'\\xff\\x00\\n')", "nonsense"),
        ("say(b'{}\\n')", "nonsense"),
        (
            """say(b'{"kind":"progress","job_id":"a","stage":"s","percent":"most"}\\n')""",
            "nonsense",
        ),
        ("""say(b'{"kind":"done","job_id":"a"}\\n')""", "nonsense"),
        ("""say(b'{"kind":"dance"}\\n')""", "nonsense"),
        ("while True: say(b'x' * 65536)", "too great length"),
        ("os.close(out)", "closed its pipe"),
    ],
)
def test_runner_that_keeps_to_no_protocol_is_ended(impostor, code: str, words: str) -> None:
    handle = impostor(code)
    with pytest.raises(RunnerDied, match=words) as death:
        answer(handle)
    assert death.value.returncode is None  # by the lane's hand, not for lack of memory
    until(lambda: gone(handle.pid), 2, "its end")
    with pytest.raises(RunnerDied, match=words):
        handle.receive(0.0)
    with pytest.raises(RunnerDied, match=words):
        handle.send(Warm("rehearsal"))


def test_runner_that_ends_in_the_middle_of_a_line_has_died(impostor) -> None:
    handle = impostor("""say(b'{"kind":"ready",'); sys.exit(4)""")
    with pytest.raises(RunnerDied, match="exit code 4"):
        answer(handle)


def test_runner_that_no_longer_reads_is_ended(impostor) -> None:
    handle = impostor('os.close(inbox); say(b\'{"kind":"ready","load_s":1}\\n\')')
    assert handle.receive(20) == Ready(1)
    with pytest.raises(RunnerDied, match="closed its pipe"):
        handle.send(Warm("rehearsal"))
    until(lambda: gone(handle.pid), 2, "its end")


@pytest.mark.parametrize("code", ["say(b'half')", "while True: say(b'x'); time.sleep(0.001)"])
def test_lane_does_not_wait_for_the_rest_of_a_line(impostor, code: str) -> None:
    handle = impostor(code)
    until(lambda: handle.receive(0.01) or handle._buffer, 20, "half a line")
    began_s = time.monotonic()
    assert handle.receive(0.3) is None
    assert time.monotonic() - began_s < 1.0
    assert len(handle._buffer) < LONGEST_LINE_BYTES
    assert handle.is_alive()


@pytest.mark.parametrize("is_there", [True, False])
def test_interpreter_that_cannot_be_started_is_told_as_a_death(tmp_path, is_there: bool) -> None:
    if is_there:
        (tmp_path / "python").write_text("no program")
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(RunnerDied, match="could not be started"):
        RunnerHandle("rehearsal", interpreter=tmp_path / "python")
    assert len(os.listdir("/proc/self/fd")) == before


def test_cancelled_run_stops_and_its_model_stays_loaded(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    handle.send(work("a", sleep_s=600, steps=10_000))
    at_work(handle)
    began_s = time.monotonic()
    handle.send(Cancel("a"))
    assert answer(handle) == Cancelled("a")
    assert time.monotonic() - began_s < 1.0
    handle.send(work("b"))
    done = answer(handle)
    assert isinstance(done, Done)
    assert done.outcome.info["pid"] == handle.pid


def test_run_that_swallows_its_cancel_is_done(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    handle.send(work(sleep_s=1.0, steps=100, fault="swallow_cancel"))
    at_work(handle)
    handle.send(Cancel("a"))
    assert isinstance(answer(handle), Done)


def test_run_that_is_slow_to_stop_can_be_killed(
    handle: RunnerHandle, work: Callable[..., Run]
) -> None:
    handle.send(work(sleep_s=600, steps=10_000, fault="slow_stop"))
    at_work(handle)
    handle.send(Cancel("a"))
    until_s = time.monotonic() + 1.0
    while (left_s := until_s - time.monotonic()) > 0:
        assert not isinstance(handle.receive(left_s), Cancelled | Done | Failed)
    handle.kill()
    assert gone(handle.pid)
    with pytest.raises(RunnerDied):
        handle.receive(1)


@pytest.mark.parametrize(
    ("model_id", "message"),
    [
        ("rehearsal_broken", "the model could not be loaded: its weights are missing"),
        ("rehearsal_load_oom", "the model could not be loaded: the GPU's memory did not suffice"),
    ],
)
def test_model_that_could_not_be_loaded_can_be_tried_again(
    work: Callable[..., Run], tmp_path: Path, model_id: str, message: str
) -> None:
    variables = {**os.environ, "MESHKILN_DATA_DIR": str(tmp_path)}
    handle = RunnerHandle(model_id, plugin_dirs=[PLUGIN], environment=variables)
    try:
        for _ in range(2):
            handle.send(Warm(model_id))
            failed = answer(handle)
            assert isinstance(failed, Failed)
            assert failed.while_loading
            assert failed.message.startswith(message)
        (tmp_path / "rehearsal_weights").touch()
        handle.send(Warm("rehearsal_broken"))
        assert isinstance(handle.receive(20), Ready if model_id == "rehearsal_broken" else Failed)
    finally:
        handle.kill()


def test_pretended_gpu_is_shared_until_a_runner_dies(tmp_path: Path) -> None:
    ledger = tmp_path / "gpu"
    ledger.mkdir()
    (ledger / "total_mib").write_text("20000")
    variables = {**os.environ, "MESHKILN_REHEARSED_GPU": str(ledger)}

    def start(weights: str) -> RunnerHandle:
        return RunnerHandle(weights, device="cuda", plugin_dirs=[PLUGIN], environment=variables)

    def run(handle: RunnerHandle, number: int, **params: Any) -> Message:
        out_dir = tmp_path / str(number)
        out_dir.mkdir()
        model_id = handle.weights
        handle.send(Run(Work(f"{number}", "rehearsal", model_id, {}, params, {}, out_dir)))
        return answer(handle)

    small, large = start("rehearsal_gpu_small"), start("rehearsal_gpu_large")
    try:
        first, second = run(small, 1, allocate_mib=1_000), run(large, 2)
        assert isinstance(first, Done)
        assert isinstance(second, Done)
        assert (first.peak_mib, second.peak_mib) == (5_000, 14_000)
        held = {int(file.name): int(file.read_text()) for file in ledger.glob("[0-9]*")}
        assert held == {small.pid: 5_000, large.pid: 14_000}
        failed = run(small, 3, allocate_mib=3_000)
        assert isinstance(failed, Failed)
        assert (failed.memory, failed.while_loading) == ("gpu", False)
        assert failed.message.endswith("try a smaller allocate_mib")
        large.kill()
        third, fourth = run(small, 4, allocate_mib=3_000), run(small, 5)
        assert isinstance(third, Done)
        assert isinstance(fourth, Done)
        assert third.peak_mib == fourth.peak_mib == 7_000  # what it took it keeps
    finally:
        small.kill()
        large.kill()


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
