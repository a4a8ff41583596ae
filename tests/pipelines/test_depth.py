"""The learned depth: from a cut-out to the solid's grid, and how the shipped weights compare with inflation."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from pipelines.geometry import depth, inflate, solid

PAD = solid.PAD
MOST_NUMBERS = 1_000_000
# Places in an ONNX file, which is a protocol buffer: its graph, the graph's tensors, a tensor's sizes.
GRAPH, INITIALISER, DIMS = 7, 5, 1


def oval(height, width):
    """A tight cut-out: an ellipse that fills its box, lit from the left."""
    y, x = np.mgrid[:height, :width]
    mask = ((x + 0.5) / width * 2 - 1) ** 2 + ((y + 0.5) / height * 2 - 1) ** 2 <= 1.0
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[..., 0] = 255 * (1 - x / width)
    return rgb, mask


@pytest.mark.parametrize("height, width", [(40, 300), (300, 40), (128, 128), (20, 9)])
def test_outline_spans_the_networks_picture_whatever_its_size(height, width):
    picture = depth.framed(*oval(height, width))
    rows, cols = np.flatnonzero(picture.mask.any(1)), np.flatnonzero(picture.mask.any(0))
    spans = np.ptp(rows) + 1, np.ptp(cols) + 1
    assert max(spans) == depth.OUTLINE_PX
    assert rows[0] + rows[-1] == cols[0] + cols[-1] == depth.SIDE_PX - 1  # centred


def test_hair_that_is_thinner_than_a_pixel_still_shows():
    mask = np.zeros((600, 600), bool)
    mask[:, 299] = mask[299] = True
    assert depth.framed(np.zeros((600, 600, 3), np.uint8), mask).mask.sum() > depth.OUTLINE_PX


@pytest.mark.parametrize("height, width", [(90, 300), (300, 90), (200, 200)])
def test_guess_lies_on_the_padded_grid_and_is_finite_beyond_the_outline(height, width):
    rgb, mask = oval(height, width)
    rows, cols = solid.grid_size(height, width, 128)
    found = depth.guess(rgb, mask, rows, cols, PAD)
    shape = (rows + 2 * PAD, cols + 2 * PAD)
    for values in (found.factor, found.middle):
        assert values.shape == shape
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
    assert found.factor.min() > 0


def test_mirrored_picture_has_the_mirrored_depth():
    rgb, mask = oval(200, 120)
    straight = depth.guess(rgb, mask, 128, 76, PAD)
    mirrored = depth.guess(rgb[:, ::-1], mask[:, ::-1], 128, 76, PAD)
    inside = inflate.signed_outline(mask, 128, 76, PAD) > 4.0  # at the rim, ties decide
    for one, other in (
        (straight.factor, mirrored.factor),
        (straight.middle / 128, mirrored.middle / 128),
    ):
        np.testing.assert_allclose(one[inside], other[:, ::-1][inside], atol=0.02)


def test_values_stay_where_they_belong_on_the_way_to_the_grid(monkeypatch):
    """A middle that rises to the right in the network's picture rises to the right in the solid, by as much."""
    x = (np.arange(depth.SIDE_PX) + 0.5 - depth.SIDE_PX / 2) / depth.OUTLINE_PX
    slope = np.tile(x.astype(np.float32), (depth.SIDE_PX, 1))
    monkeypatch.setattr(depth, "answer", lambda picture: (np.ones_like(slope), slope))
    monkeypatch.setattr(depth, "MIDDLE_GAIN", gain := 0.9)
    found = depth.guess(*oval(100, 200), 64, 128, PAD)
    middle = found.middle[PAD + 32, PAD : PAD + 128]
    np.testing.assert_allclose(middle, (np.arange(128) + 0.5 - 64) * gain, atol=1.0)


@pytest.mark.parametrize("kept", [0.0, 0.5, 1.0])
def test_share_of_the_lean_stays(monkeypatch, kept):
    """A middle that rises to the top, and to the right: only the first is a lean."""
    axis = (np.arange(depth.SIDE_PX, dtype=np.float32) - 31.5) / depth.OUTLINE_PX
    leaning = axis[None] - axis[:, None]
    monkeypatch.setattr(depth, "answer", lambda picture: (np.ones_like(leaning), leaning))
    monkeypatch.setattr(depth, "LEAN_KEPT", kept)
    monkeypatch.setattr(depth, "MIDDLE_GAIN", 0.4)
    middle = depth.guess(*oval(128, 128), 128, 128, PAD).middle
    up, right = (
        middle[PAD + 40, 66] - middle[PAD + 88, 66],
        middle[66, PAD + 88] - middle[66, PAD + 40],
    )
    assert up == pytest.approx(48 * 0.4 * kept, abs=1.0)
    assert right == pytest.approx(48 * 0.4, abs=1.0)


def test_without_weights_or_runtime_depth_is_hindered_and_says_by_what(tmp_path, monkeypatch):
    assert depth.hindrance() is None
    assert "missing" in depth.hindrance(tmp_path / "none.onnx")
    monkeypatch.setattr(depth, "find_spec", lambda name: None)
    assert "onnxruntime" in depth.hindrance()


def test_shipped_network_is_small():
    (graph,) = fields(depth.WEIGHTS.read_bytes(), GRAPH)
    sizes = [[*fields(tensor, DIMS)] for tensor in fields(graph, INITIALISER)]
    assert 400_000 < sum(math.prod(dims) for dims in sizes) <= MOST_NUMBERS


def fields(message: bytes, wanted: int) -> Iterator:
    """What a protocol buffer holds in a field: bytes, or whole numbers one by one."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 2:
            length, at = varint(message, at)
            value, at = message[at : at + length], at + length
        else:
            assert tag & 7 == 0, "only bytes and whole numbers are expected"
            value, at = varint(message, at)
        if tag >> 3 == wanted:
            yield value


def varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a place, seven bits a byte, and the place after it."""
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 0x80:
            return value, at


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_damaged_weights_are_a_hindrance_and_logged_once(tmp_path, caplog, share):
    whole = depth.WEIGHTS.read_bytes()
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(whole[: int(len(whole) * share)])
    for _ in range(2):
        assert "damaged" in depth.hindrance(damaged)
    (line,) = caplog.messages
    assert "damaged.onnx" in line


def test_ball_height_is_half_the_width_in_the_middle_of_a_disc():
    picture = depth.framed(*oval(200, 200))
    half, radius = depth.ball_height(picture.mask)
    assert half.max() == pytest.approx(0.5, abs=0.03)
    assert 0.5 / 1.2 - 0.02 < radius.max() <= 0.5  # in steps of a fifth
    assert not half[~picture.mask].any()


def test_solid_of_a_guess_keeps_outline_and_depth():
    """A slanted disc: closed, and as deep as the middle surface says."""
    rgb, mask = oval(128, 128)
    outline = inflate.signed_outline(mask, 128, 128, PAD)
    across = np.arange(134, dtype=np.float32) - 66.5
    tilted = inflate.Guess(np.full_like(outline, 0.2), np.tile(across * 0.5, (134, 1)))
    body = inflate.inflate(
        inflate.on_grid(rgb, 128, 128, PAD), outline, 128.0, relief_height=0.0, guess=tilted
    )
    ahead, behind = body.reach()
    assert ahead + behind == pytest.approx(64, abs=8)
