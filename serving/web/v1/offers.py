"""What can be used here: features, models, formats, presets. One catalog tells all of it, and the workers what can run.

What cannot run on this installation is not listed, but by /available-adapters, which says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, Field

from pipelines.catalog import Catalog
from pipelines.presets import QUALITY_PRESETS, STYLE_PRESETS
from pipelines.spec import Feature, ModelCard
from serving.errors import NotFound
from serving.jobs.availability import Offer
from serving.web import wire
from serving.web.described import Answer, Query, describe, query_of
from serving.web.v1 import formats as told
from serving.web.v1 import system_answers as answers
from serving.web.v1.body import SHOWN_NAMES
from serving.web.watch import watch

bp = Blueprint("offers", __name__, url_prefix=wire.V1)

TAG = "system"
_STYLE = "style"


class ModelsQuery(Query):
    """Which models are listed."""

    feature: str = Field("", max_length=64, description="name of a feature; none: all of them")


def shown(answer: Answer) -> Response:
    """An answer as JSON, without the fields that were not set."""
    return jsonify(answer.model_dump(exclude_unset=True))


def _catalog() -> Catalog:
    return watch().core.desk.catalog


def _served(route: str = "/") -> told.Served:
    """Features whose route begins so and that a model here can run, with these models."""
    offered, catalog = watch().availability.offer(), _catalog()
    rows = {
        name: (feature, tuple(offered.cards(catalog, name)))
        for name, feature in catalog.features.items()
        if feature.route.startswith(route)
    }
    return {name: (feature, cards) for name, (feature, cards) in rows.items() if cards}


def _status(offered: Offer, card: ModelCard) -> answers.ModelStatus:
    if offered.reasons[card.model_id]:
        return "unavailable"
    return "loaded" if offered.holder(card) else "available"


def _reason(offered: Offer, card: ModelCard) -> dict[str, str]:
    reason = offered.reasons[card.model_id]
    return {"reason": reason} if reason else {}


@bp.get("/system/models")
@describe(
    TAG,
    answer=answers.AllModels | answers.FeatureModels,
    query=ModelsQuery,
    errors=(404,),
    needs_key=True,
)
def models() -> Response:
    """The models that can run here: of every feature, or of the one that `feature` names."""
    name, served = query_of(ModelsQuery).feature, _served()
    if name and name not in _catalog().features:
        known = ", ".join(_catalog().features)
        raise NotFound(f"feature {name!r:.80} is unknown; choose one of {known}")
    ids = {feature: [card.model_id for card in cards] for feature, (_, cards) in served.items()}
    if name:
        return shown(answers.FeatureModels(feature=name, models=ids.get(name, [])))
    return shown(
        answers.AllModels(
            available_models=ids,
            total_features=len(ids),
            total_models=sum(map(len, ids.values())),
        )
    )


@bp.get("/system/features")
@describe(TAG, answer=answers.Features)
def features() -> Response:
    """The features that can be used here, each with its models."""
    rows = [
        answers.FeatureRow(
            name=name,
            model_count=len(cards),
            models=[card.model_id for card in cards],
            summary=feature.summary,
            route=wire.V1 + feature.route,
            inputs=[
                answers.FeatureInput(name=slot, **asdict(facts))
                for slot, facts in feature.inputs.items()
            ],
        )
        for name, (feature, cards) in _served().items()
    ]
    return shown(answers.Features(features=rows, total_features=len(rows)))


@bp.get("/system/models/<model_id>/parameters")
@describe(TAG, answer=answers.ModelParameters, errors=(404,))
def model_parameters(model_id: str) -> Response:
    """What may be set in a request to a model, with types, bounds and defaults."""
    card = _catalog().cards.get(model_id)
    if card is None:
        raise NotFound(
            f"model {model_id!r:.80} is unknown; see {wire.V1}/system/available-adapters"
        )
    offered, params = watch().availability.offer(), _params_schema(_catalog().feature(card.feature))
    options = dict(_schema(card.options))
    return shown(
        answers.ModelParameters(
            model_id=model_id,
            feature=card.feature,
            status=_status(offered, card),
            parameters=params,
            model_parameters=options,
            defaults={"parameters": _defaults(params), "model_parameters": _defaults(options)},
            timeout_seconds=watch().core.desk.limit_s(card),
            **_reason(offered, card),
        )
    )


def _params_schema(feature: Feature) -> dict[str, Any]:
    """The schema of a feature's params by the documents' names. A body may hold more, which is ignored."""
    schema = dict(_schema(feature.params))
    del schema["additionalProperties"]
    schema["properties"] = {SHOWN_NAMES.get(k, k): v for k, v in schema["properties"].items()}
    schema["required"] = [SHOWN_NAMES.get(name, name) for name in schema["required"]]
    return schema


@cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    schema = model.model_json_schema()
    for name in ("title", "description"):
        schema.pop(name, None)
    for row in schema.setdefault("properties", {}).values():
        row.pop("title", None)
    return {"required": [], **schema}


def _defaults(schema: dict[str, Any]) -> dict[str, Any]:
    rows = schema["properties"].items()
    return {name: row["default"] for name, row in rows if "default" in row}


@bp.get("/system/available-adapters")
@describe(TAG, answer=answers.Adapters)
def available_adapters() -> Response:
    """Every model of this build, whether it can run here, and if not, why."""
    catalog, offered = _catalog(), watch().availability.offer()
    rows = {
        name: [_adapter(feature, card, offered) for card in catalog.cards_for(name)]
        for name, feature in catalog.features.items()
    }
    rows = {name: cards for name, cards in rows.items() if cards}
    return shown(
        answers.Adapters(features=rows, total_adapters=len(catalog.cards), total_features=len(rows))
    )


def _adapter(feature: Feature, card: ModelCard, offered: Offer) -> answers.AdapterFacts:
    return answers.AdapterFacts(
        model_id=card.model_id,
        status=_status(offered, card),
        vram_requirement=card.vram_mib,
        supported_formats=answers.AdapterFormats(
            input=told.input_formats(feature), output=told.output_formats(feature, card)
        ),
        summary=card.summary,
        licence=card.licence,
        version=card.version,
        terms=answers.AdapterTerms(**asdict(card.known_terms())),
        cpu_capable=card.cpu_capable or not card.vram_mib,
        weights_size_mb=sum(one.size_mib for one in card.checkpoints),
        timeout_seconds=watch().core.desk.limit_s(card),
        **_reason(offered, card),
    )


@bp.get("/system/supported-formats")
@describe(TAG, answer=answers.SupportedFormats)
def supported_formats() -> Response:
    """The formats that some feature here reads or makes."""
    found = told.formats(_served())
    return shown(
        answers.SupportedFormats(
            input_formats=_inputs(found),
            output_formats=answers.AllOutputFormats(
                mesh=found.mesh_out,
                texture=found.texture_out,
                data=found.data_out,
                download=["file", "base64"],
            ),
            content_types={"mesh": told.media_types([*found.mesh_out, *found.mesh])},
        )
    )


def _inputs(found: told.Formats) -> answers.InputFormats:
    return answers.InputFormats(
        text=found.text, image=found.image, mesh=found.mesh, base64=found.base64
    )


@bp.get("/mesh-generation/supported-formats")
@describe("mesh-generation", answer=answers.GenerationFormats)
def generation_formats() -> Response:
    """The formats of mesh generation, and how large a file may be."""
    found, settings = told.formats(_served("/mesh-generation/")), watch().core.settings
    return shown(
        answers.GenerationFormats(
            input_formats=_inputs(found),
            output_formats=answers.OutputFormats(
                mesh=found.mesh_out, texture=found.texture_out, data=found.data_out
            ),
            upload_limits=answers.UploadLimits(
                image_max_size_mb=settings.max_image_mib,
                mesh_max_size_mb=settings.max_mesh_mib,
                image_max_resolution=(settings.max_image_px, settings.max_image_px),
            ),
        )
    )


@bp.get("/mesh-segmentation/supported-formats")
@describe("mesh-segmentation", answer=answers.MeshFormats)
def segmentation_formats() -> Response:
    """The formats of mesh segmentation."""
    return _mesh_formats("/mesh-segmentation/")


@bp.get("/auto-rigging/supported-formats")
@bp.get("/auto-rig/supported-formats")
@describe("auto-rigging", answer=answers.MeshFormats)
def rigging_formats() -> Response:
    """The formats of auto-rigging: out, those that hold a skeleton. Others may be asked for, and lose it."""
    found = told.formats(_served("/auto-rigging/"))
    return shown(
        answers.MeshFormats(
            input_formats=found.mesh, output_formats=told.with_skeleton(found.mesh_out)
        )
    )


def _mesh_formats(route: str) -> Response:
    found = told.formats(_served(route))
    return shown(
        answers.MeshFormats(
            input_formats=found.mesh, output_formats=[*found.mesh_out, *found.data_out]
        )
    )


@bp.get("/system/generation-presets")
@bp.get("/mesh-generation/generation-presets")
@describe(TAG, answer=answers.Presets)
def generation_presets() -> Response:
    """What `preset` and `style` may be here, and what they mean."""
    served = _served()
    styles = {name for feature, _ in served.values() for name in told.choices(feature, _STYLE)}
    return shown(
        answers.Presets(
            quality_presets={
                name: answers.QualityPresetFacts(**facts) for name, facts in QUALITY_PRESETS.items()
            },
            style_presets={name: text for name, text in STYLE_PRESETS.items() if name in styles},
        )
    )
