"""Built-in painting on a CPU and without weights: a cut-out picture is projected, a full-frame picture is tiled.

These models place the picture's own pixels; they invent nothing. They are no neural network and never pose as one.
"""

from __future__ import annotations

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
from pipelines.spec import ModelCard, Outcome, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.picture_paint import PicturePaint


class PaintOptions(BakeOptions):
    """Options of the built-in painting model."""

    painting_mode: Literal["auto", "project", "tile"] = Field(
        "auto",
        description="project the object in the picture onto the front, or tile the whole picture; auto chooses",
    )
    tile_scale: float = Field(
        0.5,
        ge=0.02,
        le=4.0,
        description="size of a tile as a share of the mesh's longest side; only when tiling",
    )


CARDS = (
    ModelCard(
        model_id="classic_image_mesh_painting",
        feature="image_mesh_painting",
        family="classic",
        weights="classic",
        summary="front projection or triplanar tiling; no neural network",
        licence="as this project",
        requires=LIBRARIES,
        outputs=("glb",),
        options=PaintOptions,
        timeout_s=300,
    ),
)


class ClassicPaint:
    """A picture and a mesh -> the same mesh with a texture. Vertices are repeated on seams and never moved."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries()

    def image_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `image` and `mesh`, paint, write output.glb."""
        from pipelines.geometry import client_surface, glb, images, mesh_io, paint, picture_paint
        from pipelines.geometry.views import box_of

        stages = Stages(report)
        options = PaintOptions(**work.options)
        with stages("preprocess"):
            mesh = mesh_io.read(work.inputs["mesh"])
            picture = picture_paint.picture_paint(
                images.load_rgba(work.inputs["image"]), options.painting_mode
            )
        with stages("texture"):
            textured, smooth, layout = client_surface.with_uv(mesh)
            shader = picture.shader(
                box_of(mesh.vertices[mesh.faces.reshape(-1)]),
                style=work.params.get("style", "realistic"),
                nearest=options.texture_bake_mode == "fast",
                tile_scale=options.tile_scale,
            )
            material = paint.material(
                textured, shader, work.params.get("texture_size", 1024), options.texture_bake_mode
            )
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(
                path, textured.vertices, textured.faces, smooth, uv=textured.uv, material=material
            )
        info = _info(work, mesh, picture, layout)
        return outcome(work, path, info, picture.notices, stages)


ADAPTER = ClassicPaint


def _info(work: Work, mesh: ClientMesh, picture: PicturePaint, layout: str) -> dict[str, Any]:
    from pipelines.geometry import decimate

    return {
        "method": picture.method,
        "matting_method": picture.matting_method,
        "style": work.params.get("style", "realistic"),
        "views_used": ["image"],
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": decimate.is_solid(mesh.vertices, mesh.faces),
        "uv": layout,
    }
