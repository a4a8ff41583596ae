"""What a prompt asks of an object's parts and of its age: done, or told; and never done to the whole instead."""

import numpy as np
import pytest

from pipelines.geometry import decimate
from pipelines.geometry.families import described, face_target, prompt
from pipelines.words.emojis import spelled
from pipelines.words.tokens import unread, words
from pipelines.words.wishes import read_wishes, with_without
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run


def made(text: str, **options) -> described.Described:
    return described.make(
        text, **{"seed": 1, "style": "realistic", "vertex_limit": None, **options}
    )


def part_box(scene: described.Described, word: str) -> np.ndarray:
    """Lower and upper corner of the faces of the part with a word, (2, 3)."""
    built = scene.built
    index = next(at for at, part in enumerate(built.parts) if word in part.name.split())
    corners = built.vertices[built.faces[built.part_of_face == index]]
    return np.array([corners.min((0, 1)), corners.max((0, 1))])


def share(scene: described.Described, word: str) -> np.ndarray:
    """The size of a part as shares of the whole's, (3,)."""
    return np.ptp(part_box(scene, word), axis=0) / np.ptp(scene.built.vertices, axis=0)


def codes(scene: described.Described) -> list[str]:
    return [notice.code for notice in scene.notices()]


# prompt | the same without the wish | part | axis | whether it grows
RESIZED = """
a dog with a big nose | a dog | nose | 1 | grows
a house with a tiny door | a house | door | 1 | shrinks
a robot with long arms | a robot | body | 0 | shrinks
an elephant with huge ears | an elephant | ears | 1 | grows
a big-eared elephant | an elephant | ears | 1 | grows
a house with a huge chimney | a house | chimney | 0 | grows
a car with huge wheels | a car | wheels | 1 | grows
a car with small wheels | a car | wheels | 1 | shrinks
a mushroom with a wide cap | a mushroom | stem | 0 | shrinks
a rabbit with long ears | a rabbit | ears | 1 | grows
"""
CASES = [[cell.strip() for cell in row.split("|")] for row in RESIZED.splitlines() if row]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_size_word_of_a_part_changes_the_part_and_not_the_whole(case):
    text, plain, part, axis, way = case
    scene, before = made(text), made(plain)
    now, then = share(scene, part)[int(axis)], share(before, part)[int(axis)]
    assert now > 1.05 * then if way == "grows" else now < 0.95 * then
    assert np.ptp(scene.built.vertices, axis=0).max() == pytest.approx(1.0, abs=1e-4)
    assert decimate.is_solid(scene.built.vertices, scene.built.faces) and not codes(scene)


@pytest.mark.parametrize(
    "text",
    [
        "a dog with a big smile",
        "a person with big hands",
        "a robot with huge wheels",
        "a house with a flat roof",
        "a spaceship with wide wings",
        "a six-legged robot",
        "a long-tailed frog",
    ],
)
def test_what_cannot_be_done_to_a_part_is_told_and_the_whole_stays(text):
    scene = made(text)
    assert "PARTS_UNCHANGED" in codes(scene)
    assert np.ptp(scene.built.vertices, axis=0).max() == pytest.approx(1.0, abs=1e-4)


# prompt | a word of the part that is gone
MISSING = """
a car without wheels | wheels
a house with no roof | roof
a wheelless bus | wheels
a snowman without a hat | hat
a cat with no ears or whiskers | ears
a chair without a back | back
an empty bookshelf | books
a bookshelf without books | tomes
"""


@pytest.mark.parametrize("case", [row for row in MISSING.splitlines() if row])
def test_a_part_that_shall_be_missing_is_left_out(case):
    text, _, part = (cell.strip() for cell in case.partition("|"))
    scene = made(text)
    assert not [row for row in scene.built.parts if part in row.name.split()]
    assert decimate.is_solid(scene.built.vertices, scene.built.faces) and not codes(scene)


@pytest.mark.parametrize("text", ["a headless person", "a dog with no tail", "a table with no top"])
def test_a_part_that_cannot_be_left_out_is_told(text):
    assert codes(made(text)) == ["PARTS_UNCHANGED"]


def test_one_missing_wheel_leaves_the_others():
    whole, three, none = (
        len(made(text).built.faces)
        for text in ("a truck", "a truck missing a wheel", "a truck without wheels")
    )
    assert none < three < whole


def test_wingless_and_without_wings_are_the_family_s_own_state():
    for text in ("a wingless dragon", "a dragon without wings", "a dragon with no wings"):
        assert prompt.read_prompt(text).measures["winged"] == 0 and not codes(made(text))


def test_what_is_missing_names_nothing_that_is_there():
    assert [t.family.name for t in prompt.read_things("a man without a dog").things] == ["person"]
    scene = prompt.read_things("a chair and two tables without legs")
    assert [(t.count, t.family.name) for t in scene.things] == [(1, "chair"), (2, "table")]
    assert not scene.things[0].wishes and scene.things[1].wishes[0].part == "leg"


def test_a_part_that_the_object_has_not_is_no_thing_beside_it():
    scene = prompt.read_things("a robot with wheels")
    assert [thing.family.name for thing in scene.things] == ["robot"]


