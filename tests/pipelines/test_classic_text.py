"""The built-in model for meshes from text: words find their object and reach its parts."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from pipelines.errors import InvalidValue
from pipelines.geometry.families import model, prompt, registry
from pipelines.geometry.materials.apply import look_of
from pipelines.geometry.materials.registry import material_words, materials
from pipelines.words import sizes
from pipelines.words.colours import COLOURS
from pipelines.words.finish import TWO_COLOURED, Finish
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run, textures

RAW, TEXTURED = "text_to_raw_mesh", "text_to_textured_mesh"
FAMILIES = sorted(registry.families())
PROMPTS = """
car: a red sports car with black wheels | car: yellow taxi | truck: camouflage lorry | bus: an old school bus
train: black steam locomotive | bicycle: green mountain bike | boat: a wooden sailing boat | galleon: pirate ship
airplane: a yellow airplane | airplane: fighter jet | helicopter: a rescue chopper | rocket: white space rocket
house: a cozy stone cottage | lighthouse: red and white lighthouse | castle: medieval castle on a hill
skyscraper: glass office tower | windmill: an old windmill | bridge: stone bridge over a river | tent: camping tent
chair: two wooden chairs | stool: bar stool | table: a long dining table | bed: bed with blue blanket
sofa: a blue couch
lamp: desk lamp | bookshelf: bookcase full of books | cabinet: oak wardrobe | clock: wall clock
cup: a blue coffee mug | bottle: bottle of wine | vase: a vase with gold rim | bowl: bowl of soup | kettle: kettle
goblet: a golden chalice | barrel: oak barrel | crate: wooden box | chest: treasure chest full of gold | bucket: bucket
tree: a green oak tree | pine: christmas tree | palm: coconut palm | cactus: cacti in the desert | flower: white daisy
mushroom: red toadstool | knight: a knight in shining armour | dog: golden puppy | tiger: a tiger | horse: zebra
elephant: gray elephant | rabbit: white bunny | parrot: a parrot with green wings | fish: goldfish | snake: a cobra
bear: teddy bear | robot: rusty robot | snowman: a snowman with a blue scarf | knife: knife | guitar: acoustic guitar
mallet: thor hammer | key: golden key | ring: a wedding ring with a ruby | crown: queen crown | book: red leather book
burger: cheeseburger | ice cream: ice cream cone | cake: birthday cake with candles | star: golden star | dice: dice
horse: marble statue of a horse | lion: statue of a lion in gold | sphere: BALL!!! | heart: Heart-shaped
"""
CASES = [case.split(": ", 1) for case in PROMPTS.replace("\n", " | ").split(" | ") if case.strip()]


def make(folder: Path, text: str, feature: str = RAW, options=None, **params):
    small = {"texture_size": 256} if feature == TEXTURED else {}
    return run(feature, {}, folder, {"text_prompt": text, **small, **params}, options)


def looks(text: str, texture_prompt: str = ""):
    """The finish of each part of a prompt's object, by the first word of its name."""
    reading = prompt.read_prompt(text)
    parts = model.build(reading.family, {}, seed=0, lowpoly=True).parts
    asked = prompt.looks_for(reading, parts, texture_prompt)
    rows = prompt.finishes(reading, parts, asked)
    return {part.name.split()[0]: row for part, row in zip(parts, rows, strict=True)}


@pytest.mark.parametrize(("name", "text"), CASES, ids=[text for _, text in CASES])
def test_prompt_finds_its_family(name, text):
    assert prompt.read_prompt(text).family.name == name


def test_there_are_many_prompts_and_families():
    assert len(CASES) >= 60 and len(FAMILIES) >= 80


def test_how_the_word_was_found_is_said(tmp_path):
    info = make(tmp_path, "a cottage").info
    assert (info["family"], info["matched_word"], info["match"]) == ("house", "cottage", "synonym")
    assert make(tmp_path, "a house").info["match"] == "exact"
    outcome = make(tmp_path, "a wooden chiar")
    assert (outcome.info["family"], outcome.info["match"]) == ("chair", "nearest")
    (notice,) = outcome.warnings
    assert (
        notice.code == "NEAREST_MATCH" and "chiar" in notice.message and "chair" in notice.message
    )


@pytest.mark.parametrize(
    "text", ["quantum entanglement", "!!!", "red", "\N{CJK UNIFIED IDEOGRAPH-8ECA}"]
)
def test_prompt_that_names_nothing_known_is_refused_with_what_is(tmp_path, text):
    with pytest.raises(InvalidValue, match=r"text_prompt is .* known are car, house") as error:
        make(tmp_path, text)
    assert not list(tmp_path.iterdir()) and "families" not in error.value.message


