"""What tests of the second API share: its paths, bodies for every feature, and how it refuses."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import requests
from pydantic.fields import FieldInfo

from pipelines.catalog import Catalog
from pipelines.spec import Feature
from serving.jobs.record import JobRecord
from serving.web.v1.body import SHOWN_NAMES
from tests.serving import pictures
from tests.serving.live import Client, assert_plain

V1 = "/api/v1"
JOBS = f"{V1}/system/jobs"
RAW_MESH = f"{V1}/mesh-generation/image-to-raw-mesh"
TEXTURED_MESH = f"{V1}/mesh-generation/image-to-textured-mesh"
PAINTING = f"{V1}/mesh-generation/image-mesh-painting"
CATALOG = Catalog.discover(())
PICTURE = pictures.encoded(pictures.disc())
OTHER_PICTURE = pictures.encoded(pictures.disc(size=(80, 96)))
FILES = {"image": ("picture.png", PICTURE), "mesh": ("mesh.obj", pictures.OBJ)}
IMAGE_FILE = {"image_file": ("picture.png", PICTURE)}
ENDS = ("completed", "failed", "cancelled")
# The built-in model at its quickest.
QUICK = {"model_parameters": {"sparse_structure_sample_steps": 1, "slat_sample_steps": 1}}
# Method and rule of the routes that need a key.
NEEDS_KEY = {
    ("GET", "/api/v1/system/info"),
    ("GET", "/api/v1/system/status"),
    ("GET", "/api/v1/system/models"),
    ("DELETE", "/api/v1/system/jobs/<job_id>/result"),
    ("GET", "/api/v1/system/drain"),
    ("POST", "/api/v1/system/drain"),
    ("POST", "/api/v1/system/models/<model_id>/unload"),
    ("GET", "/api/v1/system/errors"),
    ("GET", "/api/v1/system/operator"),
}


def as_base64(data: bytes, media_type: str = "") -> str:
    text = base64.b64encode(data).decode()
    return f"data:{media_type};base64,{text}" if media_type else text


def doable() -> list[Feature]:
    """The features that some built-in model does."""
    return [feature for feature in CATALOG.features.values() if CATALOG.cards_for(feature.name)]


def needed_fields(feature: Feature) -> dict[str, Any]:
    """The fields that a request for a feature must have, but for its files."""
    fields = feature.params.model_fields.items()
    return {shown(name): "a red chair" for name, facts in fields if facts.is_required()}


def shown(name: str) -> str:
    return SHOWN_NAMES.get(name, name)


def whole_numbers(feature: Feature) -> dict[str, FieldInfo]:
    """The params of a feature that are integers, by the names of the API."""
    fields = feature.params.model_fields.items()
    return {shown(name): facts for name, facts in fields if facts.annotation is int}


def needed_slots(feature: Feature) -> dict[str, str]:
    """Slot -> kind, of the inputs that a feature must have."""
    return {slot: facts.kind for slot, facts in feature.inputs.items() if facts.required}


def json_body(feature: Feature, **fields: Any) -> dict[str, Any]:
    """A whole JSON body for a feature."""
    files = {
        f"{slot}_base64": as_base64(FILES[kind][1]) for slot, kind in needed_slots(feature).items()
    }
    return {**needed_fields(feature), **files, **fields}


def form_files(feature: Feature) -> dict[str, tuple[str, bytes]]:
    """The files of a whole form for a feature."""
    return {f"{slot}_file": FILES[kind] for slot, kind in needed_slots(feature).items()}


def job_of(answer: requests.Response) -> str:
    """The id of a job that was accepted."""
    assert answer.status_code == 200, answer.text
    return str(answer.json()["job_id"])


def submit(client: Client, path: str = RAW_MESH, **fields: Any) -> str:
    """A job from one picture. -> its job_id"""
    if path.startswith(f"{V1}/mesh-generation/image"):
        fields.setdefault("image_base64", as_base64(PICTURE))
    return job_of(client.post(path, json=fields))


def record_of(client: Client, job_id: str) -> JobRecord:
    return client.server.record(job_id)


def input_bytes(client: Client, record: JobRecord) -> dict[str, bytes]:
    folder = client.server.data_dir / "inputs"
    return {slot: (folder / path).read_bytes() for slot, path in record.inputs.items()}


def status_of(client: Client, job_id: str) -> dict[str, Any]:
    answer = client.get(f"{JOBS}/{job_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ended(client: Client, job_id: str, within_s: float = 90.0) -> dict[str, Any]:
    """The status of a job once it has ended."""
    deadline_s = time.monotonic() + within_s
    while (status := status_of(client, job_id))["status"] not in ENDS:
        assert time.monotonic() < deadline_s, f"not ended within {within_s} s: {status}"
        time.sleep(0.05)
    return status


def completed(client: Client, job_id: str) -> dict[str, Any]:
    status = ended(client, job_id)
    assert status["status"] == "completed", status
    return status


def refused(answer: Any, status: int, code: str, *words: str) -> dict[str, Any]:
    """An error as the second API shows it, of Requests or of Flask's own client. -> its body"""
    text = answer.text if isinstance(answer.text, str) else answer.get_data(as_text=True)
    assert answer.status_code == status, text
    assert answer.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = answer.json() if callable(answer.json) else answer.json
    assert list(body) == ["error", "message", "detail"], body
    assert body["error"] == code
    assert_plain(body["message"])
    assert body["detail"]
    assert_plain(str(body["detail"])[:499])
    for word in words:
        assert word in body["message"], body["message"]
    return body


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def picture_of(data: bytes) -> tuple[str, tuple[int, int]]:
    """Format and size of a picture."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return str(image.format), image.size


def nothing_left(client: Client) -> bool:
    """Whether no file of this client lies about: what it sent was refused, or taken back."""
    return client.server.inputs_of(client.address) == [] and client.server.uploads_left() == []
