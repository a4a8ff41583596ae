"""Progress and cancel points are put into models that have none, and taken out again."""

from __future__ import annotations

import pytest

from pipelines.neural.steps import Span, counted, each, wrapped
from pipelines.spec import RunCancelled


class Sampler:
    """Calls its own step so often, as a diffusion does."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def step(self, number: int, *, scale: int = 1) -> int:
        self.made.append(number * scale)
        return number * scale

    def run(self, count: int) -> list[int]:
        return [self.step(number, scale=2) for number in range(count)]


class Told:
    """A report that keeps what it hears, and is cancelled at a call."""

    def __init__(self, cancel_at: int = 0) -> None:
        self.rows: list[tuple[str, float]] = []
        self._cancel_at = cancel_at

    def __call__(self, stage: str, fraction: float = 0.0) -> None:
        self.rows.append((stage, round(fraction, 6)))
        if len(self.rows) == self._cancel_at:
            raise RunCancelled


def test_each_step_is_told_before_and_after_and_its_answer_kept() -> None:
    told, sampler = Told(), Sampler()
    with counted(sampler, "step", 4, Span(told, "geometry")):
        assert sampler.run(4) == [0, 2, 4, 6]
    shares = [share for _, share in told.rows]
    assert shares == [0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0]
    assert {stage for stage, _ in told.rows} == {"geometry"}


def test_part_of_a_part_of_a_stage_is_its_share() -> None:
    told = Told()
    part = Span(told, "texture", 0.2, 0.6).part(0.5, 1.0)
    part(0.0)
    part(0.5)
    part(7.0)
    assert told.rows == [("texture", 0.4), ("texture", 0.5), ("texture", 0.6)]


def test_more_steps_than_foreseen_stay_at_the_end() -> None:
    told, sampler = Told(), Sampler()
    with counted(sampler, "step", 2, Span(told, "geometry")):
        sampler.run(3)
    assert told.rows[-1] == ("geometry", 1.0)


@pytest.mark.parametrize(("call", "made"), [(1, 0), (2, 1), (3, 1), (4, 2)])
def test_cancel_ends_the_run_within_a_step_and_leaves_the_model_as_it_was(call, made) -> None:
    sampler = Sampler()
    with pytest.raises(RunCancelled), counted(sampler, "step", 9, Span(Told(call), "geometry")):
        sampler.run(9)
    assert len(sampler.made) == made
    assert "step" not in vars(sampler)
    assert sampler.run(2) == [0, 2]


def test_what_the_instance_itself_had_is_put_back() -> None:
    sampler = Sampler()
    sampler.step = own = lambda number, scale: number  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError), wrapped(sampler, "step", lambda call, *args, **more: -1):
        assert sampler.run(1) == [-1]
        raise ZeroDivisionError
    assert vars(sampler)["step"] is own


def test_layers_of_one_pass_are_told_in_turn() -> None:
    told, layers = Told(), [Sampler() for _ in range(4)]
    with each(layers, "step", Span(told, "geometry")):
        for layer in layers:
            layer.step(1)
    assert [share for _, share in told.rows] == [0.0, 0.25, 0.5, 0.75]
    assert not any("step" in vars(layer) for layer in layers)
