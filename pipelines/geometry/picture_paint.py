"""One picture that colours a mesh: an object cut out of it is projected from the front, a material is tiled all over.

Knows pictures and boxes. Does not know texels, files or jobs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NothingToModel
from pipelines.geometry import fitted, matting, outline_fit, project, seamless, triplanar
from pipelines.geometry.bake import Shader
from pipelines.geometry.matting import Cutout
from pipelines.geometry.restyle import restyled
from pipelines.geometry.views import Box
from pipelines.spec import Notice

# A tile's size as a share of the mesh's longest side.
TILE_SCALE = 0.5
LARGEST_PX = 4096


@dataclass(frozen=True)
class Laid:
    """The function that colours points of a mesh, and whether the picture's sides were swapped for it."""

    shader: Shader
    mirrored: bool = False


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
        self, box: Box, *, style: str, nearest: bool = False, corners: NDArray | None = None
    ) -> Shader:
        """The function that colours points of a mesh in `box`, as `laid` does; without triangles straight ahead."""
        if self.cutout is not None and corners is None:
            return views_shader({"image": self.cutout}, box, style=style, nearest=nearest)
        triangles = np.zeros((0, 3, 3)) if corners is None else corners
        return self.laid(box, triangles, style=style, nearest=nearest).shader

    def laid(
        self,
        box: Box,
        corners: NDArray,
        *,
        style: str,
        nearest: bool = False,
        tile_scale: float = TILE_SCALE,
        texture_px: int = LARGEST_PX,
    ) -> Laid:
        """The picture on triangles (m, 3, 3) in `box`. `nearest` takes pixels as they are, unmixed.

        A cut-out is laid outline to outline and on seen faces only, its sides swapped where its outline then fits
        clearly better. texture_px: the side of the texture; no finer detail of the picture is kept.
        """
        if self.cutout is None:
            return Laid(self._tiles(box, style, nearest, tile_scale, texture_px))
        view = fitted.front_view(corners, box)
        cutout = self.cutout
        mirrored = outline_fit.better_mirrored(view.mask, cutout.mask)
        if mirrored:
            rgb = np.ascontiguousarray(cutout.rgb[:, ::-1])
            cutout = replace(cutout, rgb=rgb, mask=np.ascontiguousarray(cutout.mask[:, ::-1]))
        pictures = {"image": cutout.rgb, "image_back": project.unseen_side(cutout.rgb, cutout.mask)}
        pictures = restyled({k: shrunk(p, texture_px) for k, p in pictures.items()}, style)
        front, back = pictures["image"], pictures["image_back"]
        source = fitted.fitted(cutout.mask, view, front=front, back=back, nearest=nearest)
        return Laid(source.colours, mirrored)

    def _tiles(
        self, box: Box, style: str, nearest: bool, tile_scale: float, texture_px: int
    ) -> Shader:
        # On a common atlas the longest side of a mesh is about half the texture's.
        picture = shrunk(triplanar.opaque(self.rgba), max(int(texture_px * tile_scale), 64))
        picture = restyled({"image": picture}, style)["image"]
        if not self.repeats:
            return triplanar.Tiles(picture, box, tile_scale, nearest).colours
        joined = seamless.tile(picture)
        kept = tile_scale * max(joined.shape[:2]) / max(picture.shape[:2])
        return triplanar.Tiles(joined, box, kept, nearest, mirrored=False).colours

    @property
    def repeats(self) -> bool:
        """Whether the picture is a texture, whose borders are blended; others are mirrored in turn."""
        return self.cutout is None and seamless.is_texture(triplanar.opaque(self.rgba))


def shrunk(picture: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """A picture (h, w, 3), at most so many pixels along its longer side."""
    height, width = picture.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


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
    if mode == "auto" and (cutout.method in ("grabcut", "network") or cutout.full_frame):
        return PicturePaint(rgba, None)
    return PicturePaint(rgba, cutout)


def views_shader(
    views: dict[str, Cutout], box: Box, *, style: str, nearest: bool = False
) -> Shader:
    """The function that colours points from views (slot -> cut-out) of an object in `box`."""
    source = project.projector(views, box, nearest=nearest)
    return replace(source, pictures=restyled(source.pictures, style)).colours
