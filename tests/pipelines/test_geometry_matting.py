"""The object is found by alpha, by the border's colours or by GrabCut, and the doubts are told."""

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from pipelines.errors import ModelLoadFailed, NothingToModel
from pipelines.geometry import matting, matting_network
from tests.pipelines.classic_pictures import cube, figure, mask_of, run, saved
from tests.pipelines.onnx_bytes import brightness_network, number_network


def rgba(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGBA"))


def iou(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())


def test_alpha_is_taken_as_it_is():
    cutout = matting.cut_out(rgba(figure()))
    assert cutout.method == "alpha" and np.array_equal(cutout.mask, mask_of(figure()))


@pytest.mark.parametrize("colour", [(255, 255, 255), (120, 120, 120), (20, 200, 60), (0, 0, 0)])
def test_a_plain_background_is_keyed_out(colour):
    cutout = matting.cut_out(rgba(figure(320, background=(*colour, 255))))
    assert cutout.method == "border_colour"
    truth = mask_of(figure(320))
    filled = truth.copy()
    filled[100:190, 70:140] = (
        True  # white or black within the object is left, as it may belong to it
    )
    best = max(
        iou(cutout.mask, other) for other in (truth, filled) if other.shape == cutout.mask.shape
    )
    assert best > 0.93


def test_a_coloured_background_is_cut_out_of_holes_too():
    cutout = matting.cut_out(rgba(figure(320, background=(240, 200, 20, 255))))
    assert iou(cutout.mask, mask_of(figure(320))) > 0.97


def busy_scene(size: int = 200) -> Image.Image:
    """The figure, in white, before a background of dark patches in many colours."""
    noise = np.random.default_rng(1).integers(0, 110, (20, 20, 3), np.uint8)
    scene = Image.fromarray(noise).resize((size, size), Image.Resampling.NEAREST).convert("RGBA")
    scene.paste((240, 240, 240, 255), (0, 0), figure(size))
    return scene


def test_a_busy_background_is_guessed_and_said_so():
    size = 200
    noise = np.random.default_rng(1).integers(90, 200, (20, 20, 3), np.uint8)
    scene = Image.fromarray(noise).resize((size, size)).convert("RGBA")
    scene.alpha_composite(figure(size))
    cutout = matting.cut_out(rgba(scene))
    assert cutout.method == "grabcut"
    assert "BACKGROUND_GUESSED" in {notice.code for notice in cutout.notices}


def test_an_installed_network_is_asked_before_guessing(tmp_path, monkeypatch):
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    assert matting.cut_out(rgba(busy_scene())).method == "grabcut", "none is installed"
    (tmp_path / "matting.onnx").write_bytes(brightness_network(100))
    cutout = matting.cut_out(rgba(busy_scene()))
    assert cutout.method == "network" and cutout.notices == ()
    found, _ = matting.find_mask(rgba(busy_scene()))
    assert iou(found, rgba(figure(200))[..., 3] > 127) > 0.95


def test_a_network_that_sees_nothing_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    (tmp_path / "matting.onnx").write_bytes(brightness_network(64))
    dark = rgba(busy_scene()) // np.array([2, 2, 2, 1], np.uint8)
    assert matting.cut_out(dark).method == "grabcut"


def test_alpha_and_plain_borders_need_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    (tmp_path / "matting.onnx").write_bytes(b"never read")
    assert matting.cut_out(rgba(figure())).method == "alpha"
    plain = figure(320, background=(20, 200, 60, 255))
    assert matting.cut_out(rgba(plain)).method == "border_colour"


WRONG_FILES = {
    "no network at all": b"no network at all",
    "cut short": brightness_network(64)[:-40],
    "answers a number": number_network(64),
    "answers more than shares": brightness_network(64, bell=False),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_no_such_network_is_told_by_its_name_alone(tmp_path, monkeypatch, name):
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    (tmp_path / "matting.onnx").write_bytes(WRONG_FILES[name])
    with pytest.raises(ModelLoadFailed, match=r"matting\.onnx is no network") as raised:
        matting_network.object_mask(rgba(busy_scene())[..., :3])
    assert str(tmp_path) not in str(raised.value)
    cutout = matting.cut_out(rgba(busy_scene()), view="image_left")
    assert cutout.method == "grabcut"
    codes = {notice.code: notice.message for notice in cutout.notices}
    assert {"MATTING_NETWORK_FAILED", "BACKGROUND_GUESSED"} <= set(codes)
    for word in ("matting.onnx", "image_left", "without it"):
        assert word in codes["MATTING_NETWORK_FAILED"]


def exhausted(*_, **__):
    raise MemoryError


@pytest.mark.parametrize("when", ["loading", "answering"])
def test_want_of_memory_is_not_laid_to_the_network(tmp_path, monkeypatch, when):
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    (tmp_path / "matting.onnx").write_bytes(brightness_network(64))
    if when == "loading":
        monkeypatch.setattr(onnxruntime, "InferenceSession", exhausted)
    else:
        monkeypatch.setattr(matting_network, "_answer", exhausted)
    with pytest.raises(MemoryError):
        matting.cut_out(rgba(busy_scene()))


@pytest.mark.parametrize("feature", ["image_to_raw_mesh", "image_mesh_painting"])
def test_an_operators_network_serves_the_image_models(tmp_path, monkeypatch, feature):
    """As docs/operations.md says: a file in its place is asked, without a restart; a wrong one costs a warning."""
    monkeypatch.setattr(matting_network, "PATH", tmp_path / "matting.onnx")
    inputs = {"image": saved(tmp_path, busy_scene())}
    params, options = {}, {"sparse_structure_sample_steps": 1}
    if feature.endswith("painting"):
        inputs["mesh"] = cube(tmp_path / "cube.glb")
        params, options = {"mode": "project", "texture_size": 256}, {}

    def told(content: bytes) -> tuple[str, set[str]]:
        (tmp_path / "matting.onnx").write_bytes(content)
        outcome = run(feature, inputs, tmp_path, params, options)
        return outcome.info["matting_method"], {notice.code for notice in outcome.warnings}

    assert told(brightness_network(100)) == ("network", set())
    method, codes = told(b"a page of HTML that said 404")
    assert method == "grabcut" and "MATTING_NETWORK_FAILED" in codes
    assert told(brightness_network(64))[0] == "network"


def test_no_background_colour_remains_at_the_border():
    cutout = matting.cut_out(rgba(figure(320, background=(255, 255, 255, 255))))
    rim = (
        cutout.mask & ~np.pad(cutout.mask, 2)[4:, 2:-2]
        | cutout.mask & ~np.pad(cutout.mask, 2)[:-4, 2:-2]
    )
    assert cutout.rgb[rim].min(axis=1).max() < 130, (
        "white has no dark channel, the figure's colours all do"
    )


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (figure().crop((50, 0, 160, 160)), "OBJECT_CUT_OFF"),
        (Image.new("RGBA", (400, 400)), "OBJECT_TINY"),
        (Image.new("RGBA", (200, 100)), "SEVERAL_OBJECTS"),
    ],
)
def test_doubts_become_notices(picture, code):
    if code == "OBJECT_TINY":
        picture.paste((255, 0, 0, 255), (200, 200, 225, 225))
    if code == "SEVERAL_OBJECTS":
        picture.paste((255, 0, 0, 255), (10, 20, 80, 80))
        picture.paste((0, 255, 0, 255), (120, 20, 190, 80))
    assert code in {notice.code for notice in matting.cut_out(rgba(picture)).notices}


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGBA", (1, 1), (255, 0, 0, 255)),
        Image.new("RGBA", (64, 64), (255, 0, 0, 0)),
        Image.new("RGBA", (64, 64), (90, 140, 10, 255)),
        Image.new("RGBA", (300, 2), (255, 255, 255, 255)),
    ],
    ids=["one pixel", "transparent", "one colour", "sliver"],
)
def test_an_empty_picture_is_refused(picture):
    with pytest.raises(NothingToModel):
        matting.cut_out(rgba(picture))


def test_faint_alpha_counts_by_its_own_maximum():
    faint = np.array(figure())
    faint[..., 3] //= 4
    assert iou(matting.cut_out(faint).mask, mask_of(figure())) > 0.98
