"""The runner's loop, without a process: what it answers, and whom it heeds."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.catalog import Catalog
from pipelines.errors import ModelLoadFailed, PipelineError
from pipelines.messages import Cancel, Cancelled, Done, Failed, Progress, Ready, Run, Warm
from pipelines.spec import Report, RunCancelled, Work
from tests.plugin.rehearsed_memory import OutOfMemoryError
from tests.serving.house import PLUGIN
from tests.serving.scripted import (
    Lane,
    Scripted,
    kinds,
    lanes,
    nothing,
    raiser,
    scripted,
    talk,
    work,
)

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover([PLUGIN])


@pytest.fixture
def lane() -> Iterator[Callable[[Catalog], Lane]]:
    with lanes() as make:
        yield make


# What it answers


def test_each_message_has_its_answer(catalog: Catalog, tmp_path: Path) -> None:
    heard = talk(catalog, Warm("rehearsal"), Run(work(tmp_path)), Warm("nothing"))
    assert kinds(heard) == [Ready, Done, Failed]


def test_bad_parameter_is_answered_in_words(catalog: Catalog, tmp_path: Path) -> None:
    *_, failed = talk(catalog, Run(work(tmp_path, sleep_s=-1)))
    assert isinstance(failed, Failed)
    assert failed.code == "INVALID_VALUE"
    assert failed.message.startswith("sleep_s is -1")


def test_error_of_a_model_is_told_without_its_text(catalog: Catalog, tmp_path: Path) -> None:
    *_, failed = talk(catalog, Run(work(tmp_path, fault="raise")))
    assert isinstance(failed, Failed)
    assert "ValueError" in failed.message
    assert str(tmp_path) not in failed.message
    assert not failed.while_loading


@pytest.mark.parametrize(
    ("error", "is_unforeseen"),
    [
        (RuntimeError("CUDA error: device-side assert triggered"), True),
        (ValueError("step 3"), True),
        (SystemExit(0), True),
        (RunCancelled(), True),  # of its own accord
        (PipelineError("too many parts"), False),
        (ModelLoadFailed("its weights are missing"), False),
        (OutOfMemoryError("tried"), False),
        (MemoryError(), False),
    ],
    ids=repr,
)
def test_what_nobody_planned_for_is_told_from_refusals_and_lack_of_memory(
    catalog, tmp_path, error, is_unforeseen
) -> None:
    *_, ran = talk(scripted(catalog, run=raiser(error)), Run(work(tmp_path)))
    assert isinstance(ran, Failed)
    assert ran.is_unforeseen == is_unforeseen
    if not isinstance(error, RunCancelled):
        broken = scripted(catalog, load=raiser(error))
        for failed in talk(broken, Warm("rehearsal"), Run(work(tmp_path))):
            if isinstance(failed, Failed):
                assert (failed.while_loading, failed.is_unforeseen) == (True, is_unforeseen)


def test_unknown_feature_does_not_end_the_runner(catalog: Catalog, tmp_path: Path) -> None:
    stray = Work("a", "no_such_feature", "no_such_model", {}, {}, {}, tmp_path)
    heard = talk(catalog, Run(stray), Run(work(tmp_path)))
    # The first run that comes through loads the model, and says when it is ready.
    assert kinds(heard) == [Failed, Ready, Done]
    assert isinstance(heard[0], Failed)
    assert heard[0].code == "INVALID_VALUE"


def test_unknown_model_counts_as_one_that_cannot_be_loaded(catalog: Catalog, tmp_path: Path):
    heard = talk(catalog, Run(work(tmp_path, "no_such_model")), Run(work(tmp_path)))
    assert kinds(heard) == [Failed, Ready, Done]
    assert isinstance(heard[0], Failed)
    assert heard[0].while_loading


def test_lane_that_talks_nonsense_ends_the_runner(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="a runner is not sent ready"):
        talk(catalog, Ready(1.0))


@pytest.mark.parametrize(
    ("error", "words", "memory"),
    [
        (ModelLoadFailed("its weights are missing"), "its weights are missing", ""),
        (ModuleNotFoundError("No module named 'kaolin'", name="kaolin"), "module kaolin is", ""),
        (ValueError("in /home/someone"), "it failed with ValueError; the server's log", ""),
        (SystemExit(2), "it failed with SystemExit", ""),
        (MemoryError(), "the machine ran out of memory", "machine"),
        (OutOfMemoryError("1 GiB"), "the GPU's memory did not suffice for rehearsal", "gpu"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_model_that_cannot_be_loaded_says_why(catalog, tmp_path, error, words, memory) -> None:
    broken = scripted(catalog, load=raiser(error))
    heard = talk(broken, Warm("rehearsal"), Run(work(tmp_path)))
    warmed, ran = [message for message in heard if isinstance(message, Failed)]
    assert warmed.message == ran.message
    assert ran.message.startswith("the model could not be loaded: ")
    assert words in ran.message
    assert "/home" not in ran.message
    assert (
        (ran.while_loading, ran.memory) == (warmed.while_loading, warmed.memory) == (True, memory)
    )
    assert (warmed.job_id, ran.job_id) == ("", "a")


def wrapped(error: BaseException, cause: BaseException) -> BaseException:
    """An error raised from another."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "memory", "words"),
    [
        (OutOfMemoryError("tried"), "gpu", "try a smaller allocate_mib"),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel"), "gpu", "try a smaller"),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling"), "gpu", "try a smaller"),
        (wrapped(ValueError("step 3"), OutOfMemoryError("tried")), "gpu", "try a smaller"),
        (wrapped(PipelineError("too many parts"), OutOfMemoryError("")), "gpu", "too many parts"),
        (type("OutOfMemoryError", (MemoryError,), {})("as cupy's"), "gpu", "try a smaller"),
        (MemoryError(), "machine", "the machine ran out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate"), "machine", "the machine ran out"),
        (RuntimeError("out of memory cards to play"), "", "failed with RuntimeError"),
        (SystemExit(0), "", "failed with SystemExit"),
        (RunCancelled(), "", "failed with RunCancelled"),  # of its own accord
    ],
    ids=repr,
)
def test_failed_run_says_whose_memory_did_not_suffice(catalog, tmp_path, error, memory, words):
    failing = scripted(catalog, run=raiser(error), memory_params=("allocate_mib",))
    *_, failed = talk(failing, Run(work(tmp_path)))
    assert isinstance(failed, Failed)
    assert (failed.memory, failed.while_loading) == (memory, False)
    assert words in failed.message


