"""Results of the second API that are not there: not yet, never, deleted, or lost from the disk."""

from __future__ import annotations

import time

from serving.jobs.retention import Retention
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from tests.serving import pictures
from tests.serving.second_api import (
    JOBS,
    PAINTING,
    PICTURE,
    QUICK,
    as_base64,
    completed,
    ended,
    files_below,
    refused,
    status_of,
    submit,
)

# Before the result is there


def test_result_of_a_job_that_waits_is_not_there_yet(at_desk):
    """Upstream answered 400, and it could not be told from a bad request."""
    job_id = submit(at_desk)
    for what in ("download", "download?format=base64", "thumbnail"):
        answer = at_desk.get(f"{JOBS}/{job_id}/{what}")
        refused(answer, 409, "API_ERROR", job_id, "queued")
        assert int(answer.headers["Retry-After"]) >= 1
    refused(at_desk.delete(f"{JOBS}/{job_id}/result"), 409, "API_ERROR", job_id, "queued")
    info = at_desk.get(f"{JOBS}/{job_id}/info").json()
    assert (info["status"], info["has_result"]) == ("queued", False)
    assert info["file_info"] == {"file_exists": False}
    assert info["download_urls"] is info["mesh_download_urls"] is None
    assert "thumbnail_download_urls" not in info


def test_cancelled_job_has_no_result_and_will_have_none(at_desk):
    job_id = submit(at_desk)
    at_desk.post(f"{JOBS}/{job_id}/cancel")
    for answer in (
        at_desk.get(f"{JOBS}/{job_id}/download"),
        at_desk.delete(f"{JOBS}/{job_id}/result"),
    ):
        refused(answer, 409, "API_ERROR", job_id, "cancelled")
        assert "Retry-After" not in answer.headers
    assert at_desk.get(f"{JOBS}/{job_id}/input").content == PICTURE


def test_failed_job_says_why_wherever_its_result_is_asked_for(client):
    """Upstream: a failed job had no reason, or looked as if it went on for ever."""
    job_id = submit(client, image_base64=as_base64(pictures.transparent()))
    status = ended(client, job_id)
    assert (status["status"], status["result"]) == ("failed", None)
    assert status["error_code"]
    for answer in (
        client.get(f"{JOBS}/{job_id}/download"),
        client.get(f"{JOBS}/{job_id}/thumbnail"),
    ):
        refused(answer, 409, "JOB_FAILED", "failed", status["error"])
        assert "Retry-After" not in answer.headers
    info = client.get(f"{JOBS}/{job_id}/info").json()
    assert status["error"] in info["message"]
    assert not info["has_result"]


# After the result was there


def test_deleted_result_is_gone_and_its_job_stays(client):
    job_id = submit(client, **QUICK)
    before = completed(client, job_id)
    server = client.server
    (link,) = client.task(job_id)["output_files"]
    answer = client.delete(f"{JOBS}/{job_id}/result")
    assert answer.status_code == 200
    said = answer.json()
    assert said == {
        "job_id": job_id,
        "message": "Result file deleted successfully",
        "deleted": True,
        "freed_space_mb": said["freed_space_mb"],
        "deleted_file": "output.glb",
    }
    assert said["freed_space_mb"] >= before["result"]["mesh_file_info"]["file_size_mb"]
    assert not (server.data_dir / "outputs" / client.address / job_id).exists()
    for what in ("download", "download?format=base64", "thumbnail"):
        refused(client.get(f"{JOBS}/{job_id}/{what}"), 410, "NOT_FOUND", job_id, "deleted")
    after = status_of(client, job_id)
    assert (after["status"], after["progress"]) == ("completed", 100.0)
    assert after["result"] is after["mesh_url"] is after["thumbnail_url"] is None
    info = client.get(f"{JOBS}/{job_id}/info").json()
    assert (info["has_result"], info["file_info"]) == (False, {"file_exists": False})
    assert "deleted" in info["message"]
    assert client.get(f"{JOBS}/{job_id}/input").content == PICTURE
    assert job_id in [job["job_id"] for job in client.get(f"{JOBS}/history").json()["jobs"]]
    again = client.delete(f"{JOBS}/{job_id}/result").json()
    assert (again["deleted"], again["freed_space_mb"], again["deleted_file"]) == (False, 0.0, None)
    assert client.get(link.removeprefix(server.url)).status_code == 404
    assert client.task(job_id)["output_files"] == []
    body = {"image_base64": as_base64(PICTURE), "input_job_id": job_id}
    refused(client.post(PAINTING, json=body), 410, "NOT_FOUND", job_id)


def test_result_that_retention_took_is_gone(shelf):
    record = shelf.put({"output.glb": b"glTF"})
    inputs, outputs = Inputs(shelf.settings), Outputs(shelf.settings)
    keep = shelf.settings.model_copy(update={"keep_days": 1})
    assert Retention(keep, shelf.store, inputs, outputs).take_turn(time.time() + 2 * 86_400) == 1
    assert files_below(shelf.settings.outputs_dir) == []
    for what in ("", "/download", "/info", "/thumbnail", "/input"):
        refused(shelf.web.get(f"{JOBS}/{record.job_id}{what}"), 410, "NOT_FOUND", record.job_id)


def test_result_that_somebody_removed_from_the_disk_is_gone(shelf):
    record = shelf.put({"output.glb": b"glTF", "thumbnail.webp": b"RIFF"})
    for path in shelf.folder(record).iterdir():
        path.unlink()
    job = f"{JOBS}/{record.job_id}"
    for what in ("download", "download?format=base64", "thumbnail"):
        refused(shelf.web.get(f"{job}/{what}"), 410, "NOT_FOUND", "removed from the server")
    info = shelf.web.get(f"{job}/info").json
    assert (info["has_result"], info["file_info"]) == (False, {"file_exists": False})
    assert info["download_urls"] is None
    assert "thumbnail_download_urls" not in info
    assert shelf.web.delete(f"{job}/result").json["deleted"] is True


def test_input_that_somebody_removed_from_the_disk_is_gone(at_desk):
    job_id = submit(at_desk)
    (name,) = at_desk.server.inputs_of(at_desk.address)
    (at_desk.server.data_dir / "inputs" / at_desk.address / name).unlink()
    refused(at_desk.get(f"{JOBS}/{job_id}/input"), 410, "NOT_FOUND", "image", job_id)


def test_link_in_the_folder_of_a_result_leads_nowhere(shelf):
    record = shelf.put({"output.glb": b"glTF"})
    file = shelf.folder(record) / "output.glb"
    file.unlink()
    file.symlink_to("/etc/passwd")
    refused(shelf.web.get(f"{JOBS}/{record.job_id}/download"), 410, "NOT_FOUND")