def test_near_words_are_offered():
    with pytest.raises(InvalidValue, match=r"near is .*helicopter"):
        prompt.read_prompt("heliptrco")


def test_colours_go_to_the_parts_that_the_prompt_says():
    car = looks("a red sports car with blue wheels")
    assert car["body"].colour == pytest.approx((0.784, 0.125, 0.11), abs=0.01)
    assert car["wheels"].colour[2] > 0.6 > car["wheels"].colour[0]
    rocket = looks("green and yellow rocket")
    assert rocket["body"].colour != rocket["fins"].colour and rocket["fins"].colour[0] > 0.9
    assert (
        looks("golden chair")["frame"].material == looks("golden chair")["seat"].material == "gold"
    )
    chair = looks("wooden chair with a blue cushion")
    assert chair["frame"].material == "wood" and chair["seat"].material == "fabric"
    assert chair["seat"].colour == COLOURS["blue"]
    assert looks("wooden chair with a leather cushion")["seat"].material == "leather"
    assert looks("castle made of ice")["walls"].material == "ice"
    assert looks("castle with golden roofs")["roofs"].material == "gold"
    assert looks("castle with golden roofs")["walls"].material == "stone"
    assert {row.material for row in looks("marble statue of a dog").values()} == {"marble"}
    assert looks("zebra")["body"].material == "zebra_print"


# prompt | the main part's look (a colour's or material's word) | words that had no effect
OTHER_OBJECTS = """
a black cat on a white sofa | black |
a blue vase with red flowers | blue |
a green tree next to a red house | green |
a red car in front of a blue building | red |
a golden crown on a velvet gizmo | gold | velvet gizmo
a black cat with a red gizmo on a white sofa | black | red gizmo
two green cups on a wooden table | green |
a red and blue ball | red | blue
a red, green and blue ball | red | green blue
black cat and white dog | black |
a red gizmo on a white table | white | red gizmo
a white cup inside a brown box | white |
a red car at a yellow station | red | yellow station
a green cup beside a shiny gold teapot | green |
a red car painted blue | red | blue
a treasure chest with red ribbons, shiny | oak | red ribbons
a wooden metal chair | metal | wooden
a red car with black wheels | red |
a blue cup with a matte finish | blue |
a castle made of ice | ice |
a table made of marble slabs | marble | slabs
a red ball with white stripes | red |
a statue of a lion in gold | gold |
green and yellow rocket | green |
"""


def ignored(outcome) -> list[str]:
    return outcome.info["ignored_words"]


@pytest.mark.parametrize(
    "case",
    [case for case in OTHER_OBJECTS.splitlines() if case],
    ids=lambda case: case.split(" |")[0],
)
def test_looks_of_another_object_are_not_given_to_this_one_and_the_client_is_told(tmp_path, case):
    text, look, words = (cell.strip() for cell in case.split("|"))
    main = next(iter(looks(text).values()))
    if look in COLOURS:
        assert main.colour == COLOURS[look]
    else:
        assert main.material == material_words()[look]
    outcome = make(tmp_path, text, TEXTURED, {"texture_bake_mode": "fast"})
    assert ignored(outcome) == words.split()
    told = [notice.message for notice in outcome.warnings if notice.code == "WORDS_IGNORED"]
    assert len(told) == bool(words)
    others = {notice.code for notice in outcome.warnings} - {"WORDS_IGNORED"}
    assert others == ({"NEAREST_MATCH"} if outcome.info["match"] == "nearest" else set())
    assert all(word in told[0] for word in words.split())


def test_parts_are_reached_after_words_on_a_place_and_through_them():
    assert looks("castle on a green hill with golden roofs")["roofs"].material == "gold"
    assert looks("a house with moss on the roof")["roof"].material == "moss"
    assert looks("a red car on a road with blue wheels")["wheels"].colour == COLOURS["blue"]
    assert looks("a vase with gold rim on a red table")["band"].material == "gold"
    cat = looks("cat", "black cat on a white sofa")
    assert cat["body"].colour == COLOURS["black"]


def test_only_the_materials_that_are_said_to_show_a_second_colour_show_it():
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (1500, 3)).astype(np.float32)
    normals = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    shown = set()
    for name in materials():
        plain, second = (
            look_of(Finish(name, (0.8, 0.1, 0.1), accent=accent), points, normals, "realistic").rgb
            for accent in (None, (0.0, 0.1, 0.9))
        )
        shown |= set() if np.array_equal(plain, second) else {name}
    assert shown == TWO_COLOURED


def test_texture_prompt_goes_before_the_prompt():
    car = looks("a red car", "shiny gold with green wheels")
    assert car["body"].material == "gold" and car["body"].roughness == 0.15
    assert car["wheels"].colour[1] > car["wheels"].colour[0]


