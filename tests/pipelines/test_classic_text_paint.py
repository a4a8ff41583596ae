"""The built-in model for painting by text: the client's geometry stays, the words decide the surface."""

import numpy as np
import pytest
import trimesh

from pipelines.errors import InvalidValue
from pipelines.geometry import mesh_io
from pipelines.geometry.materials.apply import look_of
from pipelines.geometry.materials.registry import material_words, materials
from pipelines.words.finish import Finish, read_finish
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import cube, result, run, textures

FEATURE = "text_mesh_painting"


def paint(folder, mesh, text, options=None, **params):
    return run(
        FEATURE,
        {"mesh": mesh},
        folder,
        {"text_prompt": text, "texture_size": 256, **params},
        options,
    )


def maps(folder):
    return [np.asarray(image, float) for image in textures(folder / "output.glb")]


@pytest.fixture
def ball(tmp_path):
    path = tmp_path / "ball.ply"
    path.write_bytes(
        trimesh.creation.icosphere(3, 2.0).apply_translation((5, 6, 7)).export(file_type="ply")
    )
    return path


def test_the_geometry_stays_as_it_is(tmp_path, ball):
    outcome = paint(tmp_path, ball, "brick")
    before, after = mesh_io.read(ball), result(tmp_path)
    assert np.allclose(after.vertices[after.faces], before.vertices[before.faces], atol=1e-5)
    assert outcome.info["face_count"] == len(before.faces) and outcome.info["watertight"]
    assert outcome.info["uv"] == "new atlas"


def test_uvs_of_the_file_are_kept(tmp_path):
    path = tmp_path / "sheet.obj"
    path.write_text(
        "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0.1 0.1\nvt 0.9 0.1\nvt 0.9 0.9\nvt 0.1 0.9\n"
        "f 1/1 2/2 3/3\nf 1/1 3/3 4/4\n"
    )
    outcome = paint(tmp_path, path, "wood")
    assert outcome.info["uv"] == "of the file"
    assert set(np.unique(result(tmp_path).uv.round(4))) == {np.float32(0.1), np.float32(0.9)}


def test_files_are_valid(tmp_path, ball):
    paint(tmp_path, ball, "rusty metal")
    assert not validate(tmp_path / "output.glb").complaints


@pytest.mark.parametrize("name", sorted(materials()))
def test_material_answers_with_colours_in_range_and_with_the_colour_asked_for(name):
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (1500, 3)).astype(np.float32)
    normals = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    plain = look_of(Finish(name), points, normals, "realistic")
    assert plain.rgb.shape == (1500, 3) and np.isfinite(plain.rgb).all()
    assert plain.rgb.min() >= 0 and plain.rgb.max() <= 1 and plain.rgb.mean() > 0.02
    for channel in (plain.roughness, plain.metalness):
        assert np.all(np.asarray(channel) >= -0.2) and np.all(np.asarray(channel) <= 1.2)
    again = look_of(Finish(name), points, normals, "realistic")
    assert np.array_equal(plain.rgb, again.rgb)
    if name not in ("rainbow",):
        green = look_of(Finish(name, (0.05, 0.6, 0.1)), points, normals, "realistic").rgb
        assert not np.allclose(green, plain.rgb)


def test_there_are_many_materials_and_each_word_has_one():
    assert len(materials()) >= 60 and len(material_words()) >= 250


@pytest.mark.parametrize(
    ("text", "material", "colour"),
    [
        ("rusty metal texture", "rust", None),
        ("shiny red plastic", "plastic", "red"),
        ("polished oak wood", "wood", None),
        ("blue", None, "blue"),
        ("stone wall with moss", "moss", None),
        ("golden", "gold", None),
        ("Leopard-print!", "leopard_print", None),
        ("green and white stripes", "stripes", "green"),
    ],
)
def test_words_find_material_and_colour(text, material, colour):
    finish, _ = read_finish(text, material_words())
    assert finish.material == material
    assert (finish.colour is None) == (colour is None)
    if colour:
        assert int(np.argmax(finish.colour)) == ("red", "green", "blue").index(colour)


def test_colour_and_metal_land_in_the_maps(tmp_path, ball):
    outcome = paint(tmp_path, ball, "shiny red plastic")
    colour, gloss = maps(tmp_path)
    assert np.abs(colour.reshape(-1, 3).mean(0) - (200, 32, 28)).max() < 15
    assert np.median(gloss[..., 2]) < 5 and np.median(gloss[..., 1]) == pytest.approx(38, abs=3)
    assert outcome.info["material"] == "plastic" and outcome.info["colour"] == "#c8201c"
    paint(tmp_path, ball, "gold")
    assert np.median(maps(tmp_path)[1][..., 2]) > 240


def test_second_colour_is_in_the_pattern(tmp_path):
    paint(
        tmp_path,
        cube(tmp_path / "cube.glb"),
        "green and white stripes",
        {"texture_bake_mode": "fast"},
    )
    (colour,) = maps(tmp_path)
    white = (colour.min(-1) > 200).mean()
    green = (colour[..., 1] - colour[..., 0] > 60).mean()
    assert 0.3 < white < 0.7 and 0.3 < green < 0.7


def test_seed_and_scale_change_the_pattern_and_the_same_seed_repeats_it(tmp_path, ball):
    def image(options=None, **params):
        paint(tmp_path, ball, "marble", options, **params)
        return maps(tmp_path)[0]

    first = image(seed=4)
    assert np.array_equal(first, image(seed=4))
    assert np.abs(first - image(seed=5)).mean() > 1
    assert np.abs(first - image({"pattern_scale": 3.0}, seed=4)).mean() > 1


@pytest.mark.parametrize("style", ["cartoon", "artistic"])
def test_style_has_an_effect(tmp_path, ball, style):
    paint(tmp_path, ball, "oak wood")
    plain = maps(tmp_path)[0]
    paint(tmp_path, ball, "oak wood", style=style)
    assert np.abs(plain - maps(tmp_path)[0]).mean() > 2


@pytest.mark.parametrize("text", ["something unknowable", "?!", "a car"])
def test_prompt_without_material_or_colour_is_refused(tmp_path, ball, text):
    with pytest.raises(InvalidValue, match=r"text_prompt is .* materials are gold"):
        paint(tmp_path, ball, text)


def test_near_word_is_offered(tmp_path, ball):
    with pytest.raises(InvalidValue, match=r"near is .*marble"):
        paint(tmp_path, ball, "marbel")


def test_words_that_did_nothing_are_told(tmp_path, ball):
    outcome = paint(tmp_path, ball, "stone gate with moss")
    assert outcome.info["ignored_words"] == ["gate"] and outcome.info["material"] == "rock"
    (notice,) = outcome.warnings
    assert notice.code == "WORDS_IGNORED" and "gate" in notice.message
    assert paint(tmp_path, ball, "red and blue plastic").info["ignored_words"] == ["blue"]
    assert paint(tmp_path, ball, "red and blue stripes").warnings == ()
