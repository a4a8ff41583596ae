"""The body of a feature's request: a model made from the feature, the same for its JSON and its multipart route.

Params of the feature stand in it under the documents' names, beside `model_preference`, `model_parameters`, `preset`,
`timeout_seconds`, and for each input the ways to name it; pictures of one object also as image_front and, without the
names of views, as a list. An option of the model may stand beside them, too, and a param of the feature among the
model's options. Unknown fields are ignored, which is told; a field that is null or "" is the same as none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, create_model

from pipelines.errors import InvalidValue
from pipelines.presets import QUALITY_PRESETS, preset_params
from pipelines.spec import Feature, ModelCard, Notice
from serving.errors import BadRequest, InvalidBody
from serving.web.described import invalid
from serving.web.views import VIEWS, takes_views

# The core's name of a param -> the documents'.
SHOWN_NAMES: Mapping[str, str] = {"texture_size": "texture_resolution"}
WAYS = ("path", "base64", "file_id")
LISTS = tuple(f"images_{way}" for way in WAYS)
# A notice names so many fields that nobody knows.
MOST_NAMED = 10
_WAY_MEANS = {
    "path": "path of an upload, of a result, or below a folder that the operator lists",
    "base64": "the bytes as base64, with or without a data URL before them",
    "file_id": "id of an upload",
}


class _Body(BaseModel):
    model_config = ConfigDict(
        extra="ignore", validate_by_name=True, validate_by_alias=True, defer_build=True
    )


@dataclass(frozen=True)
class Wish:
    """A body that validates, in the core's words, but for its inputs. `names` holds what names one, or several."""

    model_id: str
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    names: Mapping[str, str | list[str]]
    notices: tuple[Notice, ...] = ()
    timeout_s: int | None = None


def body_model(feature: Feature) -> type[BaseModel]:
    """The JSON body of a feature's request."""
    fields: dict[str, Any] = dict(_params(feature))
    for slot, facts in feature.inputs.items():
        for way in WAYS:
            said = f"{facts.description}: {_WAY_MEANS[way]}"
            fields[f"{slot}_{way}"] = (str | None, Field(None, description=said))
    fields |= _view_fields(feature)
    if _mesh_slot(feature):
        said = "job whose resulting mesh is the input"
        fields["input_job_id"] = (str | None, Field(None, description=said))
    fields["model_preference"] = (
        str | None,
        Field(None, description="id of a model; none or empty: the best that is here"),
    )
    fields["model_parameters"] = (
        dict[str, Any] | None,
        Field(None, description="options of the model, see /api/v1/system/models/{id}/parameters"),
    )
    said = "longest that the run may take; at most the model's own limit, which is the default"
    fields["timeout_seconds"] = (int | None, Field(None, ge=1, description=said))
    said = "quality preset; what the request itself sets counts more"
    if not _has_presets(feature):
        said = "refused: quality presets have no effect here"
    choices = Literal[tuple(QUALITY_PRESETS)]  # type: ignore[valid-type]
    fields["preset"] = (choices | None, Field(None, description=said))
    if "style" not in feature.params.model_fields:
        fields["style"] = (str | None, Field(None, description="refused: it has no effect here"))
    name = "".join(part.title() for part in feature.name.split("_")) + "Request"
    # Of the params first, so that their validators hold; of _Body last, so that its config does.
    return create_model(name, __base__=(feature.params, _Body), **fields)


def _view_fields(feature: Feature) -> dict[str, Any]:
    """The further ways to name pictures of one object: the front by its own name, and lists without names."""
    if not takes_views(feature):
        return {}
    fields: dict[str, Any] = {}
    for way in WAYS:
        said = f"the same as image_{way}"
        fields[f"image_front_{way}"] = (str | None, Field(None, description=said))
        said = f"views in the order of a turnaround: {_WAY_MEANS[way]}"
        several = list[str] | None
        fields[f"images_{way}"] = (several, Field(None, max_length=len(VIEWS), description=said))
    return fields


def _params(feature: Feature) -> dict[str, Any]:
    """The params that have another name in the documents; the others are inherited."""
    renamed = {}
    for name, shown in SHOWN_NAMES.items():
        if name in feature.params.model_fields:
            field = copy(feature.params.model_fields[name])
            field.alias = field.validation_alias = field.serialization_alias = shown
            renamed[name] = (field.annotation, field)
    return renamed


def _has_presets(feature: Feature) -> bool:
    try:
        return bool(preset_params(feature, next(iter(QUALITY_PRESETS))))
    except InvalidValue:
        return False


def _mesh_slot(feature: Feature) -> str:
    """The input that an earlier job's result can be; "" when there is none."""
    return next((slot for slot, facts in feature.inputs.items() if facts.kind == "mesh"), "")


@dataclass(frozen=True)
class Body:
    """How the body of a feature's request is read. `slots` are the fields that name an input -> the input's slot.

    `params` are the names of the feature's params as clients write them -> the core's, `known` are all fields.
    """

    feature: Feature
    model: type[BaseModel]
    slots: Mapping[str, str]
    params: Mapping[str, str]
    known: frozenset[str]


def body_of(feature: Feature) -> Body:
    """The body of a feature: made once, its schema is not cheap."""
    model = body_model(feature)
    params = {
        name: core for core in feature.params.model_fields for name in _spellings(model, core)
    }
    known = frozenset(name for core in model.model_fields for name in _spellings(model, core))
    return Body(feature, model, input_names(feature), params, known)


