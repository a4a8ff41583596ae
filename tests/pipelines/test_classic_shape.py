"""The built-in shape model: frame, colours in their places, every option with its effect, plain refusals."""

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import NothingToModel, UnreadableInput
from pipelines.geometry import decimate
from tests.pipelines.classic_pictures import (
    BLUE,
    GREEN,
    RED,
    colour_seen,
    document,
    figure,
    result,
    run,
    saved,
    textures,
    volume,
)
from tests.pipelines.coarse_shapes import COARSE, RAW, TEXTURED, dotted, make


@pytest.fixture(scope="module")
def textured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("textured")
    heard = []
    outcome = run(
        TEXTURED, {"image": saved(folder, figure())}, folder, {"texture_size": 512}, COARSE, heard
    )
    return folder, outcome, heard


def near(colour, wanted) -> bool:
    return bool(np.abs(np.asarray(colour) - np.asarray(wanted)).max() < 60)


def test_it_stands_on_the_ground_a_metre_long_facing_plus_z(textured):
    low, high = (getattr(result(textured[0]).vertices, end)(0) for end in ("min", "max"))
    assert low[1] == pytest.approx(0, abs=1e-6)
    assert (high - low).max() == pytest.approx(1, abs=1e-6)
    assert np.allclose((low + high)[[0, 2]], 0, atol=1e-6)


def test_the_picture_is_neither_mirrored_nor_upside_down(textured):
    folder = textured[0]
    assert near(colour_seen(folder, (-0.25, 0.50)), RED), "the picture's left is at -X"
    assert near(colour_seen(folder, (0.25, 0.50)), BLUE)
    assert near(colour_seen(folder, (0.0, 0.93)), GREEN), "the hat is up"


def test_the_back_is_coloured_like_the_front(textured):
    assert near(colour_seen(textured[0], (-0.25, 0.50), side=-1), RED)
    assert near(colour_seen(textured[0], (0.25, 0.50), side=-1), BLUE)


def test_the_outcome_tells_what_was_done(textured):
    folder, outcome, heard = textured
    (file,) = outcome.files
    assert (file.name, file.role, file.media_type) == ("output.glb", "model", "model/gltf-binary")
    assert file.size_bytes == (folder / "output.glb").stat().st_size
    info = outcome.info
    assert (
        info["method"] == "inflation"
        and info["matting_method"] == "alpha"
        and info["views_used"] == ["image"]
    )
    assert info["watertight"] is True and info["face_count"] == len(result(folder).faces)
    assert info["parameters"]["texture_size"] == 512 and info["seed"] == 0
    assert list(outcome.stage_s) == ["preprocess", "geometry", "texture", "export"]
    assert [stage for stage, fraction in heard if fraction == 0] == list(outcome.stage_s)


def test_the_texture_has_exactly_the_size_asked_for(textured):
    assert [image.size for image in textures(textured[0] / "output.glb")] == [(512, 512)] * 2


def test_a_raw_mesh_is_closed_and_has_no_texture(tmp_path):
    outcome, mesh = make(tmp_path)
    assert decimate.is_solid(mesh.vertices, mesh.faces) and volume(mesh.vertices, mesh.faces) > 0
    assert "images" not in document(tmp_path / "output.glb") and outcome.info["watertight"]
    assert list(outcome.stage_s) == ["preprocess", "geometry", "export"]


