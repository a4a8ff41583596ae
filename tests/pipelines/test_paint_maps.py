"""The maps of a painted surface: relief in the right direction, glow and metal where they belong, sound noise."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry import bake, uv_atlas
from pipelines.geometry.materials import apply, maps, marks, noise, tiles
from pipelines.geometry.materials.registry import Surface, materials
from pipelines.geometry.tangents import vertex_tangents
from pipelines.words.finish import Finish
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import document, run, textures

GLOWING = {
    *("lava", "galaxy", "neon", "embers", "circuit_board", "slime", "plasma", "stained_glass"),
}
METALS = {
    *("gold", "silver", "copper", "brass", "steel", "hammered_metal", "diamond_plate"),
    *("plates", "corrugated"),
}
SMOOTH = {
    "glass",
    "ceramic",
    "plastic",
    "marble",
    "rainbow",
    "stripes",
    "checker",
    "dots",
    "camouflage",
}


@pytest.fixture(scope="module")
def ball() -> bake.TexturedMesh:
    mesh = trimesh.creation.icosphere(3, 0.5)
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    normals = mesh.vertex_normals[mesh.faces].astype(np.float32)
    return bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, normals)


@pytest.mark.parametrize("name", sorted(materials()))
def test_every_material_has_its_maps(ball, name):
    made = apply.baked(ball, [Finish(name)], texture_px=256, style="realistic", mode="pbr")
    assert made.base_colour is not None and made.base_colour.shape == (256, 256, 3)
    assert made.metallic_roughness is not None
    metal = np.median(made.metallic_roughness[..., 2])
    assert (metal > 200) if name in METALS else (metal < 200)
    assert (made.emissive is not None) == (name in GLOWING)
    if made.emissive is not None:
        assert made.emissive.max() > 60
    if name in SMOOTH:
        assert made.normal is None
    if made.normal is not None:
        length = np.linalg.norm((made.normal.astype(float) - 128) / 127, axis=-1)
        assert np.abs(length - 1).max() < 0.03 and made.normal[..., 2].min() > 128


@pytest.mark.parametrize("name", sorted(materials()))
def test_no_material_has_a_hole_where_its_cells_meet(name):
    """At the very borders of stitches, bricks and tiles, where a root or a quotient may have nothing to give."""
    steps = [np.arange(-count // 2, count // 2 + 1) / count for count in (10, 22, 34, 40, 44)]
    points = np.stack(np.meshgrid(*[np.unique(np.concatenate(steps))] * 2), axis=-1).reshape(-1, 2)
    points = np.insert(points, 2, 0.5, axis=1).astype(np.float32)
    at = Surface(tiles.Scattered(points), np.broadcast_to(np.float32((0, 0, 1)), points.shape))
    look = materials()[name].make(at, np.float32((0.5, 0.4, 0.3)))
    for values in (look.rgb, look.roughness, look.metalness, look.height, look.glow):
        assert values is None or np.isfinite(values).all()


def test_plain_styles_and_fast_bakes_have_no_relief(ball):
    for style in ("cartoon", "artistic"):
        made = apply.baked(ball, [Finish("brick")], texture_px=128, style=style, mode="pbr")
        assert made.normal is None
    fast = apply.baked(ball, [Finish("lava")], texture_px=128, style="realistic", mode="fast")
    assert fast.metallic_roughness is None and fast.normal is None and fast.emissive is None


@pytest.mark.parametrize("turned", [False, True], ids=["upright", "mirrored"])
def test_relief_leans_away_from_what_rises(turned):
    """A sheet that rises to the right and, half as much, upwards: the normal leans to the left and down."""
    corners = np.array(
        [[[0, 0, 0], [2, 0, 0], [2, 1, 0]], [[0, 0, 0], [2, 1, 0], [0, 1, 0]]], float
    )
    uv = corners[..., :2] * (0.4, 0.8) + 0.1
    if turned:
        uv[..., 0] = 1.0 - uv[..., 0]
    owner = bake.texel_faces(uv.reshape(-1, 2), np.arange(6).reshape(2, 3), 128)
    places = bake.Planes.of(corners, uv)
    texel = np.flatnonzero(owner >= 0)
    at = places.at(owner.reshape(-1)[texel], *bake.coordinates(texel, 128))
    height = np.zeros(128 * 128, np.float32)
    height[texel] = at[:, 0] * 0.2 + at[:, 1] * 0.1
    gaps = bake.Gaps.of(owner >= 0)
    image = maps.normal_map(height.reshape(128, 128), owner, corners, uv, gaps)
    middle = (image[64, 60].astype(float) - 128) / 127
    flat_uv = uv.reshape(-1, 2)
    down = np.stack([flat_uv[:, 0], 1 - flat_uv[:, 1]], 1)
    points, faces = corners.reshape(-1, 3), np.arange(6).reshape(2, 3)
    tangent = vertex_tangents(points, faces, np.tile([0.0, 0, 1], (6, 1)), down)[0]
    side = np.cross([0, 0, 1], tangent[:3]) * tangent[3]
    world = tangent[:3] * middle[0] + side * middle[1] + np.array([0, 0, 1]) * middle[2]
    expected = np.array([-0.2, -0.1, 1.0]) / np.linalg.norm([-0.2, -0.1, 1.0])
    assert world == pytest.approx(expected, abs=0.02)


def test_relief_does_not_depend_on_the_texture_size(ball):
    slopes = []
    for size in (512, 2048):
        made = apply.baked(ball, [Finish("bark")], texture_px=size, style="realistic", mode="pbr")
        slopes.append(np.abs(made.normal[..., :2].astype(float) - 128).mean())
    assert slopes[0] == pytest.approx(slopes[1], rel=0.4)


def test_painted_lava_glows_in_a_valid_file(tmp_path):
    path = tmp_path / "ball.ply"
    path.write_bytes(trimesh.creation.icosphere(3).export(file_type="ply"))
    run(
        "text_mesh_painting", {"mesh": path}, tmp_path, {"text_prompt": "lava", "texture_size": 256}
    )
    (row,) = document(tmp_path / "output.glb")["materials"]
    assert row["emissiveFactor"] == [1, 1, 1] and {"emissiveTexture", "normalTexture"} <= set(row)
    kinds = [image.format for image in textures(tmp_path / "output.glb")]
    assert sorted(kinds) == ["JPEG", "JPEG", "PNG", "PNG"]
    assert not validate(tmp_path / "output.glb").complaints


def points_on_a_plane(scale: float, size: int = 200) -> np.ndarray:
    rows, columns = np.mgrid[0:size, 0:size] / size
    return (
        np.stack([columns, rows, 0.3 * columns + 0.2 * rows], -1).reshape(-1, 3) * scale
    ).astype(np.float32)


@pytest.mark.parametrize("octaves", [1, 2, 3, 4, 5, 6])
def test_noise_fills_its_range_and_is_smooth(octaves):
    values = noise.fbm(points_on_a_plane(20), octaves)
    assert values.min() >= 0 and values.max() <= 1
    assert values.mean() == pytest.approx(0.5, abs=0.05) and values.std() > 0.08
    close = noise.fbm(points_on_a_plane(0.05), octaves)
    assert np.abs(np.diff(close)).max() < 0.05
    far = noise.fbm(points_on_a_plane(3) + np.float32(-400), octaves)
    assert np.isfinite(far).all() and far.std() > 0.03


@pytest.mark.parametrize("scale", [0.5, 3.0, 13.0, 60.0])
def test_cells_are_the_nearest_points_whether_searched_alone_or_in_groups(scale):
    points = points_on_a_plane(scale)
    near, second, which = noise.cells(points)
    order = np.random.default_rng(0).permutation(len(points))
    alone = noise.cells(points[order])
    back = np.argsort(order)
    assert np.abs(near - alone[0][back]).max() < 0.15
    assert np.mean(np.abs(near - alone[0][back]) > 0.001) < 0.0005
    assert np.mean(np.abs(second - alone[1][back]) > 0.01) < 0.002
    assert np.mean(which != alone[2][back]) < 0.001
    assert (second >= near).all()


@pytest.mark.parametrize("scale", [1, 7, 40])
def test_the_nearest_cell_alone_is_that_of_cells(scale):
    points = points_on_a_plane(scale)
    near, _, which = noise.cells(points)
    alone, number = noise.nearest_cell(points)
    assert np.array_equal(near, alone) and np.array_equal(which, number)


def tiles_of(mesh: bake.TexturedMesh, size: int) -> list[tiles.OnTile]:
    owner = bake.texel_faces(mesh.uv, mesh.faces, size)
    sheet = tiles.Sheet(owner, bake.Planes.of(mesh.vertices[mesh.faces], mesh.uv[mesh.faces]))
    found = list(sheet.tiles())
    assert np.array_equal(np.sort(np.concatenate([tile.texel for tile in found])), shown(owner))
    return [tiles.OnTile(sheet, tile) for tile in found]


def shown(owner: np.ndarray) -> np.ndarray:
    return np.flatnonzero(owner.reshape(-1) >= 0)


@pytest.mark.parametrize(("scale", "octaves"), [(9.0, 4), (5.0, 4), (6.0, 5), (4.0, 2), (1.5, 1)])
def test_slow_noise_on_a_grid_is_that_of_every_texel(ball, scale, octaves):
    gridded = 0
    for spots in tiles_of(ball, 2048):
        gridded += spots.grid_of(scale, octaves) is not None
        apart = np.abs(spots.fbm(scale, octaves) - noise.fbm(spots.points, octaves, scale))
        # At the borders of charts too.
        assert apart.max() < 0.03 and apart.mean() < 0.002
        assert np.allclose(spots.points, spots.sheet.places.at(spots.tile.face, *spots.uv))
    assert gridded > 20


def test_fine_noise_and_odd_sizes_are_looked_up_texel_by_texel(ball):
    for size, scale in ((512, 60.0), (510, 2.0)):
        for spots in tiles_of(ball, size):
            assert spots.grid_of(scale, 4) is None
            assert np.array_equal(spots.fbm(scale, 4), noise.fbm(spots.points, 4, scale))


def test_some_of_a_tile_have_the_noise_of_the_whole_and_cannot_change_it(ball):
    spots = tiles_of(ball, 1024)[3]
    rows = np.arange(0, len(spots.points), 2)
    assert np.array_equal(spots.some(rows).fbm(4.0, 2), spots.fbm(4.0, 2)[rows])
    for one, other in zip(spots.some(rows).cells(7.0), spots.cells(7.0), strict=True):
        assert np.allclose(one, other[rows], atol=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        spots.fbm(4.0, 2)[0] = 0.0


@pytest.mark.parametrize("size", [512, 2048])
def test_no_crack_is_lost_by_looking_only_where_one_is_likely(ball, size):
    class Band:
        spots = None

    for Band.spots in tiles_of(ball, size):
        found = marks.cracks(Band, None, None, ragged=False, falling=False)
        exact = marks._crack(tiles.Scattered(Band.spots.points)) / marks.CRACK_RIM + 0.5
        # A texel beside another chart's may be mistaken.
        lost = exact[found == 0.0] > 0.5
        assert lost.sum() <= 0.005 * (exact > 0.5).sum()
        assert np.mean(found[exact < 0.0] > 0.0) < 0.01
        assert np.abs((found > 0.5).mean() - (exact > 0.5).mean()) < 0.002


def test_gaps_take_the_nearest_texel():
    known = np.zeros((40, 40), bool)
    known[5, 5] = known[30, 30] = True
    image = np.zeros((40, 40, 3), np.uint8)
    image[5, 5], image[30, 30] = (10, 20, 30), (200, 100, 50)
    filled = bake.fill_gaps(image, known)
    assert tuple(filled[0, 0]) == (10, 20, 30) and tuple(filled[39, 39]) == (200, 100, 50)
    nothing = np.zeros((4, 4), np.uint8)
    assert bake.fill_gaps(nothing, np.zeros((4, 4), bool)) is nothing
