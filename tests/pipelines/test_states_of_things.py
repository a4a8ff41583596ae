"""What a word can ask of a thing: open or closed, lit or out, full or empty, and how many of its parts."""

import numpy as np
import pytest

from pipelines.geometry import decimate
from pipelines.geometry.families import model, registry


def built(name: str, **asked: float) -> model.Built:
    return model.build(registry.families()[name], asked, seed=2)


def part_names(made: model.Built) -> set[str]:
    return {part.name.split()[0] for part in made.parts}


def size(made: model.Built) -> np.ndarray:
    return np.ptp(made.vertices, axis=0)


@pytest.mark.parametrize(
    "name",
    [
        "book",
        "box",
        "chest",
        "compass",
        "laptop",
        "padlock",
        "scissors",
        "scroll",
        "trash can",
        "umbrella",
    ],
)
@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_what_opens_is_closed_and_whole_however_far(name, value):
    made = built(name, open=value)
    assert made.measures["open"] == value and decimate.is_solid(made.vertices, made.faces)


@pytest.mark.parametrize(
    ("name", "axis", "grows"),
    [
        ("laptop", 1, True),
        ("umbrella", 0, True),
        ("book", 1, False),
        ("compass", 1, True),
        ("scroll", 1, True),
    ],
)
def test_opening_changes_the_shape_as_one_expects(name, axis, grows):
    def share(value: float) -> float:
        sides = size(built(name, open=value))
        return float(sides[axis] / sides.max())

    assert (share(1.0) > 1.3 * share(0.0)) if grows else (share(1.0) < 0.7 * share(0.0))


def test_an_open_or_a_full_chest_shows_its_gold():
    assert "gold" in part_names(built("chest", open=1.0)) & part_names(built("chest", full=1.0))
    assert "gold" not in part_names(built("chest"))


@pytest.mark.parametrize("name", ["candle", "candlestick", "chandelier", "torch"])
def test_what_is_out_has_no_fire(name):
    fires = [
        [part.name for part in built(name, lit=lit).parts if "fire" in part.name] for lit in (1, 0)
    ]
    assert fires[0] and not fires[1]


@pytest.mark.parametrize(
    ("name", "part"), [("cup", "coffee"), ("bucket", "water"), ("flask", "liquid")]
)
def test_what_is_empty_holds_nothing(name, part):
    assert part in part_names(built(name, full=1.0)) and part not in part_names(
        built(name, full=0.0)
    )


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("star", "points"),
        ("guitar", "strings"),
        ("fork", "tines"),
        ("gear", "teeth"),
        ("candlestick", "arms"),
    ],
)
def test_a_count_is_made_as_asked(name, measure):
    few, many = (built(name, **{measure: count}) for count in (4, 7))
    assert few.measures[measure] == 4 and len(many.faces) > len(few.faces)


def test_every_letter_and_figure_is_another_shape():
    shapes = [built("letter", sign=code) for code in range(65, 91)]
    shapes += [built("digit", value=value) for value in range(10)]
    assert all(decimate.is_solid(made.vertices, made.faces) for made in shapes)
    outlines = {np.round(np.sort(made.vertices, axis=0), 3).tobytes() for made in shapes}
    assert len(outlines) == 36