def test_the_same_request_gives_the_same_mesh(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    make(first, TEXTURED)
    make(second, TEXTURED)
    assert (first / "output.glb").read_bytes() == (second / "output.glb").read_bytes()


def thickness(mesh) -> float:
    """Depth over height: free of the scaling to one metre."""
    return float(np.ptp(mesh.vertices[:, 2]) / np.ptp(mesh.vertices[:, 1]))


def test_depth_scale_and_guidance_set_the_thickness(tmp_path):
    standard = thickness(make(tmp_path, options={"slat_cfg_strength": 0})[1])
    for option, value, factor in (
        ("depth_scale", 0.5, 0.5),
        ("sparse_structure_cfg_strength", 17.0, 1.75),
        ("sparse_structure_cfg_strength", 0.0, 0.25),
    ):
        mesh = make(tmp_path, options={"slat_cfg_strength": 0, option: value})[1]
        assert thickness(mesh) == pytest.approx(standard * factor, rel=0.08), option


def test_the_steps_of_the_solid_set_its_resolution():
    from pipelines.adapters.classic_shape import ShapeOptions, shape_of

    sizes = [
        shape_of(ShapeOptions(sparse_structure_sample_steps=n)).resolution
        for n in (1, 12, 25, 26, 60, 100)
    ]
    assert sizes == sorted(set(sizes)) and (sizes[0], sizes[2], sizes[-1]) == (96, 256, 384)


def roughness(mesh) -> float:
    """Mean bend between neighbouring faces on the front."""
    import trimesh

    body = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    front = (body.face_normals[body.face_adjacency][:, :, 2] > 0.5).all(1)
    return float(body.face_adjacency_angles[front].mean())


def test_relief_follows_its_height_and_its_steps(tmp_path):
    def bend(**options):
        fine = {"sparse_structure_sample_steps": 12, **options}
        return roughness(make(tmp_path, options=fine, picture=dotted())[1])

    none, some, more = (bend(slat_cfg_strength=height) for height in (0.0, 4.0, 12.0))
    assert none < some < more
    broad, fine = (bend(slat_cfg_strength=8.0, slat_sample_steps=steps) for steps in (1, 100))
    assert broad < fine


def test_the_bake_modes_differ(tmp_path):
    images = {}
    for mode in ("fast", "pbr", "opt"):
        make(tmp_path, TEXTURED, options={"texture_bake_mode": mode}, picture=dotted())
        images[mode] = [
            np.asarray(image.convert("RGB"), int) for image in textures(tmp_path / "output.glb")
        ]
        surface = document(tmp_path / "output.glb")["materials"][0]["pbrMetallicRoughness"]
        assert ("metallicRoughnessTexture" in surface) == (mode != "fast")
    assert [len(images[mode]) for mode in images] == [1, 2, 2]
    assert not np.array_equal(images["fast"][0], images["pbr"][0])
    # Averaging four samples leaves less contrast between neighbours.
    contrast = {mode: np.abs(np.diff(rows[0], axis=0)).mean() for mode, rows in images.items()}
    assert contrast["opt"] < contrast["pbr"] < contrast["fast"]


def test_a_back_view_colours_the_back(tmp_path):
    back = Image.new("RGBA", (160, 160))
    back.paste((240, 220, 20, 255), (0, 0), figure())
    outcome, _ = make(tmp_path, TEXTURED, image_back=back)
    assert outcome.info["views_used"] == ["image"], "the back has the front's outline"
    assert outcome.info["views_coloured"] == ["image", "image_back"]
    assert near(colour_seen(tmp_path, (-0.25, 0.5), side=-1), (240, 220, 20))
    assert near(colour_seen(tmp_path, (-0.25, 0.5)), RED)


def test_a_side_view_sets_the_depth(tmp_path):
    side = Image.new("RGBA", (160, 160))
    side.paste((200, 200, 200, 255), (60, 10, 90, 153))
    outcome, mesh = make(tmp_path, image_left=side)
    assert outcome.info["method"] == "visual_hull" and outcome.info["watertight"]
    assert thickness(mesh) == pytest.approx(30 / 143, rel=0.08)


def test_two_objects_are_two_bodies_and_said_so(tmp_path):
    picture = Image.new("RGBA", (200, 100))
    picture.paste((255, 0, 0, 255), (10, 20, 80, 80))
    picture.paste((0, 255, 0, 255), (120, 20, 190, 80))
    outcome, _ = make(tmp_path, picture=picture)
    assert (
        "SEVERAL_OBJECTS" in {notice.code for notice in outcome.warnings}
        and outcome.info["watertight"]
    )


def test_pictures_without_an_object_are_refused(tmp_path):
    for picture in (
        Image.new("RGBA", (64, 64)),
        Image.new("RGB", (64, 64), (9, 99, 9)),
        Image.new("RGB", (1, 1)),
    ):
        with pytest.raises(NothingToModel):
            make(tmp_path, picture=picture)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(UnreadableInput):
        run(RAW, {"image": tmp_path / "text.png"}, tmp_path)


def test_bake_mode_is_an_option_of_the_textured_model_alone():
    from pipelines.catalog import Catalog

    cards = Catalog.discover().cards
    raw, textured = (
        cards[f"classic_{feature}"].options.model_fields for feature in (RAW, TEXTURED)
    )
    assert set(textured) - set(raw) == {"texture_bake_mode"}


def lying(picture: Image.Image) -> Image.Image:
    """The figure from a side that cannot be: turned by a quarter and pressed flat."""
    return picture.rotate(90).resize((160, 60))


def test_a_view_that_contradicts_the_front_is_left_out_of_the_shape_and_said_so(tmp_path):
    outcome, _ = make(tmp_path, TEXTURED, image_back=lying(figure()))
    (notice,) = (n for n in outcome.warnings if n.code == "VIEWS_DISAGREE")
    assert "made without image_back" in notice.message
    assert outcome.info["views_used"] == ["image"]
    assert outcome.info["views_coloured"] == ["image", "image_back"]
    side = Image.new("RGBA", (160, 160))
    side.paste((200, 200, 200, 255), (60, 10, 90, 153))
    outcome, mesh = make(tmp_path, image_left=side, image_back=lying(figure()))
    assert [n.code for n in outcome.warnings] == ["VIEWS_DISAGREE"]
    assert outcome.info["method"] == "visual_hull"
    assert outcome.info["views_used"] == ["image", "image_left"]
    assert thickness(mesh) == pytest.approx(30 / 143, rel=0.08)


def test_damaged_weights_of_the_depth_network_cost_the_depth_alone(tmp_path, monkeypatch):
    from pipelines.geometry import depth

    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(depth.WEIGHTS.read_bytes()[:1000])
    monkeypatch.setattr(depth.hindrance, "__defaults__", (damaged,))
    outcome, _ = make(tmp_path)
    (notice,) = outcome.warnings
    assert notice.code == "DEPTH_NOT_LEARNED" and "damaged" in notice.message
    assert outcome.info["depth_method"] == "inflation"
    outcome, _ = make(tmp_path, options={"depth_method": "inflation"})
    assert outcome.warnings == ()


def test_views_that_agree_are_used_without_a_word(tmp_path):
    back = figure().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    outcome, _ = make(tmp_path, image_back=back, image_left=figure(), image_right=back)
    assert outcome.warnings == () and outcome.info["method"] == "visual_hull"


def test_a_table_keeps_its_legs_when_it_is_seen_from_two_sides(tmp_path):
    table = Image.new("RGBA", (160, 160))
    for box in ((10, 40, 150, 60), (10, 60, 22, 150), (138, 60, 150, 150)):
        table.paste((120, 80, 40, 255), box)
    outcome, mesh = make(tmp_path, picture=table, image_left=table)
    assert outcome.warnings == () and outcome.info["watertight"]
    feet = mesh.vertices[mesh.vertices[:, 1] < 0.05]
    for x in (-1, 1):
        for z in (-1, 1):
            assert ((feet[:, 0] * x > 0.3) & (feet[:, 2] * z > 0.3)).any(), "four legs"


def bricks() -> Image.Image:
    """A material that fills its picture: yellow bricks in dark joints."""
    picture = Image.new("RGB", (96, 96), (40, 40, 40))
    for row in range(6):
        for col in range(-1, 4):
            x = col * 32 + row % 2 * 16
            picture.paste((240, 220, 20), (x + 2, row * 16 + 2, x + 30, row * 16 + 14))
    return picture


def test_a_texture_picture_of_a_material_is_tiled_over_the_shape_of_the_views(tmp_path):
    plain = make(tmp_path, TEXTURED)[1]
    outcome, mesh = make(tmp_path, TEXTURED, texture_image=bricks())
    info = outcome.info
    assert (info["texture_source"], info["texture_method"]) == ("texture_image", "tiling")
    assert info["texture_matting_method"] is None and info["views_used"] == ["image"]
    assert np.array_equal(mesh.vertices, plain.vertices), "the shape is that of the views"
    image = np.asarray(textures(tmp_path / "output.glb")[0].convert("RGB"), int)
    yellow = (image[..., 0] > 150) & (image[..., 1] > 130) & (image[..., 2] < 120)
    assert yellow.mean() > 0.4 and (image.max(-1) < 90).mean() > 0.05


def test_a_cut_out_texture_picture_is_projected(tmp_path):
    other = Image.new("RGBA", (160, 160))
    other.paste((240, 220, 20, 255), (20, 60, 140, 140))
    other.paste((*GREEN, 255), (50, 20, 110, 60))
    outcome, _ = make(tmp_path, TEXTURED, texture_image=other)
    assert outcome.info["texture_method"] == "front_projection"
    assert outcome.info["texture_matting_method"] == "alpha"
    assert near(colour_seen(tmp_path, (-0.25, 0.5)), (240, 220, 20))
    assert near(colour_seen(tmp_path, (0.0, 0.93)), GREEN)


def test_without_a_texture_picture_the_views_colour_the_surface(textured):
    assert textured[1].info["texture_source"] == "views"
    assert "texture_method" not in textured[1].info and textured[1].info["style"] == "realistic"


def test_an_empty_texture_picture_is_refused_by_its_name(tmp_path):
    with pytest.raises(NothingToModel, match="texture_image"):
        make(tmp_path, TEXTURED, texture_image=Image.new("RGBA", (64, 64)))
