"""The ways to name an input other than sending it as a file: an upload's id, a path, an earlier job, base64.

Each gives an Asset; the caller discards it when the request is over. A path names an upload, an output of a job, or a
file below a folder that the operator listed; anything else is refused with one sentence, whether it exists or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.spec import InputKind
from serving.errors import BadRequest, FailedJob, Gone, NotFound, WrongState
from serving.jobs.assets import FILE_ID, AssetStore
from serving.jobs.record import JobRecord, JobState
from serving.jobs.store import JobStore
from serving.storage.clients import may_use
from serving.storage.input_roots import InputRoots
from serving.storage.outputs import JOB_ID, Outputs
from serving.storage.uploads import Asset, Inputs

FOLDERS: dict[str, str] = {"image": "images", "mesh": "meshes"}
GLB = "model/gltf-binary"
_UPLOAD_PATH = re.compile(
    r"/?uploads/(images|meshes)/([a-z]{3,4}_[0-9a-f]{32})(?:\.[a-z0-9]{1,8})?"
)
_OUTPUT_PATH = re.compile(r"/?outputs?/([^/]+)/([0-9a-f]{32})/([^/]+)")
# The mesh_url of a job's result: clients give it back where a path is asked for.
_MESH_URL = re.compile(r"/?api/v1/system/jobs/([0-9a-f]{32})/download")
_MAX_PATH = 4096


@dataclass(frozen=True)
class NamedInputs:
    """Finds inputs by what a request calls them. `field` is the name that complaints use."""

    inputs: Inputs
    assets: AssetStore
    store: JobStore
    outputs: Outputs
    roots: InputRoots

    def by_file_id(self, file_id: Any, kind: InputKind, field: str, caller: str) -> Asset:
        """An upload. Raises BadRequest for one of another kind, NotFound, Gone."""
        stored = self.assets.get(_text(file_id, field), caller, field)
        if stored.kind != kind:
            raise BadRequest(
                f"{field} {stored.file_id} is of kind {stored.kind}; send one of kind {kind}"
            )
        return self.assets.asset(stored, field)

    def by_path(self, path: Any, kind: InputKind, field: str, caller: str) -> Asset:
        """A file by the path that an upload or a job answered, or below a folder of the operator.

        Raises BadRequest for a path that may not be read, NotFound and Gone for an upload that is not there, BadUpload,
        TooLarge.
        """
        text = _text(path, field)
        if len(text) > _MAX_PATH:
            raise self._refusal(field, kind)
        if FILE_ID.fullmatch(text):
            return self.by_file_id(text, kind, field, caller)
        ours = _path_of_url(text)
        if found := _UPLOAD_PATH.fullmatch(ours):
            return self.by_file_id(found[2], kind, field, caller)
        if found := _OUTPUT_PATH.fullmatch(ours):
            return self._output(found[1], found[2], found[3], kind, field, caller)
        if kind == "mesh" and (found := _MESH_URL.fullmatch(ours)):
            return self.by_job(found[1], field, caller)
        return self._operators(text, kind, field)

    def by_job(self, job_id: Any, field: str, caller: str) -> Asset:
        """The mesh that an earlier job made. Raises NotFound, Gone, WrongState while there is none, BadRequest."""
        text = _text(job_id, field)
        record = self._record(text, field, caller)
        if record.state is not JobState.COMPLETED:
            kind = FailedJob if record.state is JobState.FAILED else WrongState
            raise kind(f"{field} {text} is {record.state}; a mesh is there once it completed")
        if record.result_deleted_at:
            raise Gone(f"{field} {text} has no mesh any more: its result was deleted")
        for file in record.files:
            if file.get("role") in ("model", "glb") and file.get("media_type") == GLB:
                return self._mesh_of(record, str(file["name"]), field)
        raise BadRequest(f"{field} {text} made no GLB mesh; name a job that did")

    def by_base64(self, text: Any, kind: InputKind, field: str) -> Asset:
        """A file in base64, bare or as a data URL. Raises BadRequest, BadUpload, TooLarge."""
        incoming = self.inputs.receive_base64(_text(text, field), field, kind)
        try:
            return self.inputs.inspect(incoming, kind)
        except BaseException:
            incoming.discard()
            raise

    def _record(self, job_id: str, field: str, caller: str) -> JobRecord:
        unknown = NotFound(f"{field} {job_id:.64} is no job here")
        if not JOB_ID.fullmatch(job_id):
            raise unknown
        try:
            record = self.store.get(job_id)
        except Gone as gone:
            if may_use(gone.owner, caller):
                raise
            raise unknown from None
        except NotFound:
            raise unknown from None
        if not may_use(record.client, caller):
            raise unknown
        return record

    def _mesh_of(self, record: JobRecord, name: str, field: str) -> Asset:
        try:
            path = Path(self.outputs.locate(record.client, record.job_id, name))
            asset = self.inputs.inspect_stored(path, field, "mesh")
            called = record.shown.get("text") or record.shown.get("image_name") or ""
            return replace(asset, name=str(called)[:255])
        except (NotFound, FileNotFoundError):
            raise Gone(f"{field} {record.job_id} has no mesh any more: it was removed") from None

    def _output(
        self, owner: str, job_id: str, name: str, kind: InputKind, field: str, caller: str
    ) -> Asset:
        """An output of a job, linked: outputs never change once they are published."""
        if not may_use(owner, caller):
            raise self._refusal(field, kind)
        try:
            path = Path(self.outputs.locate(owner, job_id, name))
            return self.inputs.inspect_stored(path, field, kind)
        except (NotFound, FileNotFoundError):
            raise self._refusal(field, kind) from None

    def _operators(self, path: str, kind: InputKind, field: str) -> Asset:
        """A file below a folder of the operator, copied: it may change later."""
        file = self.roots.open(path)
        if file is None:
            raise self._refusal(field, kind)
        with file:
            incoming = self.inputs.receive_copy(file, field, kind)
        try:
            return self.inputs.inspect(incoming, kind)
        except BaseException:
            incoming.discard()
            raise

    def _refusal(self, field: str, kind: InputKind) -> BadRequest:
        """The same whether the file exists or not: paths must not be tried out."""
        return BadRequest(
            f"{field} is not a file that this server may read; upload it and send its file_id, or send the {kind} as"
            " base64"
        )


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(f"{field} must be text and not empty")
    return value.strip()


def _path_of_url(text: str) -> str:
    """The path that a URL of this server names, as answers give them; other text as it is. Nothing is fetched."""
    if not text.startswith(("http://", "https://")):
        return text
    try:
        return unquote(urlsplit(text).path)
    except ValueError:  # no URL after all
        return text
