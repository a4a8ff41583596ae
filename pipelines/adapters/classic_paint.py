"""Built-in painting on a CPU and without weights: a cut-out picture is projected, a full-frame picture is tiled.

These models place the picture's own pixels; they invent nothing. They are no neural network and never pose as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines.adapters._run import OUTPUT_NAME, Stages, load_libraries, outcome
from pipelines.spec import ModelCard, Outcome, Params, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.matting import Cutout
    from pipelines.geometry.mesh_io import ClientMesh


class PaintOptions(Params):
    """Options of the built-in painting model."""

    texture_bake_mode: Literal["pbr", "fast", "opt"] = Field(
        "pbr",
        description="pbr: base colour and metallic-roughness; fast: base colour only, nearest texel; "
        "opt: as pbr with four samples a texel",
    )
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
        from pipelines.geometry import glb, images, mesh_io, paint

        stages = Stages(report)
        options = PaintOptions(**work.options)
        with stages("preprocess"):
            mesh = mesh_io.read(work.inputs["mesh"])
            rgba = images.load_rgba(work.inputs["image"])
            cutout = _cutout(rgba, options.painting_mode)
        with stages("texture"):
            textured, smooth, layout = _with_uv(mesh)
            shader = _shader(mesh, rgba, cutout, options)
            material = paint.material(
                textured, shader, work.params.get("texture_size", 1024), options.texture_bake_mode
            )
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(
                path, textured.vertices, textured.faces, smooth, uv=textured.uv, material=material
            )
        info = _info(mesh, cutout, layout)
        return outcome(work, path, info, cutout.notices if cutout else (), stages)


ADAPTER = ClassicPaint


def _cutout(rgba: Any, mode: str) -> Cutout | None:
    """The object to project, or None where the picture is to be tiled.

    In "auto" a picture is projected only where its background is sure: alpha, or a plain border.
    """
    from pipelines.errors import NothingToModel
    from pipelines.geometry import matting

    if mode == "tile":
        return None
    try:
        cutout = matting.cut_out(rgba)
    except NothingToModel:
        if mode == "project" or rgba[..., 3].max() < 16:
            raise
        return None
    if mode == "auto" and (cutout.method == "grabcut" or cutout.full_frame):
        return None
    return cutout


def _with_uv(mesh: ClientMesh) -> tuple[Any, Any, str]:
    """The mesh with its own UVs where they serve, else a new atlas. -> textured mesh, normals (n, 3), which it was."""
    from pipelines.geometry import bake, mesh_io, normals, uv_atlas

    smooth = (
        mesh.normals
        if mesh.normals is not None
        else normals.vertex_normals(mesh.vertices, mesh.faces)
    )
    smooth = normals.unit(smooth)
    corners = normals.corner_normals(mesh.vertices, mesh.faces, smooth)
    if mesh.uv is not None and mesh_io.uv_is_usable(mesh):
        return bake.TexturedMesh(mesh.vertices, mesh.faces, mesh.uv, corners), smooth, "of the file"
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    textured = bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, corners)
    return textured, smooth[cut.origin], "new atlas"


def _shader(mesh: ClientMesh, rgba: Any, cutout: Cutout | None, options: PaintOptions) -> Any:
    """The function that colours points of the mesh."""
    from pipelines.geometry import project, triplanar
    from pipelines.geometry.views import box_of

    box = box_of(mesh.vertices[mesh.faces.reshape(-1)])
    nearest = options.texture_bake_mode == "fast"
    if cutout is not None:
        return project.projector({"image": cutout}, box, nearest=nearest).colours
    return triplanar.Tiles(triplanar.opaque(rgba), box, options.tile_scale, nearest).colours


def _info(mesh: ClientMesh, cutout: Cutout | None, layout: str) -> dict[str, Any]:
    from pipelines.geometry import decimate

    return {
        "method": "tiling" if cutout is None else "front_projection",
        "matting_method": None if cutout is None else cutout.method,
        "views_used": ["image"],
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": decimate.is_solid(mesh.vertices, mesh.faces),
        "uv": layout,
    }
