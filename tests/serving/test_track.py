"""What a lane hears of a run that goes on: often enough, in time, and never less than before."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pipelines import track
from pipelines.catalog import Catalog
from pipelines.messages import Done, Progress, Ready, Run, Warm
from pipelines.spec import Report
from pipelines.track import Track
from tests.serving.house import PLUGIN, until
from tests.serving.scripted import Lane, lanes, scripted, work


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover([PLUGIN])


@pytest.fixture
def lane() -> Iterator[Callable[[Catalog], Lane]]:
    with lanes() as make:
        yield make


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time that a track sees: the only element."""
    now = [0.0]
    monkeypatch.setattr(track.time, "monotonic", lambda: now[0])
    yield now


@pytest.fixture
def said() -> list[Progress]:
    return []


@pytest.fixture
def tracked(catalog: Catalog, said: list[Progress]) -> Track:
    """A run that has begun."""
    tracked = Track("a", said.append)
    tracked.begin(catalog.feature("rehearsal"))
    return tracked


def test_progress_is_told_ten_times_a_second_and_never_falls(clock, said, tracked) -> None:
    tracked.report("loading_model")
    for step in itertools.chain(range(1500), range(500)):  # once it goes backwards
        clock[0] += 0.001
        tracked.report("rehearse", step / 1500)
        tracked.tell_newest()
    tracked.report("export", 1.0)
    said += filter(None, [tracked.close()])
    percents = [message.percent for message in said]
    assert percents == sorted(percents)
    assert 14 <= len(percents) <= 18
    assert percents[-1] == 99.0  # the whole is said by completion alone


def test_last_report_before_a_silence_is_told_in_time(clock, said, tracked) -> None:
    tracked.report("rehearse", 0.1)
    clock[0] += 0.02
    tracked.report("rehearse", 0.5)
    tracked.report("export", 0.5)
    assert [message.stage for message in said] == ["rehearse"]
    assert tracked.tell_newest() == pytest.approx(0.08)
    clock[0] += 0.08
    assert tracked.tell_newest() is None
    assert [(message.stage, message.percent) for message in said] == [
        ("rehearse", 9.0),
        ("export", 95.0),
    ]
    clock[0] += 10.0
    assert tracked.tell_newest() is None
    assert len(said) == 2


def test_last_report_before_a_long_call_reaches_the_lane(catalog, tmp_path, lane) -> None:
    silence = threading.Event()

    def run(report: Report) -> None:
        for step in range(101):
            report("rehearse", step / 100)
        silence.wait(20)

    runner = lane(scripted(catalog, run))
    runner.say(Run(work(tmp_path)))
    began_s = time.monotonic()
    while not (isinstance(message := runner.hear(), Progress) and message.percent == 90.0):
        continue
    took_s = time.monotonic() - began_s
    silence.set()
    assert took_s < 0.5
    assert isinstance(runner.answer(), Done)


def test_nothing_is_told_of_a_run_that_is_over(clock, said, tracked) -> None:
    tracked.report("rehearse", 0.1)
    assert tracked.close() is None
    clock[0] += 1.0
    tracked.report("rehearse", 0.5)
    tracked.tell_newest()
    assert len(said) == 1


def test_stage_that_there_is_not_is_an_error_at_once(said, tracked) -> None:
    tracked.report("rehearse")
    with pytest.raises(ValueError, match="rehearsal has no stage dance"):
        tracked.report("dance")


@pytest.mark.parametrize(
    ("fraction", "percent"), [(float("nan"), 0.0), (float("inf"), 90.0), (-5.0, 0.0)]
)
def test_fraction_that_is_none_is_brought_into_bounds(clock, said, tracked, fraction, percent):
    tracked.report("rehearse", fraction)
    clock[0] += 1.0
    tracked.report("export", 0.5)
    assert [message.percent for message in said] == [percent, 95.0]


def test_threads_of_a_model_may_all_report(catalog, tmp_path, lane) -> None:
    def run(report: Report) -> None:
        def part(first: int) -> None:
            for step in range(first, 40_000, 4):
                report("rehearse", step / 40_000)
                if step % 400 == first:
                    time.sleep(0.001)

        threads = [threading.Thread(target=part, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    runner = lane(scripted(catalog, run))
    runner.say(Run(work(tmp_path)))
    percents = []
    while not isinstance(message := runner.hear(), Done):  # every line is whole
        if isinstance(message, Progress):
            percents.append(message.percent)
    assert len(percents) > 1
    assert percents == sorted(percents)


def test_thread_that_outlives_its_run_is_not_heard(catalog, tmp_path, lane) -> None:
    over, reported = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def stray(report: Report) -> None:
        over.wait(10)
        try:
            report("export", 1.0)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)
        reported.set()

    def run(report: Report) -> None:
        threading.Thread(target=stray, args=(report,), daemon=True).start()

    runner = lane(scripted(catalog, run))
    runner.say(Run(work(tmp_path)))
    assert isinstance(runner.answer(), Done)
    over.set()
    until(reported.is_set, 5, "the stray report")
    runner.say(Warm("rehearsal"))
    assert isinstance(runner.hear(), Ready)
    assert failures == []
