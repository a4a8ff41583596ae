"""A bare Flask app for comparison: parse and save an upload, send a file, nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from flask import Flask, jsonify, request, send_file

app = Flask(__name__, static_folder=None)
_FOLDER = Path(os.environ["MESHKILN_DATA_DIR"])


@app.post("/image_to_3d")
def upload():
    name = uuid4().hex
    request.files["image"].save(_FOLDER / f"{name}.png")
    return jsonify(request_id=name, status="queued")


@app.get("/status")
def status():
    return jsonify(status="ok")


@app.get("/file.glb")
def download():
    return send_file(_FOLDER / "file.glb", mimetype="model/gltf-binary")
