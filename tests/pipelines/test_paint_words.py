"""What painting understands: weather, patterns of a stuff, parts by name, and the look that a mesh has already."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from benchmarks import painting_words as benchmark
from pipelines.errors import InvalidValue
from pipelines.geometry import glb
from pipelines.geometry.materials import coats, places, tiles
from pipelines.geometry.materials.apply import look_of
from pipelines.geometry.materials.registry import materials, painting_words, words_beside
from pipelines.words import kinds
from pipelines.words.coats import Coat, read_dress
from pipelines.words.coats import places as places_known
from pipelines.words.finish import BUILT, PRINTS, Finish
from pipelines.words.kinds import KINDS
from pipelines.words.weather import WEATHER
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import document, run, textures
from tests.pipelines.test_paint_places import colours_at, fields_of, paint

LISTS = Path(benchmark.__file__).parent


def read(text, parts=()):
    return read_dress(text, words_beside(parts), parts)


@pytest.mark.parametrize(
    ("text", "base", "coats"),
    [
        ("mossy stone", "rock", [("moss", "growth")]),
        ("snowy rock", "rock", [("snow", "top")]),
        ("dusty wood", "wood", [("dust", "settled")]),
        ("burnt wood", "charred_wood", []),
        ("burnt leather", "leather", [("soot", "patches")]),
        ("cracked clay", "clay", [("grime", "cracks")]),
        ("gold cracks in black stone", "rock", [("gold", "cracks")]),
        ("rusty steel", "steel", [("rust", "patches")]),
        ("rusty metal", "rust", []),
        ("tarnished copper", "copper", [("verdigris", "patches")]),
        ("rust stained concrete", "concrete", [("rust", "patches")]),
        ("stained glass", "stained_glass", []),
        ("snow covered pine bark", "bark", [("snow", "top")]),
        ("wood with burnt edges", "wood", [("soot", "edges")]),
        ("moss on stone", "rock", [("moss", "growth")]),
        ("iron with peeling green paint", "steel", [("paint", "patches")]),
        ("gold trimmed black leather", "leather", [("gold", "edges")]),
        ("dust", None, [("dust", "settled")]),
    ],
)
def test_adjectives_become_coats_or_another_material(text, base, coats):
    dress = read(text)
    assert dress.base.material == base and not dress.unused
    assert [(coat.finish.material, coat.place) for coat in dress.coats] == coats


def test_wet_is_dark_and_glossy_and_glowing_sends_out_light():
    wet = read("wet stone").base
    assert wet.shade < 0 and wet.roughness < 0.2
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (500, 3)).astype(np.float32)
    looks = [
        look_of(read(text).base, points, points, "realistic") for text in ("stone", "wet stone")
    ]
    assert looks[1].rgb.mean() < looks[0].rgb.mean() * 0.85
    glowing = look_of(read("glowing blue crystal").base, points, points, "realistic")
    assert glowing.glow is not None and glowing.glow[:, 2].mean() > 0.4


@pytest.mark.parametrize("pattern", sorted(PRINTS | BUILT))
@pytest.mark.parametrize("stuff", ["gold", "fur"])
def test_a_pattern_has_the_gloss_and_metal_of_its_stuff(pattern, stuff):
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (800, 3)).astype(np.float32)
    normals = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    alone, of_it = (
        look_of(Finish(name, stuff=of), points, normals, "realistic")
        for name, of in ((stuff, None), (pattern, stuff))
    )
    assert np.isfinite(of_it.rgb).all() and 0 <= of_it.rgb.min() and of_it.rgb.max() <= 1
    assert np.array_equal(of_it.metalness, alone.metalness)


def test_patterns_go_before_stuffs_in_either_order():
    for text in ("gold scales", "scales of gold"):
        assert (read(text).base.material, read(text).base.stuff) == ("scales", "gold")
    blue = read("white porcelain with blue flowers").base
    assert (blue.material, blue.stuff) == ("floral", "ceramic") and blue.accent != blue.colour


@pytest.mark.parametrize("row", ["wood oak", ": oak", "wood:"])
def test_a_line_of_the_kinds_that_is_no_row_is_named(tmp_path, monkeypatch, row):
    path = tmp_path / "kinds.txt"
    path.write_text(f"# material: words\nstone: granite\n{row}\n", encoding="utf-8")
    monkeypatch.setattr(kinds, "LIST", path)
    with pytest.raises(ValueError, match=rf"line 3 of kinds\.txt is no row: '{row}'"):
        kinds._read()


def test_kinds_and_weather_name_materials_and_places_that_there_are():
    assert {kind.material for kind in KINDS.values()} <= set(materials())
    assert set(painting_words().values()) <= set(materials())
    laid = [coat for weather in WEATHER.values() for coat in weather.laid(Finish("stone"))]
    assert {place for _, place in laid} <= set(places_known())
    assert {finish.material for finish, _ in laid} <= set(materials())


@pytest.mark.parametrize("place", places_known())
def test_every_place_has_a_share_of_a_ball(place):
    centres, known, _ = fields_of(trimesh.creation.icosphere(4))

    class Band:
        spots = tiles.Scattered(centres.astype(np.float32))

        @staticmethod
        def normals():
            return (centres / np.linalg.norm(centres, axis=1, keepdims=True)).astype(np.float32)

    share = coats.share_of(Coat(Finish("gold"), place), Band(), known.astype(np.float32))
    assert share.shape == (len(centres),) and share.min() >= 0 and share.max() <= 1
    if place not in ("edges", "crevices"):
        assert 0.005 < share.mean() < 0.7


@pytest.mark.parametrize(
    ("list_", "least"), [("painting_prompts.txt", 0.95), ("painting_prompts_apart.txt", 0.9)]
)
def test_most_prompts_are_understood(list_, least):
    cases = benchmark.cases(LISTS / list_)
    right = sum(not benchmark.missed(case, read(case.prompt)) for case in cases)
    assert right >= least * len(cases)


def test_words_that_are_not_understood_are_told():
    assert read("mossy frumious stone").unused == ["frumious"]
    assert read("stone without moss").coats == [] and "moss" in read("stone without moss").unused
    with_part = read("wood with a silver handle")
    assert [part.noun for part in with_part.parts] == [("handle",)] and not with_part.coats


def test_nothing_known_names_what_is_near(tmp_path):
    with pytest.raises(InvalidValue, match=r"near is .*mossy"):
        paint(tmp_path, trimesh.creation.icosphere(2), "mosy")


# Edges


def share_of_edges(mesh):
    _, known, origin = fields_of(mesh)
    return float((known[:, places.EDGE] > 0.5).mean()), origin


def lumpy_ball():
    """A ball with bumps and small sharp creases scattered all over, as scans have them."""
    ball = trimesh.creation.icosphere(5)
    x, y, z = ball.vertices.T
    bumps = 0.10 * np.sin(7 * x) * np.sin(6 * y + 1) * np.sin(8 * z)
    bumps += 0.004 * np.random.default_rng(0).standard_normal(len(x))
    ball.vertices *= (1 + bumps)[:, None]
    return ball


def comb():
    """Many thin bars: nearly all of it is near an edge."""
    bars = [
        trimesh.creation.box((0.05, 1.0, 0.05)).apply_translation([0.1 * k, 0, 0])
        for k in range(10)
    ]
    return trimesh.util.concatenate(bars)


@pytest.mark.parametrize("make", [lumpy_ball, comb, trimesh.creation.box])
def test_edges_take_a_small_share_of_any_surface(make):
    share, _ = share_of_edges(make())
    assert 0.01 < share <= 0.18


# Stripes


@pytest.mark.parametrize("axis", [0, 2])
def test_zebra_stripes_cross_a_body_many_times_whichever_way_it_stands(axis):
    points = np.zeros((4000, 3), np.float32)
    points[:, axis] = np.linspace(-0.5, 0.5, 4000)
    light = look_of(Finish("zebra_print"), points, points, "realistic").rgb.mean(1) > 0.5
    assert 10 <= np.count_nonzero(np.diff(light)) <= 24


# Parts and own looks


def two_parts(path: Path, *, textured: bool = False) -> Path:
    """A sword of two nodes: a blade above, a handle below, red by a factor or by a texture."""
    scene = trimesh.Scene()
    image = np.zeros((8, 8, 3), np.uint8)
    image[..., 0] = 200
    for name, low, high in (("Sword_Blade", 0.0, 1.0), ("Sword_Handle", -0.5, 0.0)):
        box = trimesh.creation.box(bounds=[[-0.1, low, -0.1], [0.1, high, 0.1]])
        material = trimesh.visual.material.PBRMaterial(
            baseColorFactor=None if textured else [200, 0, 0, 255],
            baseColorTexture=_picture(image) if textured else None,
            metallicFactor=0.0,
        )
        uv = box.vertices[:, :2] - box.vertices[:, :2].min(0)
        box.visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
        scene.add_geometry(box, node_name=name, geom_name=name)
    path.write_bytes(scene.export(file_type="glb"))
    return path


def _picture(image):
    from PIL import Image

    return Image.fromarray(image)


def painted_parts(folder, text, **options):
    outcome = run(
        "text_mesh_painting",
        {"mesh": two_parts(folder / "sword.glb", **options)},
        folder,
        {"text_prompt": text, "texture_size": 256},
    )
    centres, _, colours = colours_of_scene(folder)
    return outcome, colours[centres[:, 1] > 0.02], colours[centres[:, 1] < -0.02]


def colours_of_scene(folder):
    from pipelines.geometry.glb_drawn import read as drawn

    rows = []
    for piece in drawn(folder / "output.glb", texture_px=1024):
        corners = piece.vertices[piece.faces]
        picture, uv = piece.surface.texture, piece.uv[piece.faces].mean(1)
        size = np.array(picture.shape[:2])
        column, row = (
            np.clip(uv[:, k] * size[1 - k], 0, size[1 - k] - 1).astype(int) for k in (0, 1)
        )
        rows.append((corners.mean(1), corners, picture[row, column].astype(float)))
    return tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))


def is_red(colours):
    return (colours[:, 0] > 120) & (colours[:, 1:].max(1) < 60)


@pytest.mark.parametrize("textured", [False, True])
def test_a_part_of_the_mesh_is_painted_by_its_name_and_the_rest_stays(tmp_path, textured):
    outcome, blade, handle = painted_parts(tmp_path, "golden handle", textured=textured)
    assert is_red(blade).all() and not is_red(handle).any()
    assert outcome.info["material"] == "own"
    # The boxes' sides lie over each other in their own coordinates.
    assert [notice.code for notice in outcome.warnings] == ["UVS_REPLACED"]
    assert outcome.info["parts"] == [{"material": "gold", "colour": None, "part": "handle"}]
    assert not validate(tmp_path / "output.glb").complaints


def test_a_part_that_the_mesh_has_not_is_told_and_painted_nowhere(tmp_path):
    outcome, blade, handle = painted_parts(tmp_path, "green plastic with a white pommel")
    assert (blade[:, 1] > blade[:, 0]).all() and (handle[:, 1] > handle[:, 0]).all()
    told = {notice.code: notice.message for notice in outcome.warnings}
    assert "'pommel'" in told["PART_NOT_FOUND"] and "handle" in told["PART_NOT_FOUND"]
    assert outcome.info["ignored_words"] == ["white", "pommel"]


def test_a_word_for_a_material_that_names_a_part_of_the_mesh_is_that_part():
    assert read("red with black panels").base.material == "plates"
    own = {"panel", "body"}
    dress = read("red with black panels", own)
    assert dress.base.material is None and [part.noun for part in dress.parts] == [("panels",)]


def test_only_a_part_that_the_mesh_has_not_is_refused(tmp_path):
    with pytest.raises(InvalidValue, match=r"no part of that name: 'pommel'.*blade, handle"):
        painted_parts(tmp_path, "gold on the pommel")


@pytest.mark.parametrize("textured", [False, True])
def test_coats_alone_lie_on_the_look_that_the_mesh_has(tmp_path, textured):
    outcome, blade, handle = painted_parts(tmp_path, "blue at the bottom", textured=textured)
    assert is_red(blade).mean() > 0.5 and (handle[:, 2] > handle[:, 0]).any()
    assert outcome.info["material"] == "own"


def test_weather_alone_lies_on_the_look_of_the_mesh_and_covers_one_that_has_none(tmp_path):
    outcome, _, handle = painted_parts(tmp_path, "snowy", textured=True)
    assert outcome.info["material"] == "own" and is_red(handle).any()
    assert [coat["material"] for coat in outcome.info["coats"]] == ["snow"]
    assert paint(tmp_path, trimesh.creation.box(), "snowy").info["material"] == "snow"


def test_vertex_colours_are_a_look(tmp_path):
    ball = trimesh.creation.icosphere(3)
    ball.visual.vertex_colors = np.tile([0, 160, 0, 255], (len(ball.vertices), 1)).astype(np.uint8)
    outcome = paint(tmp_path, ball, "snow on top")
    _, normals, colour = colours_at(tmp_path)
    below = colour[normals[:, 1] < -0.2]
    assert outcome.info["material"] == "own" and colour[normals[:, 1] > 0.9].mean() > 200
    assert (below[:, 1] > 120).all() and below[:, [0, 2]].max() < 60


def test_a_mesh_without_a_look_is_plain_beneath_and_that_is_told(tmp_path):
    outcome = paint(tmp_path, trimesh.creation.box(), "gold trim")
    assert outcome.info["material"] == "paint"
    (notice,) = outcome.warnings
    assert notice.code == "REST_PLAIN" and "light grey paint" in notice.message


def test_groups_of_an_obj_are_parts(tmp_path):
    path = tmp_path / "two.obj"
    rows = ["v 0 0 0", "v 1 0 0", "v 1 1 0", "v 0 1 0", "v 0 2 0", "v 1 2 0"]
    rows += ["g lower_body", "f 1 2 3 4", "g upper_lid", "f 4 3 6", "f 4 6 5"]
    path.write_text("\n".join(rows) + "\n")
    outcome = run(
        "text_mesh_painting",
        {"mesh": path},
        tmp_path,
        {"text_prompt": "black rubber with a white lid", "texture_size": 256},
    )
    centres, _, colour = colours_at(tmp_path)
    assert outcome.info["parts"][0]["part"] == "lid"
    assert colour[centres[:, 1] > 1].min() > 150 and colour[centres[:, 1] < 1].max() < 80


@pytest.mark.parametrize("texture_px", [256, 2048])
def test_relief_of_the_mesh_is_kept_beneath_the_coats(tmp_path, texture_px):
    bumps = np.full((64, 64, 3), (128, 128, 255), np.uint8)
    bumps[:, 32:] = (200, 128, 225)
    colour = np.full((64, 64, 3), (0, 150, 0), np.uint8)
    path = tmp_path / "sheet.glb"
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    uv = points[:, :2].astype(np.float32)
    normals = np.tile([0.0, 0.0, 1.0], (4, 1))
    material = glb.Material(base_colour=colour, normal=bumps)
    glb.write(path, points, faces, normals, uv=uv, material=material)
    params = {"text_prompt": "red at the bottom", "texture_size": texture_px}
    run("text_mesh_painting", {"mesh": path}, tmp_path, params)
    row = document(tmp_path / "output.glb")["materials"][0]
    source = document(tmp_path / "output.glb")["textures"][row["normalTexture"]["index"]]["source"]
    kept = np.asarray(textures(tmp_path / "output.glb")[source].convert("RGB"), float)
    row, flat, steep = (int(share * len(kept)) for share in (0.23, 0.16, 0.78))
    assert kept[row, steep, 0] > 180 and abs(kept[row, flat, 0] - 128) < 4


# Texture prompts of text to mesh


def made(folder, text, texture_prompt):
    params = {"text_prompt": text, "texture_prompt": texture_prompt, "texture_size": 512}
    return run("text_to_textured_mesh", {}, folder, params)


def test_a_texture_prompt_lays_coats_by_place(tmp_path):
    outcome = made(tmp_path, "a cube", "black rubber with gold trim")
    assert outcome.info["texture_ignored_words"] == []
    picture = np.asarray(textures(tmp_path / "output.glb")[0].convert("RGB"), float)
    golden = (picture[..., 0] > 150) & (picture[..., 2] < 120)
    assert 0.02 < golden.mean() < 0.3


def test_a_texture_prompt_tells_what_it_did_not_do(tmp_path):
    outcome = made(tmp_path, "a chair", "frumious gold with a silver propeller")
    assert outcome.info["texture_ignored_words"] == ["frumious", "silver", "propeller"]
    told = [notice.message for notice in outcome.warnings if "texture_prompt" in notice.message]
    assert told and "propeller" in told[0]
