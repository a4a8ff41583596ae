"""Uploads of the second API: a file is stored, its id is accepted wherever an input of its kind is.

The type is told by the bytes, never by the name or by what the client declares. Three families of routes store files in
the same way and answer in words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from flask import Blueprint, Response, jsonify, request, send_file
from pydantic import Field

from pipelines.mesh_kind import MESH_KINDS
from pipelines.spec import InputKind
from serving.errors import BadRequest, NotFound, WrongMediaType
from serving.jobs.assets import StoredAsset
from serving.jobs.named_inputs import FOLDERS
from serving.storage.image_header import FORMATS
from serving.storage.image_header import MEDIA_TYPES as IMAGE_TYPES
from serving.storage.mesh_header import MEDIA_TYPES as MESH_TYPES
from serving.web import wire
from serving.web.callers import client
from serving.web.described import Answer, Query, describe, query_of
from serving.web.desk import core, present_request
from serving.web.form import read_form

bp = Blueprint("uploads", __name__)

TAG = "uploads"
_SENT_ERRORS = (400, 413, 415)
_KNOWN_ERRORS = (404, 410)
_STORED_TYPES = tuple(sorted({*IMAGE_TYPES.values(), *MESH_TYPES.values()}))
_STORED_NAME = re.compile(r"((?:img|mesh)_[0-9a-f]{32})\.([a-z0-9]{1,8})")
IMAGE_FILE = {"file": "PNG, JPEG, WebP, BMP, TIFF or GIF; `image` is taken as its name too"}
MESH_FILE = {"file": "GLB, glTF, OBJ, FBX, PLY or STL; `mesh` is taken as its name too"}


class Uploaded(Answer):
    """A file that is stored, as the mesh-generation routes answer it. `file_type` is its media type."""

    file_id: str
    original_filename: str
    file_type: str
    file_size_mb: float
    message: str
    file_path: str
    url: str
    expires_at: str


class UploadedMesh(Answer):
    """A mesh that is stored, as the segmentation and rigging routes answer it. `size` is in bytes."""

    filename: str
    file_path: str
    size: int
    content_type: str
    file_id: str


class UploadedFile(Answer):
    """A file that is stored. `file_type` is its media type; it may be used until `expires_at`."""

    file_id: str
    filename: str
    file_type: str
    file_size_mb: float
    upload_time: str
    expires_at: str
    url: str
    file_path: str


class FileMetadata(UploadedFile):
    """A stored file, and whether its bytes are there."""

    is_available: bool


class FileDeleted(Answer):
    """A stored file that is no more."""

    file_id: str
    deleted: Literal[True]
    message: str


class PageFacts(Answer):
    """Which part of a longer list this is."""

    limit: int
    offset: int
    total: int
    has_more: bool


class FileList(Answer):
    """The client's own uploads, newest first."""

    files: list[UploadedFile]
    pagination: PageFacts


class FileListQuery(Query):
    """Which part of the list."""

    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class InputFormats(Answer):
    """File formats that are taken, by kind."""

    image: list[str]
    mesh: list[str]


class UploadLimits(Answer):
    """The largest files that are taken. A resolution is width and height in pixels."""

    image_max_size_mb: int
    mesh_max_size_mb: int
    image_max_resolution: tuple[int, int]
    keep_hours: float


class UploadFormats(Answer):
    """What may be uploaded."""

    input_formats: InputFormats
    upload_limits: UploadLimits


@bp.post(f"{wire.V1}/mesh-generation/upload-image")
@describe(TAG, answer=Uploaded, files=IMAGE_FILE, required_files=("file",), errors=_SENT_ERRORS)
def upload_image() -> Response:
    """Store an image for later requests."""
    return _answer(_uploaded(_store("image"), "Image"))


@bp.post(f"{wire.V1}/mesh-generation/upload-mesh")
@describe(TAG, answer=Uploaded, files=MESH_FILE, required_files=("file",), errors=_SENT_ERRORS)
def upload_mesh() -> Response:
    """Store a mesh for later requests."""
    return _answer(_uploaded(_store("mesh"), "Mesh"))


@bp.post(f"{wire.V1}/mesh-segmentation/upload-mesh")
@bp.post(f"{wire.V1}/auto-rigging/upload-mesh")
@bp.post(f"{wire.V1}/auto-rig/upload-mesh")
@describe(TAG, answer=UploadedMesh, files=MESH_FILE, required_files=("file",), errors=_SENT_ERRORS)
def upload_mesh_for_feature() -> Response:
    """Store a mesh that is to be segmented or rigged."""
    stored = _store("mesh")
    return _answer(
        UploadedMesh(
            filename=stored.filename,
            file_path=_file_path(stored),
            size=stored.size_bytes,
            content_type=stored.media_type,
            file_id=stored.file_id,
        )
    )


@bp.post(f"{wire.V1}/file-upload/image")
@describe(TAG, answer=UploadedFile, files=IMAGE_FILE, required_files=("file",), errors=_SENT_ERRORS)
def upload_image_file() -> Response:
    """Store an image."""
    return _answer(_file(_store("image")))