def test_error_that_was_raised_from_itself_is_told(catalog: Catalog, tmp_path: Path) -> None:
    error = ValueError()
    *_, failed = talk(scripted(catalog, raiser(wrapped(error, error))), Run(work(tmp_path)))
    assert isinstance(failed, Failed)


# How much memory a run took


class PretendCuda:
    """torch.cuda as far as a runner asks it."""

    def __init__(self, *, is_initialized: bool = True) -> None:
        self.is_initialized = lambda: is_initialized
        self.held_bytes = self.peak_bytes = 3_000 * MIB

    def reset_peak_memory_stats(self) -> None:
        self.peak_bytes = self.held_bytes

    def max_memory_reserved(self) -> int:
        return self.peak_bytes

    def memory_reserved(self) -> int:
        return self.held_bytes


@pytest.mark.parametrize(
    ("is_initialized", "peak_mib", "returned_mib"), [(True, 4_001, 1_000), (False, 0, 0)]
)
def test_torch_is_asked_for_the_peak_of_each_run_and_what_was_given_back_of_it(
    catalog, tmp_path, monkeypatch, is_initialized, peak_mib, returned_mib
) -> None:
    cuda = PretendCuda(is_initialized=is_initialized)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    peaks = iter([4_000 * MIB + 1, 0])

    def run(report: Report) -> None:
        cuda.peak_bytes = max(cuda.peak_bytes, next(peaks))

    heard = talk(scripted(catalog, run), Run(work(tmp_path)), Run(work(tmp_path)))
    first, second = [message for message in heard if isinstance(message, Done)]
    assert (first.peak_mib, first.returned_mib) == (peak_mib, returned_mib)
    assert (second.peak_mib, second.returned_mib) == (3_000 if is_initialized else 0, 0)


def test_model_that_knows_its_peak_is_asked_itself(catalog: Catalog, tmp_path: Path) -> None:
    class Knowing(Scripted):
        def peak_mib(self) -> int:
            return 7

    class Confused(Scripted):
        def peak_mib(self) -> int:
            raise ValueError("what?")

    for kind, peak_mib in ((Knowing, 7), (Confused, 0)):
        own = scripted(catalog, adapter=lambda kind=kind: kind(nothing, nothing))
        *_, done = talk(own, Run(work(tmp_path)))
        assert isinstance(done, Done)
        assert (done.peak_mib, done.returned_mib) == (peak_mib, 0)


