"""Models that could not be loaded: when nobody tries, and when one may again."""

from __future__ import annotations

import pytest

from serving.worker.residency.broken import MAX_DEATHS, MAX_PAUSE_S, Broken, ModelBroken


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_model_that_says_why_is_broken_for_a_pause_that_doubles() -> None:
    clock = Clock()
    broken = Broken(60.0, clock)
    assert (broken.reason("w"), broken.has_lapsed("w")) == ("", False)
    broken.note("w", "no weights")
    assert (broken.reason("w"), broken.is_certain("w")) == ("no weights", True)
    clock.now_s = 59.9
    assert broken.reason("w") == "no weights"
    clock.now_s = 60.0
    assert (broken.reason("w"), broken.has_lapsed("w")) == ("", True)
    broken.note("w", "no weights")
    clock.now_s += 119.9
    assert broken.reason("w")
    for _ in range(10):
        broken.note("w", "no weights")
    clock.now_s += MAX_PAUSE_S
    assert not broken.reason("w")


def test_model_that_was_loaded_is_as_new() -> None:
    clock = Clock()
    broken = Broken(60.0, clock)
    broken.note("w", "no weights")
    broken.note("w", "no weights")
    broken.forget("w")
    assert (broken.reason("w"), broken.has_lapsed("w")) == ("", False)
    broken.note("w", "again")
    clock.now_s = 60.0
    assert not broken.reason("w")


def test_one_death_while_loading_is_an_accident_and_two_in_a_row_are_not() -> None:
    broken = Broken(60.0, Clock())
    broken.note_death("w", "killed")
    assert not broken.reason("w")
    broken.note_death("other", "killed")
    broken.note_death("w", "killed")
    assert broken.reason("w") == "the model could not be loaded: killed"
    assert not broken.is_certain("w")
    assert not broken.reason("other")
    broken.note_death("other", "killed")
    broken.forget("other")
    broken.note_death("other", "killed")
    assert not broken.reason("other")


def test_load_that_dies_again_and_again_is_no_accident_any_more() -> None:
    broken = Broken(60.0, Clock())
    for _ in range(MAX_DEATHS):
        broken.note_death("w", "killed")
    assert not broken.is_certain("w")
    broken.note_death("w", "killed")
    assert broken.is_certain("w")
    with pytest.raises(ModelBroken) as caught:
        broken.check("w")
    assert caught.value.code == "JOB_FAILED"
