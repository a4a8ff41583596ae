"""What is built with: sawn wood and bricks."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main


@family(
    "plank",
    "wooden_plank wooden_board floorboard piece_of_wood plank_of_wood wood_board plywood_board "
    "2x4 2x4_wood two_by_four board oak_board pine_board wood_plank",
    "caramel wood",
)
def plank(f: Forms, *, length: float = 1.2, width: float = 0.2, height: float = 0.04) -> list[Part]:
    """Lying along x, with knots."""
    return [main("body board", _sawn(f, length, height, width)), _knots(f, length, height, width)]


@family(
    "beam",
    "wooden_beam timber_beam wood_beam rafter girder_of_wood wooden_post timber block_of_wood wood_block joist",
    "brown wood",
)
def beam(f: Forms, *, length: float = 1.6, width: float = 0.22, height: float = 0.22) -> list[Part]:
    """Lying along x, with knots."""
    return [main("body beam", _sawn(f, length, height, width)), _knots(f, length, height, width)]


@family("brick", "house_brick clay_brick red_brick", "brick red plaster")
def brick(
    f: Forms, *, length: float = 0.22, width: float = 0.105, height: float = 0.065
) -> list[Part]:
    """Lying along x, with three holes."""
    block = f.soft_box((length, height, width), (0, height / 2, 0), 0.06 * height)
    holes = [
        f.post(width * 0.17, 2 * height, (x * length * 0.27, -height / 2, 0)) for x in (-1, 0, 1)
    ]
    return [main("body", block - unite(holes))]


def _sawn(f: Forms, length: float, height: float, width: float) -> Manifold:
    """A length of wood on the ground, its edges a little worn."""
    worn = 0.12 * min(height, width)
    return f.soft_box((length, height, width), (0, height / 2, 0), worn)


def _knots(f: Forms, length: float, height: float, width: float) -> Part:
    spots = ((-0.28, 0.18, 0.11), (0.12, -0.22, 0.14), (0.36, 0.1, 0.08))
    discs = [
        f.post(width * r, height * 0.03, (length * x, height * 0.985, width * z), share=0.6)
        for x, z, r in spots
    ]
    return fixed("knots", *discs, finish="dark brown wood")