def test_without_torch_no_peak_is_known_and_torch_is_not_imported(catalog, tmp_path) -> None:
    *_, done = talk(catalog, Run(work(tmp_path)))
    assert isinstance(done, Done)
    assert done.peak_mib == 0
    assert "torch" not in sys.modules


# Whom it heeds


def test_cancelled_run_ends_at_its_next_report_and_the_next_is_done(catalog, tmp_path, lane):
    runner = lane(catalog)
    runner.say(Run(work(tmp_path, sleep_s=600, steps=10_000)))
    runner.await_work()
    began_s = time.monotonic()
    runner.say(Cancel("a"), Run(work(tmp_path, job_id="b")))
    assert runner.answer() == Cancelled("a")
    assert time.monotonic() - began_s < 2.0
    assert isinstance(runner.answer(), Done)


def test_cancel_of_a_run_that_is_over_or_unknown_is_ignored(catalog, tmp_path, lane) -> None:
    runner = lane(catalog)
    for _ in range(2):
        runner.say(Cancel("a"), Cancel("b"), Run(work(tmp_path)))
        assert isinstance(runner.answer(), Done)


def test_cancel_while_the_model_loads_is_heeded_once_it_is_loaded(catalog, tmp_path, lane) -> None:
    runner, model_id = lane(catalog), "rehearsal_slow_load"
    runner.say(Run(work(tmp_path, model_id)))
    assert runner.hear() == Progress("a", "loading_model", 0.0)
    runner.say(Cancel("a"), Run(work(tmp_path, model_id, "b")))
    assert isinstance(runner.hear(), Ready)
    assert runner.answer() == Cancelled("a")
    assert isinstance(runner.answer(), Done)


def test_run_that_is_cancelled_before_it_begins_loads_nothing(catalog, tmp_path) -> None:
    loads, sleeps = "rehearsal_slow_load", "rehearsal"
    heard = talk(catalog, Warm(loads), Run(work(tmp_path, sleeps)), Cancel("a"))
    assert kinds(heard) == [Ready, Cancelled]
    assert not any(isinstance(message, Progress) for message in heard)


def until_refused(report: Report) -> None:
    for number in itertools.count():
        report("rehearse", number / 1e9)
        time.sleep(0.001)


def swallows(report: Report) -> None:
    try:
        until_refused(report)
    except BaseException:  # noqa: BLE001 - as some models do
        return


def retells(report: Report) -> None:
    try:
        until_refused(report)
    except BaseException as error:
        raise ValueError("a step failed") from error


def reports_again(report: Report) -> None:
    try:
        until_refused(report)
    finally:
        report("export")


@pytest.mark.parametrize(
    ("model", "answer"),
    [
        (until_refused, Cancelled),
        (swallows, Done),
        (retells, Cancelled),
        (reports_again, Cancelled),
    ],
)
def test_whatever_a_model_makes_of_a_cancel_the_runner_goes_on(
    catalog, tmp_path, lane, model, answer
) -> None:
    runner = lane(scripted(catalog, model))
    for job_id in ("a", "b"):
        runner.say(Run(work(tmp_path, job_id=job_id)))
        runner.await_work()
        runner.say(Cancel(job_id))
        ended = runner.answer()
        assert type(ended) is answer
        assert ended.job_id == job_id


# What it is made of


def test_runner_of_some_weights_bears_a_file_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "broken.py").write_text("import no_such_library")
    folders = [tmp_path, PLUGIN]
    found = Catalog.discover(folders, weights="rehearsal")
    assert set(found.cards) == set(found.adapters) == {"rehearsal", "rehearsal_brief"}
    with pytest.raises(ModuleNotFoundError):
        Catalog.discover(folders)


def test_family_of_several_weights_has_an_adapter_for_each(catalog: Catalog) -> None:
    made = catalog.adapters
    assert made["rehearsal_gpu_small"] is made["rehearsal_gpu_small_twin"]
    assert made["rehearsal_gpu_small"] is not made["rehearsal_gpu_large"]