def test_a_size_word_of_another_thing_is_that_thing_s():
    reading = prompt.read_things("a cat on a huge table").things
    assert [thing.heard.count("huge") for thing in reading] == [0, 1]
    assert np.ptp(made("a cat on a huge zorp").built.vertices, axis=0).max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("said", "wishes"),
    [
        ("dog with a big red nose", ["big nose"]),
        ("big nosed dog", ["big nose"]),
        ("big striped ball", []),
        ("a tall thin dog", []),
        ("a dog with no nose and big ears", ["without nose", "big ear"]),
        ("a dog without a nose or an ear", ["without nose", "without ear"]),
        ("a dog with three big ears", ["3 ears", "big ear"]),
        ("an earless dog", ["without ear"]),
        ("an endless dog", []),
    ],
)
def test_wishes_are_read(said, wishes):
    row = with_without(words(said))
    at = row.index("dog") if "dog" in row else row.index("ball")
    found = read_wishes(row, at, at + 1, frozenset(("nose", "ear")))
    assert [wish.said for wish in found] == wishes


def test_old_things_fade_and_lean_and_it_is_told(tmp_path):
    new, old = made("a house"), made("an old house")
    shapes = [np.ptp(scene.built.vertices, axis=0) for scene in (new, old)]
    assert abs(shapes[0] - shapes[1]).max() > 0.002
    surfaces = described.painted(old, "")
    assert surfaces.coats and "leaning" in surfaces.changes[0] and not surfaces.ignored
    plain = described.painted(new, "")
    assert surfaces.finishes[0] != plain.finishes[0] and not plain.changes
    info = run(
        "text_to_textured_mesh", {}, tmp_path, {"text_prompt": "an old house", "texture_size": 256}
    )
    assert info.info["changes"] == surfaces.changes


@pytest.mark.parametrize("text", ["a broken sword", "a broken vase", "a ruined castle"])
def test_broken_things_lack_a_piece(text):
    whole, broken = made(text.split()[-1]), made(text)
    assert "a piece broken off" in described.painted(broken, "").changes[0]
    assert decimate.is_solid(broken.built.vertices, broken.built.faces)
    assert broken.built.faces.shape != whole.built.faces.shape


def test_broken_animals_stay_whole_and_it_is_told():
    broken = made("a broken dog")
    assert np.array_equal(broken.built.faces, made("a dog").built.faces)
    assert described.painted(broken, "").ignored == ["broken"]


def test_what_covers_a_thing_is_laid_on_it():
    surfaces = described.painted(made("a house covered in snow"), "")
    assert [(coat.finish.material, coat.place) for coat in surfaces.coats] == [("snow", "top")]
    assert all(finish.material != "snow" for finish in surfaces.finishes)
    assert [
        coat.finish.material for coat in described.painted(made("a mossy house"), "").coats
    ] == ["moss"]


def test_who_breathes_fire_is_not_of_fire():
    surfaces = described.painted(made("a fire-breathing dragon"), "")
    assert surfaces.finishes[0].material == "scales" and "fire" in surfaces.ignored


def test_low_poly_is_no_height():
    assert "height" not in prompt.read_prompt("a low poly tree").measures


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("\N{CAT FACE}", "cat"),
        ("a red \N{AUTOMOBILE}", "car"),
        ("\N{HOUSE BUILDING} with a red door", "house"),
        ("a cat \N{HEAVY BLACK HEART}", "cat"),
        ("A RED CAR", "car"),
        ("'a \"red\" car'", "car"),
        ("red_car", "car"),
        ("the king's crown", "crown"),
        ("cat\x00 \x1b[1m", "cat"),
    ],
)
def test_odd_writing_finds_the_object(text, family):
    assert prompt.read_prompt(text).family.name == family


def test_words_of_other_scripts_are_told():
    car, red = "\u043c\u0430\u0448\u0438\u043d\u0430", "\u043a\u0440\u0430\u0441\u043d\u0430\u044f"
    assert unread(f"a {car} car") == [car] and unread("a café") == []
    assert described.painted(made(f"a {car} car"), "").ignored == [car]
    with pytest.raises(Exception, match="English"):
        made(f"{red} {car}")


def test_an_emoji_after_a_noun_only_adorns():
    assert words(spelled("cat \N{FIRE}", lambda word: word == "cat")) == ["cat"]
    assert words(spelled("\N{FIRE} cat", lambda word: word == "cat")) == ["fire", "cat"]


def test_a_pile_is_wider_than_high_and_a_stack_higher():
    pile, stack = (
        np.ptp(made(f"a {word} of rocks", style="lowpoly").built.vertices, axis=0)
        for word in ("pile", "stack")
    )
    assert pile[1] < max(pile[0], pile[2]) and stack[1] > 2 * max(stack[0], stack[2])


def test_few_faces_that_make_another_shape_are_told(tmp_path):
    for count, told in ((60, True), (3_000, False)):
        params = {"text_prompt": "a bicycle", "target_face_count": count}
        warned = [w.code for w in run("text_to_raw_mesh", {}, tmp_path, params).warnings]
        assert ("SHAPE_DEPARTS" in warned) is told


def test_departure_of_a_mesh_from_itself_is_none():
    built = made("a dog").built
    found = face_target.departure(built, built)
    assert found.distance < 5e-4 and found.volume < 1e-9 and not found.much


def test_files_are_valid(tmp_path):
    paths = []
    prompts = ("a dog with a big nose", "a car without wheels", "an old house", "a broken vase")
    for number, text in enumerate(prompts):
        folder = tmp_path / str(number)
        folder.mkdir()
        run("text_to_textured_mesh", {}, folder, {"text_prompt": text, "texture_size": 256})
        paths.append(folder / "output.glb")
    complaints = [report.complaints for report in validate_all(paths)]
    assert not any(complaints), complaints
