"""A bare Flask app for comparison: parse and save an upload, send a file, list ten jobs by a plain pipeline."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from flask import Flask, jsonify, request, send_file
from redis import Redis

app = Flask(__name__, static_folder=None)
_FOLDER = Path(os.environ["MESHKILN_DATA_DIR"])
_redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1"), decode_responses=True)
_NAMES = ("request_id", "status", "shown", "files", "start_time", "finish_time", "error")


@app.post("/image_to_3d")
def upload():
    name = uuid4().hex
    request.files["image"].save(_FOLDER / f"{name}.png")
    return jsonify(request_id=name, status="queued")


@app.get("/plain_requests")
def plain_requests():
    """What most would write: the ids of the client's jobs, then their fields in one pipeline."""
    ids = _redis.zrevrange("meshkiln:client:127.0.0.1:finished", 0, 9)
    with _redis.pipeline(transaction=False) as pipe:
        for job_id in ids:
            pipe.hmget(
                "meshkiln:job:" + job_id,
                "state",
                "shown",
                "files",
                "started_at",
                "finished_at",
                "error",
            )
        rows = pipe.execute()
    return jsonify(
        requests=[
            dict(zip(_NAMES, (job_id, *row), strict=True))
            for job_id, row in zip(ids, rows, strict=True)
        ]
    )


@app.get("/status")
def status():
    return jsonify(status="ok")


@app.get("/file.glb")
def download():
    return send_file(_FOLDER / "file.glb", mimetype="model/gltf-binary")