def test_colours_land_in_the_texture(tmp_path):
    outcome = make(tmp_path, "a red cube", TEXTURED)
    colour, gloss = (np.asarray(image, int) for image in textures(tmp_path / "output.glb")[:2])
    assert (np.abs(colour - (200, 32, 28)).max(-1) < 40).mean() > 0.9
    assert gloss[..., 2].max() < 30, "plastic is no metal"
    make(tmp_path, "golden cube", TEXTURED)
    gloss = np.asarray(textures(tmp_path / "output.glb")[1], int)
    assert np.median(gloss[..., 2]) > 240 and outcome.info["materials"] == {"body": "plastic"}


def test_black_wheels_of_a_red_car_are_both_in_the_texture(tmp_path):
    make(tmp_path, "a red car with blue wheels", TEXTURED, {"texture_bake_mode": "fast"})
    (colour,) = (np.asarray(image, int) for image in textures(tmp_path / "output.glb"))
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    assert ((red > 150) & (green < 80) & (blue < 80)).mean() > 0.2
    assert ((blue > 150) & (red < 80)).mean() > 0.02


@pytest.mark.parametrize("style", ["cartoon", "lowpoly", "artistic"])
def test_styles_change_the_texture(tmp_path, style):
    images = []
    for chosen in ("realistic", style):
        make(tmp_path, "a wooden barrel", TEXTURED, style=chosen)
        images.append(np.asarray(textures(tmp_path / "output.glb")[0], float))
    assert np.abs(images[0] - images[1]).mean() > 2


def test_lowpoly_has_few_faces(tmp_path):
    many, few = (
        make(tmp_path, "a dog", style=s).info["face_count"] for s in ("realistic", "lowpoly")
    )
    assert few < 1_500 < many


def test_same_seed_same_bytes_and_another_seed_another_shape(tmp_path):
    def written(seed: int) -> bytes:
        make(tmp_path, "a tall vase", seed=seed)
        return (tmp_path / "output.glb").read_bytes()

    assert written(5) == written(5) != written(6)


def test_size_words_reach_measures_and_the_whole():
    def size(text: str) -> np.ndarray:
        reading = prompt.read_prompt(text)
        made = model.build(
            reading.family,
            sizes.measures(reading.row),
            seed=0,
            longest_m=sizes.longest_side_m(reading.row),
        )
        return np.ptp(made.vertices, axis=0)

    plain = size("a table")
    assert size("a tall table")[1] / size("a tall table")[0] > 1.2 * plain[1] / plain[0]
    assert size("a tiny table").max() == pytest.approx(0.25, abs=1e-5)
    assert size("a huge table").max() == pytest.approx(2.5, abs=1e-5)
    sphere = size("a flat ball")
    assert sphere[1] < 0.7 * sphere[0], "a measure that a family does not have scales the whole"


@pytest.mark.parametrize(("text", "limit"), [("castle", 900), ("a dog", 400), ("a car", 300)])
def test_vertex_limit_is_kept_by_a_closed_mesh(tmp_path, text, limit):
    info = make(tmp_path, text, vertex_limit=limit).info
    assert info["vertex_count"] <= limit and info["watertight"]


def test_vertex_limit_too_low_for_the_object_is_refused_with_what_it_needs(tmp_path):
    with pytest.raises(InvalidValue, match=r"vertex_limit is 100; this castle needs at least \d+"):
        make(tmp_path, "castle", vertex_limit=100)


def test_texture_prompt_that_says_nothing_is_told(tmp_path):
    (notice,) = make(tmp_path, "cube", TEXTURED, texture_prompt="very detailed").warnings
    assert notice.code == "FIELD_WITHOUT_EFFECT" and "very detailed" in notice.message


def test_raw_mesh_is_closed_as_it_is_read(tmp_path):
    for text in ("a house", "a bear"):
        outcome = make(tmp_path, text)
        mesh = trimesh.load(tmp_path / "output.glb", force="mesh")
        assert mesh.is_watertight and outcome.info["watertight"]
        assert len(mesh.faces) == outcome.info["face_count"]


def test_files_are_valid(tmp_path):
    paths = []
    for number, (text, feature, params) in enumerate(
        [
            ("a house", RAW, {}),
            ("a cat", RAW, {}),
            ("a lamp", RAW, {"style": "lowpoly"}),
            ("a sailing boat", TEXTURED, {}),
            ("a tree", TEXTURED, {"style": "cartoon"}),
            ("a bicycle", TEXTURED, {"style": "lowpoly"}),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder, text, feature, **params)
        paths.append(folder / "output.glb")
    complaints = [report.complaints for report in validate_all(paths)]
    assert not any(complaints), complaints


def test_many_words_are_known():
    assert len(registry.nouns()) >= 300
