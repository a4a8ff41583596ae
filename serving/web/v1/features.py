"""The regular routes: each feature of the catalog has one for JSON and a twin, -upload, for multipart.

A feature's file is all there is to write: route, body, checks and documentation are made of it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request
from pydantic import Field

from pipelines.catalog import Catalog
from pipelines.spec import Feature, InputKind, Notice
from serving.errors import BadRequest, WrongMediaType
from serving.jobs.submit import Accepted, Request
from serving.storage.uploads import Asset
from serving.web import callers, wire
from serving.web.described import Answer, describe
from serving.web.desk import Core, core, present_request
from serving.web.form import Form, FormFile, read_form
from serving.web.once import idempotency_key, marked
from serving.web.v1.body import Body, Wish, body_of, understand
from serving.web.views import (
    UNLABELLED,
    is_picture,
    label,
    plain,
    slot_of_view,
    takes_views,
    views_of,
)

# A path that clients know by another name, too.
ALIASES: Mapping[str, str] = {"/auto-rigging/": "/auto-rig/"}
JOBS = f"{wire.V1}/system/jobs"


class JobAccepted(Answer):
    """A job was accepted, or had been when the same request came before."""

    job_id: str
    status: str = Field(description="queued; with Idempotency-Replayed, where the job stands now")
    message: str
    model: str = Field(description="the model that does it")
    status_url: str
    download_url: str
    cancel_url: str
    warnings: list[dict[str, str]]


def blueprint(catalog: Catalog) -> Blueprint:
    """Two routes for each feature of a catalog, and those again under the other names of their paths."""
    bp = Blueprint("features", __name__, url_prefix=wire.V1)
    for feature in catalog.features.values():
        body = body_of(feature)
        paths = [feature.route]
        paths += [feature.route.replace(a, b) for a, b in ALIASES.items() if a in feature.route]
        for path in paths:
            name = path.strip("/").replace("/", "-")
            bp.add_url_rule(path, name, _json_view(body), methods=["POST"])
            twin = _form_view(body)
            bp.add_url_rule(f"{path}-upload", f"{name}-upload", twin, methods=["POST"])
    return bp


def _json_view(body: Body) -> Callable[[], Response]:
    feature = body.feature

    @describe(
        _tag(feature), answer=JobAccepted, body=body.model, makes_job=True, errors=(404, 409, 410)
    )
    def from_json() -> Response:
        if not request.is_json:
            raise WrongMediaType(
                f"the body is {request.mimetype or 'of no type'}; send JSON with Content-Type: application/json,"
                f" or multipart/form-data to {request.path}-upload"
            )
        return _accept(body)

    from_json.__doc__ = feature.summary
    return from_json


def _form_view(body: Body) -> Callable[[], Response]:
    feature = body.feature

    @describe(
        _tag(feature),
        answer=JobAccepted,
        form=body.model,
        files=_file_fields(feature),
        makes_job=True,
        errors=(404, 409, 410),
    )
    def from_form() -> Response:
        if request.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded"):
            raise WrongMediaType(
                f"the body is {request.mimetype or 'of no type'}; send multipart/form-data,"
                f" or JSON to {request.path.removesuffix('-upload')}"
            )
        return _accept(body)

    from_form.__doc__ = f"{feature.summary}, files sent along"
    return from_form


def _file_fields(feature: Feature) -> dict[str, str]:
    """The file fields of a form, each with a sentence."""
    files = {
        f"{slot}_file": facts.description or facts.kind for slot, facts in feature.inputs.items()
    }
    if takes_views(feature):
        files["image_front_file"] = "the same as image_file"
        files["images_file"] = "repeated: views without names, in the order of a turnaround"
    return files


def _tag(feature: Feature) -> str:
    return feature.route.strip("/").partition("/")[0]


def _accept(body: Body) -> Response:
    held, feature = core(), body.feature
    with read_form(present_request(), held.desk.inputs, _kind_of(feature)) as form:
        preference = form.fields.get("model_preference")
        wanted = preference.strip() if isinstance(preference, str) else ""
        choice = held.desk.choose(feature.name, wanted)
        wish = understand(body, form.fields, choice.card, lenient=bool(choice.notices))
        assets, guessed = _assets(held, body, wish, form)
        accepted = held.desk.accept(
            Request(
                client=callers.client(),
                feature=feature.name,
                model_id=wish.model_id,
                choice=choice,
                params=wish.params,
                options=wish.options,
                assets=assets,
                shown=_shown(feature, wish, form, assets),
                notices=(*wish.notices, *guessed),
                idempotency_key=idempotency_key(),
                timeout_s=wish.timeout_s,
            )
        )
    return accepted_answer(feature, accepted)


def accepted_answer(feature: Feature, accepted: Accepted) -> Response:
    """What the client of a new job is told, as JobAccepted."""
    record = accepted.record
    words = feature.name.replace("_", " ").capitalize()
    answer = jsonify(
        job_id=record.job_id,
        status=record.state.value,
        message=f"{words} job queued successfully"
        if not accepted.replayed
        else f"{words} job was accepted before",
        model=record.model_id,
        status_url=f"{JOBS}/{record.job_id}",
        download_url=f"{JOBS}/{record.job_id}/download",
        cancel_url=f"{JOBS}/{record.job_id}/cancel",
        warnings=list(record.warnings),
    )
    return marked(answer, accepted)


def _kind_of(feature: Feature) -> Callable[[str], InputKind]:
    """What a file field of this feature's form holds."""

    def kind_of(name: str) -> InputKind:
        return feature.inputs[slot_of(feature, name)].kind

    return kind_of


