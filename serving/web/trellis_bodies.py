"""What the first API takes, field by field, for the OpenAPI file. trellis_form.py reads and judges it; tests compare.

Numbers may come as text, and null or "" is the field left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from serving.web.views import VIEWS

_Left = Literal[""] | None
_IntText = Annotated[str, Field(pattern=r"^[0-9]+$")]
_FloatText = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
_Steps = Annotated[int, Field(ge=1, le=100)] | _IntText | _Left
_Strength = Annotated[float, Field(ge=0, le=20)] | _FloatText | _Left
_Flag = bool | Literal["true", "false", "1", "0", "yes", "no", "on", "off", ""] | None
_Base64 = str | list[str] | None
WAYS = {
    "_base64": "the picture as base64 or a data URL",
    "_file_id": "id of an upload",
    "_path": "path of an upload, or below a folder that the operator lists",
}


class Tuning(BaseModel):
    """The settings that both submits take. The sampling numbers are a neural model's; see docs/api/trellis.md."""

    model_config = ConfigDict(extra="forbid", defer_build=True)  # built for the OpenAPI file alone

    sparse_structure_sample_steps: _Steps = Field(25, description="resolution of the solid")
    ss_sample_steps: _Steps = Field(None, description="the same as sparse_structure_sample_steps")
    sparse_structure_cfg_strength: _Strength = Field(8.5, description="thickness")
    ss_cfg_strength: _Strength = Field(
        None, description="the same as sparse_structure_cfg_strength"
    )
    slat_sample_steps: _Steps = Field(25, description="fineness of the surface relief")
    slat_cfg_strength: _Strength = Field(4.0, description="height of the surface relief")
    depth_scale: Annotated[float, Field(ge=0.1, le=3)] | _FloatText | _Left = Field(
        1.0, description="thickness once more; 0.5 suits flat art"
    )
    texture_bake_mode: Literal["pbr", "fast", "opt", ""] | None = Field(
        "pbr", description="fast: base colour alone; opt: as pbr, four samples a texel"
    )
    simplify_ratio: Annotated[float, Field(ge=0.01, le=1)] | _FloatText | _Left = Field(
        1.0, description="share of the standard face count that is kept"
    )
    target_face_count: Annotated[int, Field(ge=60, le=100_000)] | _IntText | _Left = Field(
        None, description="about how many faces, instead of the standard count"
    )
    target_height_m: Annotated[float, Field(ge=0.001, le=1000)] | _FloatText | _Left = Field(
        None, description="height in metres; without it 1, or what a size word says"
    )
    texture_size: Annotated[int, Field(ge=256, le=4096)] | _IntText | _Left = Field(
        1024, description="side of the texture in pixels"
    )
    mode: Literal["auto", "project", "tile", ""] | None = Field(
        "auto",
        description="how a picture is painted on a mesh: an object in it onto the front, or the whole of it all over",
    )
    seed: Annotated[int, Field(ge=0, le=2_147_483_647)] | _IntText | _Left = Field(0)
    turntable: _Flag = Field(False, description="also draw the mesh turning, as an animated WebP")


class ImageFields(Tuning):
    """The fields beside the files of a form."""

    image_name: str | None = Field(None, description="shown again in lists")
    is_dv_mode: _Flag = Field(False, description="says that a mesh must be there")


class _Pictures(ImageFields):
    """The JSON body: files as base64 or data URLs. `image`, `image_data` or `image_front` must be there."""

    image: _Base64 = Field(None, description="the picture, or several views of one object")
    image_data: str | None = Field(None, description="the same as image")
    images: _Base64 = Field(None, description="views without names, in the order front, back, left")
    image_front: str | None = None
    image_back: str | None = None
    image_left: str | None = Field(None, description="the object's own left")
    image_right: str | None = None
    image_top: str | None = None
    image_bottom: str | None = None
    mesh: str | None = Field(None, description="a mesh to paint; its shape stays")
    mesh_data: str | None = Field(None, description="the same as mesh")


# Each view's name once more with the way that its picture is given behind it.
_named: dict[str, Any] = {
    f"{name}{way}": (str | None, Field(None, description=meaning))
    for name in ("image", *(f"image_{view}" for view in VIEWS))
    for way, meaning in WAYS.items()
}
ImageBody = create_model("ImageBody", __base__=_Pictures, **_named)


class TextBody(Tuning):
    """The body of a text submit, JSON or form."""

    text: str = Field(min_length=1, description="what the mesh should show")
    negative_text: str | None = Field(None, description="what it should not show")
    is_dv_mode: _Flag = False
    mesh_data: str | None = Field(None, description="a mesh to paint, as base64")


IMAGE_FILES = {
    "image": "PNG, JPEG, WebP, BMP, TIFF or GIF; repeat it for further views",
    "images[]": "views without names, taken in the order front, back, left",
    "image_front": "a view",
    "image_back": "a view",
    "image_left": "a view: the object's own left",
    "image_right": "a view",
    "image_top": "a view",
    "image_bottom": "a view",
    "mesh": "a mesh to paint: GLB, glTF, OBJ, FBX, PLY or STL; its shape stays",
    "mesh_data": "the same as mesh",
}
