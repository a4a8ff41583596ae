"""Built-in shape from a picture, on a CPU: the silhouette inflated, or a visual hull of several views.

These models reconstruct from outline and colour by geometry. How deep a single picture is, a small network of this
project's own guesses (`pipelines/geometry/depth.py`); they are no neural generator and never pose as one.
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
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Params, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.bake import Shader
    from pipelines.geometry.build import Model
    from pipelines.geometry.glb import Material
    from pipelines.geometry.matting import Cutout
    from pipelines.geometry.picture_paint import PicturePaint
    from pipelines.geometry.solid import Shape


class ShapeOptions(Params):
    """Options of the built-in shape models.

    The four sampling numbers carry the names of the image API. Here the sparse-structure numbers set the coarse solid
    (grid resolution, depth) and the structured-latent numbers set the surface detail (relief octaves, relief height).
    """

    sparse_structure_sample_steps: int = Field(
        25,
        ge=1,
        le=100,
        description="resolution of the solid: 1 is 96, 25 is 256, 100 is 384 voxels a side",
    )
    sparse_structure_cfg_strength: float = Field(
        8.5,
        ge=0.0,
        le=20.0,
        description="thickness: 0 is a quarter of the standard, 8.5 the standard, 20 twice",
    )
    slat_sample_steps: int = Field(
        25,
        ge=1,
        le=100,
        description="fineness of the relief: 1 is broad forms only, 25 three octaves, 100 five",
    )
    slat_cfg_strength: float = Field(
        4.0, ge=0.0, le=20.0, description="height of the relief: 0 none, 4 standard"
    )
    depth_scale: float = Field(1.0, ge=0.1, le=3.0, description="thickness; 0.5 suits flat art")
    depth_method: Literal["learned", "inflation"] = Field(
        "learned",
        description="what guesses the depth of a single picture: a small network, or balls that fill the outline",
    )


class TexturedShapeOptions(BakeOptions, ShapeOptions):
    """The same, and how the texture is baked."""


CARDS = tuple(
    ModelCard(
        model_id=f"classic_{feature}",
        feature=feature,
        family="classic",
        weights="classic",
        summary="silhouette with a learned depth, or visual hull; no neural generator",
        licence="as this project",
        terms=OWN_TERMS,
        requires=LIBRARIES,
        outputs=("glb",),
        options=options,
        timeout_s=300,
    )
    for feature, options in (
        ("image_to_raw_mesh", ShapeOptions),
        ("image_to_textured_mesh", TexturedShapeOptions),
    )
)


class ClassicShape:
    """Pictures of an object -> a closed mesh, Y up, front to +Z, longest side 1 m, standing on y = 0."""

    def load(self, device: str) -> None:
        """Import the libraries, and the depth network where it can run. Raises ModelLoadFailed."""
        load_libraries()
        from pipelines.geometry import depth

        # Reads the weights now: without them jobs run too, and each says so.
        depth.hindrance()

    def image_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh in plain grey."""
        from pipelines.geometry import facets, glb, normals

        stages = Stages(report)
        views, model = self._model(work, ShapeOptions(**work.options), stages)
        with stages("export"):
            vertices, faces = model.vertices, model.faces
            if _style(work) == "lowpoly":
                origin, faces, directions = facets.split(vertices, faces)
                vertices = vertices[origin]
            else:
                directions = normals.vertex_normals(vertices, faces)
            path = work.out_dir / OUTPUT_NAME
            glb.write(path, vertices, faces, directions)
        return outcome(work, path, _info(work, views, model), _notices(work, views, model), stages)

    def image_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh with the pictures' colours, or those of `texture_image`, baked into one atlas."""
        from pipelines.geometry import glb

        stages = Stages(report)
        options = TexturedShapeOptions(**work.options)
        views, model = self._model(work, options, stages)
        with stages("texture"):
            picture = _texture_picture(work)
            shader = _shader(
                work, views, picture, model, nearest=options.texture_bake_mode == "fast"
            )
            vertices, faces, directions, uv, material = _textured(work, model, shader, options)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(path, vertices, faces, directions, uv=uv, material=material)
        info = {**_info(work, views, model), **_texture_info(views, picture)}
        notices = _notices(work, views, model) + (picture.notices if picture else ())
        return outcome(work, path, info, notices, stages)

    def _model(
        self, work: Work, options: ShapeOptions, stages: Stages
    ) -> tuple[dict[str, Cutout], Model]:
        from pipelines.geometry import build, images, matting

        with stages("preprocess"):
            views = {
                slot: matting.cut_out(images.load_rgba(work.inputs[slot]), view=slot)
                for slot in build.SLOTS
                if slot in work.inputs
            }
        with stages("geometry"):
            budget = build.Budget(
                simplify_ratio=work.params.get("simplify_ratio", 1.0),
                vertex_limit=work.params.get("vertex_limit"),
                lowpoly=_style(work) == "lowpoly",
                face_count=work.params.get("target_face_count"),
            )
            model = build.model_from_views(views, shape_of(options), budget)
        return views, model


