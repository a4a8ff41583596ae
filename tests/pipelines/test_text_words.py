"""The words of prompts: counts and measures, spelling, and what is told of idle words."""

import time

import numpy as np
import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry.families import model, prompt, registry
from pipelines.words.spelling import meant
from pipelines.words.tokens import known_phrase, singulars, words
from tests.pipelines.classic_pictures import run

FAMILIES = registry.families()


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("wolves", "wolf"), ("knives", "knife"), ("shoes", "shoe"), ("potatoes", "potato"), ("cookies", "cookie"),
        ("puppies", "puppy"), ("buses", "bus"), ("horses", "horse"), ("boxes", "box"), ("axes", "axe"),
        ("policemen", "policeman"), ("mice", "mouse"), ("glasses", "glass"), ("churches", "church"),
    ],
)  # fmt: skip
def test_plurals_find_their_singular(plural, one):
    assert one in singulars(plural)
    assert known_phrase([plural], 0, {one}) == (one, 1)


def test_two_words_find_the_one_they_make():
    assert known_phrase(["fire", "place"], 0, {"fireplace"}) == ("fireplace", 2)
    assert words("The wizard\N{RIGHT SINGLE QUOTATION MARK}s Café-Table") == [
        "the",
        "wizard",
        "cafe",
        "table",
    ]


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("chiar", "chair"), ("bycicle", "bicycle"), ("elefant", "elephant"), ("gitar", "guitar"), ("hause", "house"),
        ("balloom", "balloon"), ("baloon", "balloon"), ("helikopter", "helicopter"), ("chairr", "chair"),
    ],
)  # fmt: skip
def test_misspelt_words_are_understood(word, known):
    words = [
        "cigar",
        "chair",
        "bicycle",
        "elephant",
        "guitar",
        "corn",
        "house",
        "balloon",
        "helicopter",
    ]
    assert meant(word, words) == known


def test_words_that_are_only_alike_are_not_mistaken():
    assert meant("coin", ["corn"]) is None and meant("mountain", ["fountain"]) is None
    for word, other in (
        ("stork", "stock"),
        ("blender", "binder"),
        ("priest", "printer"),
        ("horse", "house"),
    ):
        assert meant(word, [other]) is None and meant(other, [word]) is None


# prompt | measures that its words ask for
MEASURES = """
a tall table | height=1.45
a long thin table | length=1.45 width=0.75 thickness=0.6 radius=0.7
a pagoda with seven storeys | storeys=7
a three-storey pagoda | storeys=3
a six-pointed star | points=6
an eight-armed octopus | arms=8
a 3-headed dragon | heads=3
an open gate | open=1
a closed gate | open=0
a winged horse | winged=1
a cat with a long tail | tail=1.45
a long-necked giraffe | neck=1.45
a cake with three candles | candles=3
a red car |
a girl with long hair |
"""


@pytest.mark.parametrize("case", [row for row in MEASURES.splitlines() if row])
def test_words_reach_named_measures(case):
    text, _, asked = case.partition("|")
    wanted = {name: float(value) for name, value in (cell.split("=") for cell in asked.split())}
    reading = prompt.read_prompt(text)
    assert reading.measures == wanted
    assert reading.count == 1


def test_measures_that_are_asked_for_change_the_shape():
    def built(text: str) -> model.Built:
        reading = prompt.read_prompt(text)
        return model.build(reading.family, reading.measures, seed=0, lowpoly=True)

    assert built("a seven-storey pagoda").measures["storeys"] == 7
    for plain, asked in (("star", "six-pointed star"), ("gate", "open gate")):
        assert len(built(plain).vertices) != len(built(asked).vertices) or not np.allclose(
            built(plain).vertices, built(asked).vertices
        )


COUNTED = [
    (row.name, name)
    for row in FAMILIES.values()
    for name, standard in row.measures.items()
    if isinstance(standard, int)
]


@pytest.mark.parametrize(("name", "measure"), COUNTED)
def test_counts_and_states_give_closed_bodies(name, measure):
    row = FAMILIES[name]
    standard = row.measures[measure]
    other = not standard if isinstance(standard, bool) else standard + 1
    made = model.build(row, {measure: other}, seed=1, lowpoly=True)
    assert made.measures[measure] == other and len(made.faces) > 3


def test_a_noun_brings_its_measures():
    short = prompt.read_prompt("a dachshund")
    assert short.measures["length"] > 1.2 and short.family.name == "dog"
    assert prompt.read_prompt("a long dachshund").measures["length"] > short.measures["length"]


@pytest.mark.parametrize(
    "text",
    [
        "un gato negro sobre la mesa", "ein rotes Haus", "красный автомобиль", "一輛紅色的車", "سيارة حمراء",
        "\N{DRAGON FACE}" * 50, "car \x00\x07\x1b[31m \u202e red", "\t\n", "?" * 2000, "a " * 1000, "0", "'", "-" * 99,
        "car " * 500, "red and blue and " * 100, "with on in at", "five", "row of", "a pair of",
    ],
)  # fmt: skip
def test_no_prompt_is_more_than_a_match_or_a_clear_refusal(text):
    start = time.process_time()
    try:
        reading = prompt.read_things(text)
    except InvalidValue as error:
        assert "names no object that this model knows" in error.message
    else:
        assert all(thing.family.name in FAMILIES for thing in reading.things)
    assert time.process_time() - start < 3, "a prompt is read in seconds at the most"


def test_texture_prompt_tells_the_words_that_it_did_not_use(tmp_path):
    outcome = run(
        "text_to_textured_mesh",
        {},
        tmp_path,
        {"text_prompt": "a cube", "texture_prompt": "red wood with gizmos", "texture_size": 256},
    )
    assert outcome.info["texture_ignored_words"] == ["gizmos"]
    (notice,) = outcome.warnings
    assert notice.code == "WORDS_IGNORED" and "texture_prompt" in notice.message
    assert "gizmos" in notice.message
