"""The words of prompts: the table of nouns, counts and measures, spelling, and what is told of idle words."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import prompts as benchmark
from pipelines.errors import InvalidValue
from pipelines.geometry.families import model, prompt, registry
from pipelines.geometry.materials.registry import material_words
from pipelines.words import likeness, nouns, relations, sizes
from pipelines.words.looks_of_parts import default_finish
from pipelines.words.spelling import distance, meant
from pipelines.words.tokens import known_phrase, singulars, words
from pipelines.words.wordpiece import numbers
from tests.pipelines.classic_pictures import run

FAMILIES = registry.families()
TABLE = nouns.noun_table()


def test_table_is_broad():
    assert len(TABLE) >= 1_500 and len(registry.nouns()) >= 3_000
    assert len(FAMILIES) >= 120


def test_every_row_names_a_family_that_exists():
    assert not sorted({row.family for row in TABLE.values()} - set(FAMILIES))


def test_every_word_leads_to_the_family_of_its_row():
    wrong = {
        word: (row.family, registry.nouns().get(word))
        for word, row in TABLE.items()
        if registry.nouns().get(word) != row.family
    }
    assert not wrong


def test_no_word_is_claimed_by_two_families():
    assert not registry.contested()


def test_every_look_and_measure_of_the_table_is_one_that_its_family_has():
    for word, row in TABLE.items():
        if row.look:
            assert default_finish(row.look, material_words()), word
        common = {"height", "width", "length", "depth"}
        assert set(row.measures) <= set(FAMILIES[row.family].measures) | common, word


def test_sets_of_families_name_families():
    sets = (
        relations.CONTAINERS,
        relations.SUPPORTS,
        relations.BEINGS,
        relations.ANIMALS,
        relations.WORN,
        relations.SEATS,
        relations.ON_FLOOR,
        relations.GROUNDS,
    )
    assert not sorted(frozenset().union(*sets) - set(FAMILIES))


@pytest.mark.parametrize("line", ["no colon here", "dog:", "dog: white fur:   "])
def test_a_line_that_is_no_row_is_refused(tmp_path, monkeypatch, line):
    path = tmp_path / "nouns.txt"
    path.write_text(f"# a comment\n\n{line}\n")
    monkeypatch.setattr(nouns, "TABLE", path)
    with pytest.raises(ValueError, match=r"line 3 of nouns\.txt is no row"):
        nouns.noun_table.__wrapped__()


def test_a_word_that_stands_twice_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "nouns.txt"
    path.write_text("dog: hound\ncat: hound\n")
    monkeypatch.setattr(nouns, "TABLE", path)
    with pytest.raises(ValueError, match="hound stands there twice"):
        nouns.noun_table.__wrapped__()


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
    [("chiar", "chair"), ("bycicle", "bicycle"), ("elefant", "elephant"), ("gitar", "guitar")],
)
def test_misspelt_words_are_understood(word, known):
    assert meant(word, ["cigar", "chair", "bicycle", "elephant", "guitar", "corn"]) == known


def test_words_that_are_only_alike_are_not_mistaken():
    assert meant("coin", ["corn"]) is None and meant("mountain", ["fountain"]) is None
    assert distance("chiar", "chair") == 1 and distance("cat", "dog") == 3


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
    assert sizes.measures(reading.row, reading.family.measures) == wanted
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
        {"text_prompt": "a cube", "texture_prompt": "red wood with sparkles", "texture_size": 256},
    )
    assert outcome.info["texture_ignored_words"] == ["sparkles"]
    (notice,) = outcome.warnings
    assert notice.code == "WORDS_IGNORED" and "texture_prompt" in notice.message
    assert "sparkles" in notice.message


def test_benchmark_list_is_right():
    listed = benchmark.cases(benchmark.LIST)
    assert len(listed) >= 200
    right = [benchmark.found(case.prompt)[0] in case.families for case in listed]
    assert sum(right) / len(right) >= 0.95


def test_a_text_is_cut_into_the_longest_pieces():
    pieces = {"[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "wind": 4, "##mill": 5, "##m": 6, "old": 7}
    assert numbers("Old windmill xyz", pieces) == [1, 7, 4, 5, 3, 2]


def test_without_an_embedding_nothing_is_likest(monkeypatch):
    monkeypatch.setattr(likeness, "find_spec", lambda name: None)
    assert likeness.likest("something to sit on", ["chair"]) is None


def test_with_an_embedding_the_likest_noun_is_told_as_the_nearest(tmp_path, monkeypatch):
    """A stand-in of the embedding, whose vectors say which of its two pieces a text has."""
    install_embedding(tmp_path, monkeypatch)
    assert likeness.likest("seating", ["car", "chair"]) == "chair"
    assert likeness.likest("wizardry", ["car", "chair"]) is None
    monkeypatch.setattr(prompt, "likest", lambda text, known: "chair")
    reading = prompt.read_prompt("zzqx")
    assert (reading.family.name, reading.match.kind) == ("chair", "nearest")


def _found(find_spec):
    """As find_spec, with onnxruntime there."""
    return lambda name: object() if name == "onnxruntime" else find_spec(name)


def install_embedding(folder, monkeypatch) -> None:
    for package, name in (likeness.WEIGHTS, likeness.VOCABULARY):
        path = folder / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / package / "__init__.py").write_text("raise RuntimeError('is not imported')\n")
        path.write_text("[CLS]\n[SEP]\n[UNK]\nseating\nchair\ncar\n")
    monkeypatch.syspath_prepend(str(folder))

    class Session:
        def __init__(self, *_args, **_options):
            pass

        def run(self, _names, given):
            ids = given["input_ids"]
            sits, drives, unknown = (np.isin(ids, codes) for codes in ([3, 4], [5], [2]))
            return [np.stack([sits, drives, unknown], axis=-1).astype(np.float32)]

    stand_in = SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=Session)
    monkeypatch.setattr(likeness, "find_spec", _found(likeness.find_spec))
    monkeypatch.setattr(likeness, "import_module", lambda name: stand_in)
    likeness._session.cache_clear()
    likeness._vectors.cache_clear()
