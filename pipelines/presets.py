"""Quality and style presets, as data, and what a quality preset sets for a feature.

Light: the web shows the tables as they stand. Does not know models; a style is a param of the features that have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from pipelines.errors import InvalidValue
from pipelines.spec import Feature


class QualityPreset(TypedDict):
    """texture_resolution is the side of the atlas in pixels, vertex_limit the most vertices of the mesh."""

    description: str
    texture_resolution: int
    vertex_limit: int


QUALITY_PRESETS: Mapping[str, QualityPreset] = {
    "low": {
        "description": "Fast generation with basic quality",
        "texture_resolution": 512,
        "vertex_limit": 5000,
    },
    "medium": {
        "description": "Balanced generation quality and speed",
        "texture_resolution": 1024,
        "vertex_limit": 10000,
    },
    "high": {
        "description": "High quality generation (slower)",
        "texture_resolution": 2048,
        "vertex_limit": 20000,
    },
}

STYLE_PRESETS: Mapping[str, str] = {
    "realistic": "Photorealistic style with detailed textures",
    "cartoon": "Stylized cartoon appearance",
    "lowpoly": "Low polygon count geometric style",
    "artistic": "Artistic interpretation with creative liberty",
}


def preset_params(feature: Feature, preset: str) -> dict[str, int]:
    """The params that a quality preset sets for a feature: texture_size in pixels and vertex_limit, where it has them.

    Raises InvalidValue for an unknown preset, and for a feature with neither.
    """
    chosen = QUALITY_PRESETS.get(preset)
    if chosen is None:
        raise InvalidValue(f"preset is {preset!r:.80}; choose one of {', '.join(QUALITY_PRESETS)}")
    wanted = {"texture_size": chosen["texture_resolution"], "vertex_limit": chosen["vertex_limit"]}
    known = feature.params.model_fields
    params = {name: value for name, value in wanted.items() if name in known}
    if not params:
        raise InvalidValue(
            f"preset is {preset!r}; it has no effect on {feature.name}, leave it out"
        )
    return params
