"""What clients of the first API send, turned into the core's words: one feature's params, one card's options, files.

The seven documented fields, the other spellings that real clients use, views, and a mesh to paint. Every field has an
effect or is refused; a complaint names the field as the client wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue, ModelNotAvailable
from pipelines.spec import InputKind, ModelCard, Notice, Params, validated
from serving.errors import BadRequest
from serving.jobs.named_inputs import NamedInputs
from serving.jobs.submit import Request
from serving.storage.uploads import Asset, Incoming, Inputs
from serving.web.form import Form, FormFile, shown_name
from serving.web.views import is_picture, slot_of_view, views_of

# Spelling of a client -> name of the model's option.
OPTIONS: Mapping[str, str] = {
    "sparse_structure_sample_steps": "sparse_structure_sample_steps",
    "ss_sample_steps": "sparse_structure_sample_steps",
    "sparse_structure_cfg_strength": "sparse_structure_cfg_strength",
    "ss_cfg_strength": "sparse_structure_cfg_strength",
    "slat_sample_steps": "slat_sample_steps",
    "slat_cfg_strength": "slat_cfg_strength",
    "texture_bake_mode": "texture_bake_mode",
    "depth_scale": "depth_scale",
}
PARAMS = (
    *("simplify_ratio", "target_face_count", "target_height_m", "texture_size", "seed"),
    *("mode", "turntable"),
)
FLAGS = ("turntable",)
# How JSON may give a picture that is not base64 in a field of its own name.
NAMED = ("_file_id", "_path")
MESH_FIELDS = ("mesh", "mesh_data")
LONGEST_TEXT = 2_000


def kind_of_field(name: str) -> InputKind:
    """Whether a file field holds an image or a mesh. Raises BadRequest for a field that is neither."""
    if is_picture(name):
        return "image"
    if name in MESH_FIELDS:
        return "mesh"
    raise BadRequest(
        f"{name:.40} is not a file field; send image, image_back, image_left, … or mesh"
    )


def image_request(form: Form, client: str, named: NamedInputs, catalog: Catalog) -> Request:
    """A submit to /image_to_3d. Raises BadRequest, BadUpload, NotFound or InvalidValue naming the field."""
    fields, inputs = dict(form.fields), named.inputs
    name = shown_name(_text(fields.pop("image_name", None), "image_name"))
    wants_mesh = _flag(fields.pop("is_dv_mode", None), "is_dv_mode")
    stored = _stored_pictures(fields, named, client, form)
    files = [*form.files, *_encoded_files(fields, inputs, form)]
    meshes = [file for file in files if file.field in MESH_FIELDS]
    sent = [(file.field, file.incoming) for file in files if file not in meshes]
    assets, notices = _views([*sent, *stored], inputs)
    if wants_mesh and not meshes:
        raise BadRequest(
            "mesh is missing; is_dv_mode paints the mesh that is sent as mesh or mesh_data"
        )
    if len(meshes) > 1:
        raise BadRequest("mesh is given more than once; send one")
    if meshes:
        assets["mesh"] = inputs.inspect(meshes[0].incoming, "mesh")
    feature = "image_mesh_painting" if meshes else "image_to_textured_mesh"
    card = catalog.card(feature)
    params, options, ignored = _settings(fields, catalog, card)
    name = name or next((file.filename for file in files if file.filename), "")
    return Request(
        client=client,
        feature=feature,
        params=params,
        options=options,
        assets=assets,
        shown={"image_name": name, "task_type": "retexture" if meshes else "image_to_3d"},
        notices=(*notices, *ignored),
    )


def text_request(form: Form, client: str, named: NamedInputs, catalog: Catalog) -> Request:
    """A submit to /text_to_3d; with a mesh beside the text, the mesh is painted.

    Raises BadRequest, BadUpload or InvalidValue naming the field, and ModelNotAvailable where no text model is.
    """
    fields = dict(form.fields)
    text = fields.pop("text", None)
    if not isinstance(text, str) or not text.strip():
        raise BadRequest("text is missing; send what the mesh should show")
    wants_mesh = _flag(fields.pop("is_dv_mode", None), "is_dv_mode")
    mesh = _mesh_beside_text(fields, named.inputs, form)
    if wants_mesh and mesh is None:
        raise BadRequest(
            "mesh is missing; is_dv_mode paints the mesh that is sent as mesh or mesh_data"
        )
    unused = _negative_text(fields.pop("negative_text", None))
    feature = "text_to_textured_mesh" if mesh is None else "text_mesh_painting"
    if not catalog.cards_for(feature):
        raise ModelNotAvailable(
            "no model for text is installed on this server; send a picture to /image_to_3d"
        )
    card = catalog.card(feature)
    params, options, ignored = _settings(fields, catalog, card)
    params["text_prompt"] = text
    _check(catalog.feature(feature).params, params, {"text_prompt": "text"})
    task = "text_to_3d" if mesh is None else "retexture"
    return Request(
        client=client,
        feature=feature,
        params=params,
        options=options,
        assets={} if mesh is None else {"mesh": mesh},
        shown={"image_name": "", "task_type": task, "text": text},
        notices=(*unused, *ignored),
    )


def _mesh_beside_text(fields: dict[str, Any], inputs: Inputs, form: Form) -> Asset | None:
    """The mesh to paint, if one was sent as a file or as base64. Its fields are taken out of `fields`."""
    encoded = {name: fields.pop(name) for name in MESH_FIELDS if name in fields}
    files = [*form.files, *_encoded_files(encoded, inputs, form)]
    for file in files:
        if file.field not in MESH_FIELDS:
            raise BadRequest(f"{file.field:.40} is refused; a text is sent without a picture")
    if len(files) > 1:
        raise BadRequest("mesh is given more than once; send one")
    return inputs.inspect(files[0].incoming, "mesh") if files else None


def _negative_text(value: Any) -> tuple[Notice, ...]:
    """A notice that what should not be shown has no effect. Raises BadRequest for what is no text or too long."""
    text = _text(value, "negative_text")
    if len(text) > LONGEST_TEXT:
        raise BadRequest(
            f"negative_text is {len(text)} characters long; at most {LONGEST_TEXT} are taken"
        )
    if not text.strip():
        return ()
    said = "negative_text has no effect: the models for text here take no such text"
    return (Notice("FIELD_WITHOUT_EFFECT", said),)


def _encoded_files(fields: dict[str, Any], inputs: Inputs, form: Form) -> list[FormFile]:
    """Files that came as base64 in fields. Taken out of `fields`; removed with the form's other files."""
    if fields.get("image") and fields.get("image_data"):  # for servers that know one or the other
        if fields.pop("image_data") != fields["image"]:
            raise BadRequest("image and image_data mean the same; send one")
    found: list[FormFile] = []
    for name in list(fields):
        if not is_picture(name) and name not in MESH_FIELDS:
            continue
        value = fields.pop(name)
        for text in value if isinstance(value, list) else [value]:
            if text is None or text == "":
                continue
            if not isinstance(text, str):
                raise BadRequest(f"{name} must be base64 text")
            file = FormFile(name, "", inputs.receive_base64(text, name, kind_of_field(name)))
            found.append(file)
            form.files.append(file)
    return found


