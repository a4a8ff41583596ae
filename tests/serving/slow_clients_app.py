"""What `test_slow_clients` serves: a small Flask app and our worker with short deadlines."""

import hashlib
import os

from flask import Flask, request, send_file

from serving.web.gunicorn_worker import PatientThreadWorker
from serving.web.slow_clients import Limits


class HastyWorker(PatientThreadWorker):
    limits = Limits(
        head_timeout_s=1.5,
        stall_timeout_s=2.0,
        grace_s=2.0,
        min_rate_bytes_per_s=1_000_000,
        max_waiting=100,
        evict_silence_s=0.2,
        look_up_s=0.25,
        linger_s=0.5,
    )


app = Flask(__name__)
# What the server's own application has, too: headers of answers that never come from it.
app.early_headers = lambda origin: {"Access-Control-Allow-Origin": origin}


@app.post("/upload")
def upload():
    """A multipart upload, read to its end."""
    stream, digest = request.files["file"].stream, hashlib.sha256()
    while piece := stream.read(65_536):
        digest.update(piece)
    return {"sha256": digest.hexdigest(), "bytes": stream.tell()}


@app.post("/raw")
def raw():
    """A body read as it comes, of known length or chunked."""
    digest = hashlib.sha256()
    while piece := request.stream.read(65_536):
        digest.update(piece)
    return {"sha256": digest.hexdigest()}


@app.post("/refuse")
def refuse():
    """Answers without a look at the body."""
    return "too many requests", 429


@app.get("/file")
def file():
    return send_file(
        os.environ["SLOW_CLIENTS_FILE"], mimetype="model/gltf-binary", conditional=True
    )


@app.get("/stream")
def stream():
    """20 MB from a generator: no sendfile."""
    return (b"x" * 100_000 for _ in range(200))


@app.get("/ping")
def ping():
    return "pong"
