"""Built-in painting on a CPU and without weights: a cut-out picture is projected, a full-frame picture is tiled.

These models place the picture's own pixels; they invent nothing. They are no neural network and never pose as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    BakeOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.client_paint import Subject
    from pipelines.geometry.glb import Material
    from pipelines.geometry.picture_paint import PicturePaint


class PaintOptions(BakeOptions):
    """Options of the built-in painting model."""

    tile_scale: float = Field(
        0.5,
        ge=0.02,
        le=4.0,
        description="size of a tile as a share of the mesh's longest side; only when tiling",
    )
    uvs: Literal["auto", "keep", "new"] = Field(
        "auto",
        description="texture coordinates: the file's own, a new atlas, or its own wherever they can carry paint (auto)",
    )


CARDS = (
    ModelCard(
        model_id="classic_image_mesh_painting",
        feature="image_mesh_painting",
        family="classic",
        weights="classic",
        summary="front projection or triplanar tiling; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
        requires=LIBRARIES,
        outputs=("glb",),
        options=PaintOptions,
        timeout_s=300,
    ),
)


class ClassicPaint:
    """A picture and a mesh -> the same mesh with textures. A GLB keeps all but its materials; vertices are never moved,
    and repeated only where a new atlas has seams."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries("client_paint")

    def image_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `image` and `mesh`, paint, write output.glb."""
        from pipelines.geometry import client_paint, images, picture_paint

        stages = Stages(report)
        options = PaintOptions(**work.options)
        with stages("preprocess"):
            subject = client_paint.subject(work.inputs["mesh"], options.uvs)
            picture = picture_paint.picture_paint(
                images.load_rgba(work.inputs["image"]), work.params.get("mode", "auto")
            )
        with stages("texture"):
            sizes = client_paint.texture_sizes(
                subject.surfaces, work.params.get("texture_size", 1024)
            )
            materials, mirrored = _painted(work, subject, picture, sizes, options)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            subject.write(path, materials)
        info = _info(work, subject, picture) | {"mirrored": mirrored, "texture_sizes": sizes}
        notices = (*picture.notices, *_ineffective(options, picture), *subject.notices)
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicPaint


def _painted(
    work: Work, subject: Subject, picture: PicturePaint, sizes: list[int], options: PaintOptions
) -> tuple[list[Material], bool]:
    """The material of each surface, one picture over all of them; and whether the picture's sides were swapped."""
    import numpy as np

    from pipelines.geometry import paint
    from pipelines.geometry.views import box_of

    surfaces = subject.surfaces
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in surfaces])
    style = work.params.get("style", "realistic")
    laid = picture.laid(
        box_of(corners.reshape(-1, 3)),
        corners,
        style=style,
        nearest=options.texture_bake_mode == "fast",
        tile_scale=options.tile_scale,
        texture_px=max(sizes),
    )
    relief = picture.repeats and style == "realistic"
    made = [
        paint.material(mesh, laid.shader, size, options.texture_bake_mode, relief=relief)
        for mesh, size in zip(surfaces, sizes, strict=True)
    ]
    return made, laid.mirrored


def _ineffective(options: PaintOptions, picture: PicturePaint) -> Iterator[Notice]:
    """A notice for each option that was set and had no effect."""
    if options.tile_scale != PaintOptions().tile_scale and picture.cutout is not None:
        said = "tile_scale has no effect: the picture was projected; mode tile lays it all over"
        yield Notice("FIELD_WITHOUT_EFFECT", said)


def _info(work: Work, subject: Subject, picture: PicturePaint) -> dict[str, Any]:
    from pipelines.geometry import sound

    mesh = subject.mesh
    return {
        "method": picture.method,
        "matting_method": picture.matting_method,
        "tiles": None if picture.cutout else "blended" if picture.repeats else "mirrored",
        "style": work.params.get("style", "realistic"),
        "views_used": ["image"],
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": sound.is_sound(mesh.vertices, mesh.faces),
        "uv": subject.layout,
    }
