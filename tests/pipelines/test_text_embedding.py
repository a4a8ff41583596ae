"""The optional sentence embedding: a prompt with no known noun goes to the family nearest in meaning, and is told."""

import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry.families import described, prompt
from pipelines.words import likeness
from pipelines.words.wordpiece import numbers
from tests.pipelines.classic_pictures import run
from tests.pipelines.onnx_bytes import lookup_network

# Piece -> its vector. A prompt's own words count, and those of the families: "seating" is half way to "chair".
PIECES = {
    "[CLS]": (0, 0, 0, 0),
    "[SEP]": (0, 0, 0, 0),
    "[UNK]": (0, 0, 0, 1),
    "chair": (1, 0, 0, 0),
    "seat": (1, 0, 1, 0),
    "##ing": (0.2, 0, 0.2, 0),
    "whatsit": (0, 0, 1, 0),
    "car": (0, 1, 0, 0),
}


@pytest.fixture
def embedding(tmp_path, monkeypatch):
    """Packages as the real ones are laid out, with a small network of the same inputs and outputs."""
    contents = {
        likeness.WEIGHTS: lookup_network(list(PIECES.values())),
        likeness.VOCABULARY: "".join(f"{piece}\n" for piece in PIECES).encode(),
    }
    for (package, name), content in contents.items():
        path = tmp_path / package / name
        path.parent.mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('is not imported')\n")
        path.write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path))
    likeness._session.cache_clear()
    likeness._vectors.cache_clear()


def test_a_text_is_cut_into_the_longest_pieces():
    pieces = {"[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "wind": 4, "##mill": 5, "##m": 6, "old": 7}
    assert numbers("Old windmill xyz", pieces) == [1, 7, 4, 5, 3, 2]


def test_without_an_embedding_nothing_is_likest(monkeypatch):
    monkeypatch.setattr(likeness, "find_spec", lambda name: None)
    assert likeness.likest("something to sit on", ["chair"]) is None


@pytest.mark.usefixtures("embedding")
def test_the_likest_noun_comes_with_the_cosine():
    # The mean of "[CLS] seat ##ing [SEP]" leans by 45 degrees to that of "[CLS] chair [SEP]".
    assert likeness.likest("seating", ["car", "chair"]) == ("chair", pytest.approx(0.5**0.5))
    assert likeness.likest("chair", ["car", "chair"]) == ("chair", pytest.approx(1.0))
    assert likeness.likest("whatsit", ["car", "chair"]) is None, "it is like neither"
    assert likeness.likest("", ["car", "chair"]) is None


@pytest.mark.usefixtures("embedding")
def test_more_nouns_than_a_batch_are_compared():
    nouns = ["car"] * likeness.BATCH + ["chair"]
    assert likeness.likest("seating", nouns) == ("chair", pytest.approx(0.5**0.5))


@pytest.mark.usefixtures("embedding")
def test_a_guess_by_meaning_is_told_with_its_likeness(tmp_path, monkeypatch):
    monkeypatch.setattr(
        prompt, "families", lambda: {name: FAMILIES[name] for name in ("car", "chair")}
    )
    outcome = run("text_to_raw_mesh", {}, tmp_path, {"text_prompt": "seating"})
    info = outcome.info
    assert (info["family"], info["match"], info["likeness"]) == ("chair", "nearest", 0.707)
    assert info["objects"][0]["likeness"] == 0.707
    (notice,) = outcome.warnings
    assert notice.code == "NEAREST_MATCH"
    assert "'seating' was taken as chair (likeness 0.71 of 1)" in notice.message


FAMILIES = prompt.families()


@pytest.mark.usefixtures("embedding")
def test_a_known_noun_is_never_left_to_the_embedding():
    reading = prompt.read_prompt("a car to seat whatsits")
    assert (reading.match.kind, reading.match.likeness) == ("exact", None)
    assert (
        "likeness"
        not in described.make("a car", seed=0, style="lowpoly", vertex_limit=None).names()
    )


@pytest.mark.usefixtures("embedding")
def test_what_is_like_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(
        prompt, "families", lambda: {name: FAMILIES[name] for name in ("car", "chair")}
    )
    with pytest.raises(InvalidValue, match="names no object that this model knows"):
        prompt.read_prompt("whatsit")
