"""Params and options as the shell gives them: one list of names, under the web's spellings too. Light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.errors import InvalidValue
from pipelines.presets import preset_params
from pipelines.spec import Feature, ModelCard

# What the web's documents call a param -> the core's name.
SPELLINGS: Mapping[str, str] = {"texture_resolution": "texture_size"}


def told_apart(
    feature: Feature, card: ModelCard, params: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The feature's params and its model's options, each under its own name, whichever they were given as; a quality
    preset becomes the params that it stands for.

    Raises InvalidValue for a name that is not known, saying which are, and for two values of one name.
    """
    named = set(feature.params.model_fields) | {"preset"}
    taken = set(card.options.model_fields)
    mine: dict[str, Any] = {}
    its: dict[str, Any] = {}
    for given, first, second in ((params, named, taken), (options, taken, named)):
        for sent, value in given.items():
            name = sent if sent in named | taken else SPELLINGS.get(sent, sent)
            known = next((names for names in (first, second) if name in names), None)
            if known is None:
                raise InvalidValue(_unknown(sent, feature, card))
            values = mine if known is named else its
            if str(values.setdefault(name, value)) != str(value):
                raise InvalidValue(f"{sent} is given twice with two values; give one")
    if "preset" not in feature.params.model_fields and "preset" in mine:
        preset = mine.pop("preset")
        mine = {**preset_params(feature, preset), **mine}
    return mine, its


def _unknown(sent: str, feature: Feature, card: ModelCard) -> str:
    rows = (("params", feature.params), (f"options of {card.model_id}", card.options))
    known = [
        f"{what}: {', '.join(model.model_fields)}" for what, model in rows if model.model_fields
    ]
    return f"{sent:.40} is not known here; known are {'; '.join(known) or 'none'}"
