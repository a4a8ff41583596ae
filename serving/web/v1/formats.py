"""What can go in and what can come out here: told from the catalog and from what can run, never from a list.

Pure: knows features, cards and file kinds; no request, no Redis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pipelines.delivered import makeable
from pipelines.mesh_kind import MESH_KINDS
from pipelines.spec import Feature, ModelCard
from serving.storage.image_header import FORMATS
from serving.storage.mesh_header import MEDIA_TYPES

# Features with their models that can run; a feature that none can run has no row.
Served = Mapping[str, tuple[Feature, tuple[ModelCard, ...]]]

TEXT = ["string"]
_IMAGE_NAMES = {"JPEG": ("jpg", "jpeg")}
# A texture comes inside its mesh: as PNG, large ones as JPEG. See pipelines/geometry/glb.py; a test looks.
_TEXTURES = ["png", "jpg"]
_NO_MESH = ("json",)
_WITH_SKELETON = ("glb", "fbx")
_TEXT_PARAM = "text_prompt"
_TEXTURE_PARAM = "texture_size"
_FORMAT_PARAM = "output_format"


@dataclass(frozen=True)
class Formats:
    """Names of formats, without a dot. `text` says "string" where a text is an input."""

    text: list[str]
    image: list[str]
    mesh: list[str]
    base64: list[str]
    mesh_out: list[str]
    texture_out: list[str]
    data_out: list[str]


def formats(served: Served) -> Formats:
    """The formats of some features together."""
    kinds = {kind for feature, _ in served.values() for kind in input_kinds(feature)}
    outputs = _unique(name for feature, cards in served.values() for name in _out(feature, cards))
    images = image_names() if "image" in kinds else []
    meshes: list[str] = list(MESH_KINDS) if "mesh" in kinds else []
    image_types = [f"image/{name.lower()}" for name in FORMATS] if images else []
    return Formats(
        text=TEXT if "text" in kinds else [],
        image=images,
        mesh=meshes,
        base64=_unique([*image_types, *(MEDIA_TYPES[kind] for kind in meshes)]),
        mesh_out=[name for name in outputs if name not in _NO_MESH],
        texture_out=_TEXTURES if any(_paints(feature) for feature, _ in served.values()) else [],
        data_out=[name for name in outputs if name in _NO_MESH],
    )


def input_kinds(feature: Feature) -> list[str]:
    """What a feature is given: some of "text", "image", "mesh"."""
    text = ["text"] if _TEXT_PARAM in feature.params.model_fields else []
    return _unique([*text, *(slot.kind for slot in feature.inputs.values())])


def input_formats(feature: Feature) -> list[str]:
    """The formats of a feature's inputs in one list; "text" for a text."""
    names: dict[str, list[str]] = {
        "text": ["text"],
        "image": image_names(),
        "mesh": list(MESH_KINDS),
    }
    return _unique(name for kind in input_kinds(feature) for name in names[kind])


def output_formats(feature: Feature, card: ModelCard) -> list[str]:
    """What a model's result may be asked as: what its feature offers and the model can make."""
    offered = choices(feature, _FORMAT_PARAM)
    return (
        [name for name in offered if name in makeable(card.outputs)]
        if offered
        else list(card.outputs)
    )


def with_skeleton(names: Iterable[str]) -> list[str]:
    """Those of some mesh formats that hold joints and weights; in the others a rigged mesh comes without them."""
    return [name for name in names if name in _WITH_SKELETON]


def choices(feature: Feature, param: str) -> list[str]:
    """The values that a param may have; none where it has no such list, or the feature no such param."""
    field = feature.params.model_fields.get(param)
    return _literals(field.annotation) if field else []


def image_names() -> list[str]:
    """The endings of images that are read."""
    return [name for kind in FORMATS for name in _IMAGE_NAMES.get(kind, (kind.lower(),))]


def media_types(names: Iterable[str]) -> dict[str, str]:
    """The media types of mesh formats."""
    return {name: MEDIA_TYPES[name] for name in names if name in MEDIA_TYPES}


def _out(feature: Feature, cards: Iterable[ModelCard]) -> Iterable[str]:
    return (name for card in cards for name in output_formats(feature, card))


def _paints(feature: Feature) -> bool:
    return _TEXTURE_PARAM in feature.params.model_fields


def _literals(annotation: Any) -> list[str]:
    """The strings of a Literal, also inside `… | None`."""
    if get_origin(annotation) is Literal:
        return [value for value in get_args(annotation) if isinstance(value, str)]
    return [value for part in get_args(annotation) for value in _literals(part)]


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