@bp.post(f"{wire.V1}/file-upload/mesh")
@describe(TAG, answer=UploadedFile, files=MESH_FILE, required_files=("file",), errors=_SENT_ERRORS)
def upload_mesh_file() -> Response:
    """Store a mesh."""
    return _answer(_file(_store("mesh")))


@bp.get(f"{wire.V1}/file-upload/metadata/<file_id>")
@describe(TAG, answer=FileMetadata, errors=_KNOWN_ERRORS)
def file_metadata(file_id: str) -> Response:
    """What is known of a stored file."""
    assets = core().assets
    stored = assets.get(file_id, client())
    is_available = assets.contents.exists(stored.content)
    return _answer(FileMetadata(**_file(stored).model_dump(), is_available=is_available))


@bp.delete(f"{wire.V1}/file-upload/<file_id>")
@describe(TAG, answer=FileDeleted, errors=_KNOWN_ERRORS)
def delete_file(file_id: str) -> Response:
    """Remove a stored file. Jobs that were submitted with it keep what they need."""
    core().assets.delete(file_id, client())
    return _answer(FileDeleted(file_id=file_id, deleted=True, message="File deleted successfully"))


@bp.get(f"{wire.V1}/file-upload/list")
@describe(TAG, answer=FileList, query=FileListQuery)
def list_files() -> Response:
    """The caller's own stored files, newest first."""
    query = query_of(FileListQuery)
    page = core().assets.of_client(client(), query.limit, query.offset)
    facts = PageFacts(
        limit=query.limit,
        offset=query.offset,
        total=page.total,
        has_more=query.offset + query.limit < page.total,
    )
    return _answer(FileList(files=[_file(stored) for stored in page.assets], pagination=facts))


@bp.get(f"{wire.V1}/file-upload/supported-formats")
@describe(TAG, answer=UploadFormats)
def supported_formats() -> Response:
    """What may be uploaded, and how large."""
    settings = core().settings
    limits = UploadLimits(
        image_max_size_mb=settings.max_image_mib,
        mesh_max_size_mb=settings.max_mesh_mib,
        image_max_resolution=(settings.max_image_px, settings.max_image_px),
        keep_hours=settings.upload_keep_hours,
    )
    images = sorted({*(name.lower() for name in FORMATS), "jpg"})
    formats = InputFormats(image=images, mesh=list(MESH_KINDS))
    return _answer(UploadFormats(input_formats=formats, upload_limits=limits))


@bp.get("/uploads/<any(images, meshes):folder>/<name>")
@describe(TAG, media_types=_STORED_TYPES, errors=(206, 304, 416, *_KNOWN_ERRORS))
def stored_file(folder: str, name: str) -> Response:
    """A stored file itself, by the path that its upload answered."""
    found = _STORED_NAME.fullmatch(name)
    if not found:
        raise NotFound(f"there is no stored file {name:.80}")
    assets = core().assets
    stored = assets.get(found[1], client())
    if (folder, found[2]) != (FOLDERS[stored.kind], stored.extension):
        raise NotFound(f"there is no stored file {name:.80}")
    path = assets.asset(stored).path
    response = send_file(path, mimetype=stored.media_type, conditional=True, download_name=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _store(kind: InputKind) -> StoredAsset:
    """Read the body of an upload and store its file. Raises WrongMediaType, BadRequest, BadUpload, TooLarge."""
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType("send the file as the field file of a multipart/form-data body")
    assets = core().assets
    with read_form(present_request(), assets.inputs, _kind_of(kind)) as form:
        if not form.files:
            raise BadRequest("file is missing; send it as a file field of the form")
        if len(form.files) > 1:
            raise BadRequest(f"{len(form.files)} files are sent; send one for each request")
        file = form.files[0]
        asset = assets.inputs.inspect(file.incoming, kind)
        return assets.add(asset, client(), file.filename)


def _kind_of(kind: InputKind) -> Callable[[str], InputKind]:
    def kind_of(field: str) -> InputKind:
        if field not in ("file", kind):
            raise BadRequest(f"{field:.40} is not a file field here; send the {kind} as file")
        return kind

    return kind_of


def _file_path(stored: StoredAsset) -> str:
    return f"/uploads/{FOLDERS[stored.kind]}/{stored.file_id}.{stored.extension}"


def _url(stored: StoredAsset) -> str:
    return request.url_root.rstrip("/") + _file_path(stored)


def _uploaded(stored: StoredAsset, what: str) -> Uploaded:
    return Uploaded(
        file_id=stored.file_id,
        original_filename=stored.filename,
        file_type=stored.media_type,
        file_size_mb=wire.size_mb(stored.size_bytes),
        message=f"{what} uploaded successfully",
        file_path=_file_path(stored),
        url=_url(stored),
        expires_at=_time(stored.expires_at),
    )


def _file(stored: StoredAsset) -> UploadedFile:
    return UploadedFile(
        file_id=stored.file_id,
        filename=stored.filename,
        file_type=stored.media_type,
        file_size_mb=wire.size_mb(stored.size_bytes),
        upload_time=_time(stored.created_at),
        expires_at=_time(stored.expires_at),
        url=_url(stored),
        file_path=_file_path(stored),
    )


def _time(seconds: float) -> str:
    return wire.iso_time(seconds) or ""


def _answer(answer: Answer) -> Response:
    return jsonify(answer.model_dump(mode="json"))