def _stored_pictures(
    fields: dict[str, Any], named: NamedInputs, client: str, form: Form
) -> list[tuple[str, Asset]]:
    """Pictures that lie on the server already, by the id of their upload or by path. Taken out of `fields`."""
    found: list[tuple[str, Asset]] = []
    for name in [name for name in fields if is_picture(name) and name.endswith(NAMED)]:
        value = fields.pop(name)
        if value is None or value == "":
            continue
        look = named.by_file_id if name.endswith("_file_id") else named.by_path
        asset = look(value, "image", name, client)
        if asset.incoming is not None:  # copied from an operator's folder
            form.decoded.append(asset.incoming)
        found.append((name, asset))
    return found


def _views(
    sent: list[tuple[str, Incoming | Asset]], inputs: Inputs
) -> tuple[dict[str, Asset], tuple[Notice, ...]]:
    """Pictures by slot, and a notice where the views of some were guessed. Raises BadRequest, BadUpload."""
    if not sent:
        raise BadRequest("image is missing; send a PNG, JPEG, WebP, BMP or TIFF file")
    views, notices = views_of([field for field, _ in sent])
    pictures = {slot_of_view(view): file for view, (_, file) in zip(views, sent, strict=True)}
    return {
        slot: file if isinstance(file, Asset) else inputs.inspect(file, "image")
        for slot, file in pictures.items()
    }, notices


def _settings(
    fields: Mapping[str, Any], catalog: Catalog, card: ModelCard
) -> tuple[dict[str, Any], dict[str, Any], tuple[Notice, ...]]:
    """Params, options, and a notice for each documented field that this model cannot use."""
    known_params = catalog.feature(card.feature).params.model_fields
    known_options = card.options.model_fields
    params: dict[str, Any] = {}
    options: dict[str, Any] = {}
    sent: dict[str, str] = {}
    ignored: list[Notice] = []
    for name, value in fields.items():
        option = OPTIONS.get(name)
        if name not in PARAMS and option is None:
            raise BadRequest(
                f"{name:.40} is not known here; known are {', '.join((*OPTIONS, *PARAMS))}"
            )
        if value is None or value == "":
            continue
        if isinstance(value, bool) and name not in FLAGS:  # would pass for 0 or 1
            raise InvalidValue(f"{name} is {value}; it is not a field for true and false")
        if name in PARAMS and name in known_params:
            params[name] = value
        elif option is not None and option in sent:
            if str(options[option]) != str(value):
                raise BadRequest(f"{name} and {sent[option]} mean the same; send one")
        elif option is not None and option in known_options:
            options[option] = value
            sent[option] = name
        else:
            _check_unused(name, value, catalog)
            ignored.append(
                Notice("FIELD_WITHOUT_EFFECT", f"{name} has no effect on {card.model_id}")
            )
    _check(card.options, options, sent)
    return params, options, tuple(ignored)


def _check_unused(name: str, value: Any, catalog: Catalog) -> None:
    """A bad value is refused even where it would have no effect. Raises InvalidValue."""
    inner = OPTIONS.get(name, name)
    home = catalog.card("image_to_textured_mesh")
    for model in (home.options, catalog.feature(home.feature).params):
        if inner in model.model_fields:
            _check(model, {inner: value}, {inner: name})


def _check(model: type[Params], options: Mapping[str, Any], sent: Mapping[str, str]) -> None:
    """Raises InvalidValue with the field's name as the client wrote it."""
    try:
        validated(model, options)
    except InvalidValue as error:
        for option, name in sent.items():
            if error.message.startswith(option + " "):
                raise InvalidValue(name + error.message[len(option) :]) from None
        raise


def _text(value: Any, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} is {value!r:.40}; send text")
    return value or ""


def _flag(value: Any, name: str) -> bool:
    if isinstance(value, bool) or value is None:
        return bool(value)
    text = str(value).strip().lower()
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off", ""):
        return False
    raise BadRequest(f"{name} is {text!r:.40}; send true or false")
