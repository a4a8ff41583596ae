"""Large JSON bodies that come in slowly: they cost no thread and no turn until they are there."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from serving.web.form import LARGE_JSON_BYTES
from tests.serving.conftest import living
from tests.serving.live import Server
from tests.serving.pictures import disc, encoded

PATH = "/api/v1/mesh-generation/image-to-raw-mesh"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("large")
    with living(Server(folder, "web_worker.py", web_threads=4)) as started:
        yield started


def half_sent(server: Server) -> socket.socket:
    """A client that announces a large body and sends its beginning."""
    connection = socket.create_connection((server.host, server.port), timeout=10)
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {LARGE_JSON_BYTES + 1_000_000}\r\n\r\n"
    connection.sendall(head.encode() + b'{"image_base64": "' + b"A" * 2_000)
    return connection


def test_stalled_large_bodies_keep_nobody_waiting(server: Server) -> None:
    stalled = [half_sent(server) for _ in range(40)]
    try:
        time.sleep(0.5)
        began_s = time.monotonic()
        assert requests.get(f"{server.url}/livez", timeout=10).status_code == 200
        answer = requests.post(server.url + PATH, json=large_request(), timeout=30)
        assert answer.status_code == 200, answer.text
        assert time.monotonic() - began_s < 15
    finally:
        for connection in stalled:
            connection.close()


def large_request() -> dict[str, str]:
    """A picture whose base64 is a large body."""
    picture = encoded(disc("RGB", (1400, 1400)), "BMP")
    text = base64.b64encode(picture).decode()
    assert len(json.dumps(text)) > LARGE_JSON_BYTES
    return {"image_base64": text}


def test_large_body_that_is_no_json_is_refused_and_leaves_nothing(server: Server) -> None:
    body = b"[" + b"1," * (LARGE_JSON_BYTES // 2) + b"1"
    answer = requests.post(
        server.url + PATH, data=body, headers={"Content-Type": "application/json"}, timeout=30
    )
    assert answer.status_code == 400
    assert answer.json()["error"] == "INVALID_VALUE"
    assert server.uploads_left() == []