ADAPTER = ClassicShape


def shape_of(options: ShapeOptions) -> Shape:
    """The options' numbers as factors of the solid: every value in range has an effect, none is clipped."""
    from pipelines.geometry.solid import Shape

    steps = options.sparse_structure_sample_steps
    resolution = 96 + (steps - 1) * 160 / 24 if steps <= 25 else 256 + (steps - 25) * 128 / 75
    detail = options.slat_sample_steps
    return Shape(
        resolution=round(resolution),
        depth=(0.25 + 0.75 * options.sparse_structure_cfg_strength / 8.5) * options.depth_scale,
        relief_height=options.slat_cfg_strength / 4.0,
        octaves=1 + (detail - 1) / 12 if detail <= 25 else 3 + (detail - 25) / 37.5,
        learned=options.depth_method == "learned",
    )


def _style(work: Work) -> str:
    style: str = work.params.get("style", "realistic")
    return style


def _texture_picture(work: Work) -> PicturePaint | None:
    """The picture that colours the surface instead of the views, where one is given."""
    from pipelines.geometry import images
    from pipelines.geometry.picture_paint import picture_paint

    if "texture_image" not in work.inputs:
        return None
    return picture_paint(
        images.load_rgba(work.inputs["texture_image"]),
        work.params.get("mode", "auto"),
        slot="texture_image",
    )


def _shader(
    work: Work,
    views: dict[str, Cutout],
    picture: PicturePaint | None,
    model: Model,
    *,
    nearest: bool,
) -> Shader:
    """The function that colours points of the model, in the style asked for."""
    from pipelines.geometry.picture_paint import views_shader
    from pipelines.geometry.views import box_of

    if picture is not None:
        corners = model.vertices[model.faces]
        box = box_of(model.vertices)
        return picture.shader(box, style=_style(work), nearest=nearest, corners=corners)
    return views_shader(views, model.box, style=_style(work), nearest=nearest)


def _textured(
    work: Work, model: Model, shader: Shader, options: TexturedShapeOptions
) -> tuple[Any, Any, Any, Any, Material]:
    """Unwrap and bake. -> vertices, faces, normals, uv of the split mesh, and its material."""
    from pipelines.geometry import bake, facets, normals, paint, uv_atlas

    smooth = normals.vertex_normals(model.vertices, model.faces)
    cut = uv_atlas.unwrap(model.vertices, model.faces)
    mesh = bake.TexturedMesh(
        model.vertices[cut.origin], cut.faces, cut.uv, smooth[model.faces].astype("float32")
    )
    size, mode = work.params.get("texture_size", 1024), options.texture_bake_mode
    if _style(work) != "lowpoly":
        material = paint.material(mesh, shader, size, mode)
        return mesh.vertices, mesh.faces, smooth[cut.origin], mesh.uv, material
    material = paint.material(mesh, shader, size, mode, faceted=True)
    origin, faces, flat = facets.split(mesh.vertices, mesh.faces)
    return mesh.vertices[origin], faces, flat, mesh.uv[origin], material


def _info(work: Work, views: dict[str, Cutout], model: Model) -> dict[str, Any]:
    return {
        "method": model.method,
        "depth_method": model.depth_method,
        "matting_method": views["image"].method,
        "views_used": list(model.views_used),
        "style": _style(work),
        "vertex_count": len(model.vertices),
        "face_count": len(model.faces),
        "watertight": model.watertight,
    }


def _texture_info(views: dict[str, Cutout], picture: PicturePaint | None) -> dict[str, Any]:
    """Where the colours came from: "views" and which, or "texture_image" and what was done with it."""
    if picture is None:
        return {"texture_source": "views", "views_coloured": list(views)}
    return {
        "texture_source": "texture_image",
        "views_coloured": [],
        "texture_method": picture.method,
        "texture_matting_method": picture.matting_method,
    }


def _notices(work: Work, views: dict[str, Cutout], model: Model) -> tuple[Notice, ...]:
    found = [notice for cutout in views.values() for notice in cutout.notices]
    method = work.options.get("depth_method", "learned")
    if method != "learned" and model.depth_method == "views":
        said = f"depth_method {method} has no effect: several views give the depth"
        found.append(Notice("FIELD_WITHOUT_EFFECT", said))
    return (*found, *model.notices)
