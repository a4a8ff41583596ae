"""The runner's loop, without a process: what it answers, and how much it talks."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import runner
from pipelines.catalog import Catalog
from pipelines.messages import Done, Failed, Message, Progress, Ready, Run, Warm, decode, encode
from pipelines.runner import Runner, Track
from pipelines.spec import Work
from tests.serving.house import PLUGIN


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover([PLUGIN])


def work(out_dir: Path, **params: object) -> Work:
    return Work("a", "rehearsal", "rehearsal", {}, params, {}, out_dir)


def talk(catalog: Catalog, *messages: Message) -> list[Message]:
    """What a runner answers to these until its lane closes the pipe."""
    inbox, outbox = io.BytesIO(b"".join(map(encode, messages))), io.BytesIO()
    Runner(catalog, "cpu", inbox, outbox).serve()
    return [decode(line) for line in outbox.getvalue().splitlines()]


def test_each_message_has_its_answer(catalog: Catalog, tmp_path: Path) -> None:
    heard = talk(catalog, Warm("rehearsal"), Run(work(tmp_path)), Warm("nothing"))
    ends = [message for message in heard if not isinstance(message, Progress)]
    assert [type(message) for message in ends] == [Ready, Done, Failed]


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


def test_unknown_feature_does_not_end_the_runner(catalog: Catalog, tmp_path: Path) -> None:
    stray = Work("a", "no_such_feature", "rehearsal", {}, {}, {}, tmp_path)
    heard = talk(catalog, Run(stray), Run(work(tmp_path)))
    # The first run that comes through loads the model, and says when it is ready.
    assert [type(m) for m in heard if not isinstance(m, Progress)] == [Failed, Ready, Done]


def test_lane_that_talks_nonsense_ends_the_runner(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="a runner is not sent ready"):
        talk(catalog, Ready(1.0))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time that the runner sees: the only element."""
    now = [0.0]
    monkeypatch.setattr(runner.time, "monotonic", lambda: now[0])
    yield now


def test_progress_is_told_ten_times_a_second_and_never_falls(
    catalog: Catalog, tmp_path: Path, clock: list[float]
) -> None:
    outbox = io.BytesIO()
    track = Track(Runner(catalog, "cpu", io.BytesIO(), outbox), work(tmp_path))
    track("loading_model")
    for step in itertools.chain(range(1000), range(500)):  # once it goes backwards
        clock[0] += 0.001
        track("rehearse", step / 1000)
    track("export", 1.0)
    heard = [decode(line) for line in outbox.getvalue().splitlines()]
    percents = [message.percent for message in heard if isinstance(message, Progress)]
    assert percents == sorted(percents)
    assert 14 <= len(percents) <= 18
    assert percents[-1] == 99.0  # the whole is said by completion alone