def slot_of(feature: Feature, field: str) -> str:
    """The input that a file field means: `mesh_file`, or just `mesh`. Raises BadRequest naming those there are."""
    slot = field if field in feature.inputs else field.removesuffix("_file")
    if takes_views(feature) and is_picture(field):
        slot = slot_of_view(label(field) or "front")
    if slot not in feature.inputs:
        known = ", ".join(f"{name}_file" for name in feature.inputs) or "none"
        raise BadRequest(f"{field:.40} is not a file field of {feature.name}; known: {known}")
    return slot


@dataclass(frozen=True)
class Sent:
    """One input as the request names it: a file that came with it, or text that says where it is."""

    field: str
    source: FormFile | str


def _assets(
    held: Core, body: Body, wish: Wish, form: Form
) -> tuple[dict[str, Asset], tuple[Notice, ...]]:
    """The inputs, and a notice where views were guessed.

    Raises BadRequest for an input that is not named exactly once, BadUpload, NotFound, Gone or WrongState.
    """
    feature, slots = body.feature, body.slots
    # A browser sends a part without name and bytes for a file field that was left empty.
    files = [file for file in form.files if file.filename or file.incoming.size_bytes]
    sent = [Sent(name, text) for name, given in wish.names.items() for text in _each(given)]
    sent += [Sent(file.field, file) for file in files]
    placed, notices = _placed(body, sent)
    for slot, facts in feature.inputs.items():
        if facts.required and slot not in placed:
            ways = [name for name, of in slots.items() if of == slot]
            raise BadRequest(f"{slot} is missing; give exactly one of {', '.join(ways)}")
    assets = {
        slot: _asset(held, one, feature.inputs[slot].kind, form) for slot, one in placed.items()
    }
    return assets, notices


def _each(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _placed(body: Body, sent: list[Sent]) -> tuple[dict[str, Sent], tuple[Notice, ...]]:
    """What was sent, by input. Raises BadRequest for an input that is named twice."""
    views = [one for one in sent if takes_views(body.feature) and is_picture(one.field)]
    chosen: dict[str, Sent] = {}
    shown, notices = _views(views)
    for one in sent:
        slot = shown.get(id(one)) or body.slots.get(one.field) or slot_of(body.feature, one.field)
        if slot in chosen:
            first = chosen[slot].field
            raise BadRequest(f"{first} and {one.field} both name {slot}; exactly one must be given")
        chosen[slot] = one
    return chosen, notices


def _views(pictures: list[Sent]) -> tuple[dict[int, str], tuple[Notice, ...]]:
    """Slot by picture, where some come without the name of their view; none where each says what it is."""
    plains = [one for one in pictures if not label(one.field)]
    repeated = len(plains) > 1 and all(isinstance(one.source, FormFile) for one in plains)
    if not repeated and not any(plain(one.field) in UNLABELLED for one in plains):
        return {}, ()
    views, notices = views_of([one.field for one in pictures])
    return {id(one): slot_of_view(v) for one, v in zip(pictures, views, strict=True)}, notices


def _asset(held: Core, one: Sent, kind: InputKind, form: Form) -> Asset:
    if isinstance(one.source, FormFile):
        return held.desk.inputs.inspect(one.source.incoming, kind)
    return _named(held, one.field, one.source, kind, form)


def _named(held: Core, field: str, text: str, kind: InputKind, form: Form) -> Asset:
    caller = callers.client()
    if field == "input_job_id":
        asset = held.names.by_job(text, field, caller)
    elif field.endswith("_file_id"):
        asset = held.names.by_file_id(text, kind, field, caller)
    elif field.endswith("_path"):
        asset = held.names.by_path(text, kind, field, caller)
    else:
        asset = held.names.by_base64(text, kind, field)
    if asset.incoming is not None:  # it was decoded, or copied from an operator's folder
        form.decoded.append(asset.incoming)
    return asset


def _shown(feature: Feature, wish: Wish, form: Form, assets: Mapping[str, Asset]) -> dict[str, str]:
    """What lists show of the job: the name of its picture or mesh, its text, the model that was asked for."""
    named = next((file.filename for file in form.files if file.filename), "")
    named = named or next((asset.name for asset in assets.values() if asset.name), "")
    for name, given in wish.names.items():
        if not named and name.endswith("_path"):
            named = _each(given)[0].replace("\\", "/").rpartition("/")[2][:255]
    shown = {"image_name": named, "task_type": feature.name, "model_preference": wish.model_id}
    if "text_prompt" in wish.params:
        shown["text"] = str(wish.params["text_prompt"])
    return shown
