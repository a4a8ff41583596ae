"""A bare Flask app for comparison: save an upload, queue a JSON body, send a file, list ten jobs by a pipeline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from uuid import uuid4

from flask import Flask, jsonify, request, send_file
from pydantic import BaseModel, Field
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
                "made",
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


class Wanted(BaseModel):
    """A body like that of a text to mesh request."""

    text_prompt: str = Field(min_length=1, max_length=2000)
    output_format: Literal["glb"] = "glb"
    seed: int = Field(0, ge=0)
    model_preference: str | None = None


@app.post("/submit")
def submit():
    """What most would write: validate, one trip to Redis that saves the job and queues it, answer."""
    wanted = Wanted.model_validate(request.get_json())
    job_id = uuid4().hex
    with _redis.pipeline() as pipe:
        pipe.hset("bare:job:" + job_id, mapping=wanted.model_dump(exclude_none=True))
        pipe.rpush("bare:queue", job_id)
        pipe.execute()
    return jsonify(job_id=job_id, status="queued", message="queued")


@app.get("/one/<job_id>")
def one(job_id: str):
    """What most would write for the status of a job."""
    return jsonify(_redis.hgetall("meshkiln:job:" + job_id))


@app.get("/status")
def status():
    return jsonify(status="ok")


@app.get("/file.glb")
def download():
    return send_file(_FOLDER / "file.glb", mimetype="model/gltf-binary")