def _spellings(model: type[BaseModel], field: str) -> set[str]:
    """Every name that a field of a body may have."""
    alias = model.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return {field, *(name for name in alias.choices if isinstance(name, str))}
    return {field, alias} if isinstance(alias, str) else {field}


def understand(
    body: Body, fields: Mapping[str, Any], card: ModelCard, *, lenient: bool = False
) -> Wish:
    """The fields of a body in the core's words. Raises InvalidBody naming every bad field.

    `lenient`: the model stands in for another, whose parameters it need not know; that is said in the notices.
    """
    feature = body.feature
    given, plain, strays = _sorted_fields(body, fields, card)
    try:
        values = body.model.model_validate(given).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise invalid(error, "body") from None
    if "style" in values and "style" not in feature.params.model_fields:
        raise BadRequest(f"style has no effect on {feature.name}; leave it out")
    preset = values.get("preset")
    params = preset_params(feature, preset) if preset else {}
    params |= {name: values[name] for name in feature.params.model_fields if name in values}
    options = values.get("model_parameters") or {}
    unused = [name for name in options if lenient and name not in card.options.model_fields]
    options = {name: value for name, value in options.items() if name not in unused}
    return Wish(
        model_id=(values.get("model_preference") or "").strip(),
        params=params,
        options=_options(card, options, plain),
        names={name: values[name] for name in body.slots if values.get(name)},
        notices=(*_ineffective(unused, card.model_id), *_ineffective(strays, feature.name)),
        timeout_s=values.get("timeout_seconds"),
    )


def _sorted_fields(
    body: Body, fields: Mapping[str, Any], card: ModelCard
) -> tuple[dict[str, Any], set[str], list[str]]:
    """The fields that the body's model validates; which options came beside model_parameters; fields nobody knows.

    Raises BadRequest for one that is given in both places, with two values.
    """
    given = {name: value for name, value in fields.items() if value is not None and value != ""}
    options = _object(given.pop("model_parameters", None))  # a form has text only
    for name in LISTS:
        if isinstance(text := given.get(name), str):
            given[name] = _object(text) if text.lstrip().startswith("[") else [text]
    _check_spellings(body, given)
    others = {name: given.pop(name) for name in list(given) if name not in body.known}
    plain = {name: value for name, value in others.items() if name in card.options.model_fields}
    if options is None or isinstance(options, dict):
        mine = dict(options or {})
        for name in [name for name in mine if name in body.params]:
            if name not in card.options.model_fields:
                sent = [other for other in given if body.params.get(other) == body.params[name]]
                _once(given, sent[0] if sent else name, mine.pop(name))
        for name, value in plain.items():
            _once(mine, name, value)
        options = mine or None
    if options is not None:
        given["model_parameters"] = options
    return given, set(plain), [name for name in others if name not in plain]


def _check_spellings(body: Body, given: Mapping[str, Any]) -> None:
    """Raises BadRequest for a param that came by two of its names, with two values."""
    sent: dict[str, str] = {}
    for name in given:
        first = sent.setdefault(body.params.get(name, name), name)
        if str(given[first]) != str(given[name]):
            raise BadRequest(f"{first} and {name} mean the same; send one")


def _once(values: dict[str, Any], name: str, value: Any) -> None:
    if value is None or value == "":
        return
    if str(values.setdefault(name, value)) != str(value):
        raise BadRequest(f"{name} is given twice, beside model_parameters and in it; send one")


def _ineffective(names: Iterable[str], what: str) -> tuple[Notice, ...]:
    """A notice that fields had no effect on a feature or model."""
    shown = [f"{name:.40}" for name in names]
    if not shown:
        return ()
    more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    verb = "has" if len(shown) == 1 else "have"
    said = f"{', '.join(shown[:MOST_NAMED])}{more} {verb} no effect on {what}"
    return (Notice("FIELD_WITHOUT_EFFECT", said),)


def input_names(feature: Feature) -> dict[str, str]:
    """Every field that names an input -> the input's slot."""
    names = {f"{slot}_{way}": slot for slot in feature.inputs for way in WAYS}
    if takes_views(feature):
        names |= {f"{name}_{way}": "image" for name in ("image_front", "images") for way in WAYS}
    if mesh := _mesh_slot(feature):
        names["input_job_id"] = mesh
    return names


def _object(text: Any) -> Any:
    """What a field of a form means as JSON; what is no text, or no JSON, as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text  # the model says that it is none


def _options(card: ModelCard, values: Mapping[str, Any], plain: set[str]) -> dict[str, Any]:
    """The model's options, checked; `plain` are those that came beside model_parameters. Raises InvalidBody: here an
    unknown name is an error."""
    if not values:
        return {}
    try:
        card.options.model_validate(values)
    except ValidationError as error:
        bad = invalid(error, "body")
        fields = [
            row
            if set(row["loc"][1:2]) & plain
            else {**row, "loc": ["body", "model_parameters", *row["loc"][1:]]}
            for row in bad.detail
        ]
        if fields[0] is bad.detail[0]:
            raise InvalidBody(bad.message, fields) from None
        known = ", ".join(card.options.model_fields) or "none"
        message = f"model_parameters: {bad.message}; {card.model_id} knows {known}"
        raise InvalidBody(message, fields) from None
    return dict(values)
