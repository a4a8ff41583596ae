"""One picture that colours a mesh: an object cut out of it is projected from the front, a material is tiled all over.

Knows pictures and boxes. Does not know texels, files or jobs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NothingToModel
from pipelines.geometry import matting, project, triplanar
from pipelines.geometry.bake import Shader
from pipelines.geometry.matting import Cutout
from pipelines.geometry.restyle import restyled
from pipelines.geometry.views import Box
from pipelines.spec import Notice

# A tile's size as a share of the mesh's longest side.
TILE_SCALE = 0.5


@dataclass(frozen=True)
class PicturePaint:
    """rgba (h, w, 4) uint8 and the object in it, or None where the picture is tiled."""

    rgba: NDArray[np.uint8]
    cutout: Cutout | None

    @property
    def method(self) -> str:
        return "tiling" if self.cutout is None else "front_projection"

    @property
    def matting_method(self) -> str | None:
        return None if self.cutout is None else self.cutout.method

    @property
    def notices(self) -> tuple[Notice, ...]:
        return () if self.cutout is None else self.cutout.notices

    def shader(
        self, box: Box, *, style: str, nearest: bool = False, tile_scale: float = TILE_SCALE
    ) -> Shader:
        """The function that colours points of a mesh in `box`. `nearest` takes pixels as they are, unmixed."""
        if self.cutout is not None:
            return views_shader({"image": self.cutout}, box, style=style, nearest=nearest)
        picture = restyled({"image": triplanar.opaque(self.rgba)}, style)["image"]
        return triplanar.Tiles(picture, box, tile_scale, nearest).colours


def picture_paint(
    rgba: NDArray[np.uint8], mode: str = "auto", *, slot: str = "image"
) -> PicturePaint:
    """A picture (h, w, 4) uint8 made ready. `mode` is "project", "tile" or "auto"; `slot` names it in messages.

    In "auto" it is projected only where its background is sure: alpha, or a plain border. Raises NothingToModel for
    a picture in which nothing is to be seen.
    """
    if mode == "tile":
        return PicturePaint(rgba, None)
    try:
        cutout = matting.cut_out(rgba, view=slot)
    except NothingToModel:
        if mode == "project" or rgba[..., 3].max() < 16:
            raise
        return PicturePaint(rgba, None)
    if mode == "auto" and (cutout.method == "grabcut" or cutout.full_frame):
        return PicturePaint(rgba, None)
    return PicturePaint(rgba, cutout)


def views_shader(
    views: dict[str, Cutout], box: Box, *, style: str, nearest: bool = False
) -> Shader:
    """The function that colours points from views (slot -> cut-out) of an object in `box`."""
    source = project.projector(views, box, nearest=nearest)
    return replace(source, pictures=restyled(source.pictures, style)).colours
