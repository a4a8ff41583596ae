"""What is tried after GPU memory did not suffice, as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.messages import Failed
from pipelines.spec import ModelCard, Params, Work
from serving.worker.second_try import Try, after

LOAD = Failed("job", "JOB_FAILED", "full", memory="gpu", while_loading=True)
RUN = Failed("job", "JOB_FAILED", "full", memory="gpu")


def card(**lower: object) -> ModelCard:
    row = ("model", "feature", "family", "weights", "", "MIT", ("glb",), Params)
    return ModelCard(*row, lower=lower)


def first(**params: object) -> Try:
    return Try(Work("job", "feature", "model", {}, params, {"steps": 9}, Path("draft")))


def test_load_is_tried_once_more_alone_and_never_lower() -> None:
    again = after(first(size=4), LOAD, card(size=2), has_others=False)
    assert again == Try(first(size=4).work, alone=True)
    assert after(again, LOAD, card(size=2), has_others=False) is None


def test_run_beside_others_is_tried_alone_then_lower_then_given_up() -> None:
    alone = after(first(size=4), RUN, card(size=2), has_others=True)
    assert alone == Try(first(size=4).work, alone=True)
    lowered = after(alone, RUN, card(size=2), has_others=False)
    assert lowered is not None
    assert lowered.work.params == {"size": 2}
    (notice,) = lowered.notices
    assert notice.code == "LOWERED_FOR_MEMORY"
    assert notice.message == "the memory of the GPU did not suffice: size is 2 instead of 4"
    assert after(lowered, RUN, card(size=2), has_others=False) is None


def test_run_without_others_is_lowered_at_once_options_too() -> None:
    again = after(first(size=4), RUN, card(size=2, steps=3), has_others=False)
    assert again is not None
    assert (again.work.params, again.work.options) == ({"size": 2}, {"steps": 3})


@pytest.mark.parametrize(
    ("lower", "params"),
    [
        ({}, {"size": 4}),  # the card has no lower setting
        ({"size": 4}, {"size": 4}),  # it is set already
        ({"size": 4}, {"size": 2}),  # the client asked for less
        ({"other": 4}, {"size": 2}),  # the feature has no such param
    ],
)
def test_lower_setting_that_changes_nothing_is_not_tried(lower, params) -> None:
    assert after(first(**params), RUN, card(**lower), has_others=False) is None


@pytest.mark.parametrize("memory", ["", "machine"])
def test_other_failures_are_answers(memory) -> None:
    failed = Failed("job", "JOB_FAILED", "no", memory=memory)
    assert after(first(size=4), failed, card(size=2), has_others=True) is None
