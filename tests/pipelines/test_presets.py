"""Presets as the API's document has them, and what they set for each feature."""

import pytest

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue
from pipelines.presets import QUALITY_PRESETS, STYLE_PRESETS, preset_params
from pipelines.spec import Feature, Params, validated


def feature(name: str) -> Feature:
    return Catalog.discover().feature(name)


def test_the_tables_are_the_documented_ones():
    assert {
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
    } == QUALITY_PRESETS
    assert STYLE_PRESETS == {
        "realistic": "Photorealistic style with detailed textures",
        "cartoon": "Stylized cartoon appearance",
        "lowpoly": "Low polygon count geometric style",
        "artistic": "Artistic interpretation with creative liberty",
    }


def test_a_preset_sets_what_the_feature_has():
    assert preset_params(feature("image_to_textured_mesh"), "high") == {
        "texture_size": 2048,
        "vertex_limit": 20000,
    }
    assert preset_params(feature("image_to_raw_mesh"), "low") == {"vertex_limit": 5000}
    assert preset_params(feature("image_mesh_painting"), "medium") == {"texture_size": 1024}


@pytest.mark.parametrize("preset", QUALITY_PRESETS)
def test_what_a_preset_sets_is_valid(preset):
    for name in ("image_to_textured_mesh", "image_to_raw_mesh", "image_mesh_painting"):
        params = preset_params(feature(name), preset)
        assert params.items() <= validated(feature(name).params, params).items()


@pytest.mark.parametrize("preset", ["ultra", "", "High"])
def test_an_unknown_preset_is_refused_with_the_choices(preset):
    with pytest.raises(InvalidValue, match=rf"preset is '{preset}'; .*low, medium, high"):
        preset_params(feature("image_to_raw_mesh"), preset)


def test_a_preset_without_effect_is_refused():
    class Plain(Params):
        unit: str = "m"

    facts = Feature("mesh_facts", "/facts", "facts", {}, Plain, (), lambda work, adapter, report: 0)
    with pytest.raises(InvalidValue, match="no effect on mesh_facts"):
        preset_params(facts, "low")


def test_every_style_is_one_that_a_textured_mesh_takes():
    for style in STYLE_PRESETS:
        assert validated(feature("image_to_textured_mesh").params, {"style": style})
    with pytest.raises(InvalidValue, match="style is 'cartoon'"):
        validated(feature("image_to_raw_mesh").params, {"style": "cartoon"})
