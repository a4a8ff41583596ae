"""Bodies of submits, whole or broken, sent as bare bytes."""

from __future__ import annotations

import base64

from tests.serving.live import Client, parsed
from tests.serving.pictures import disc, encoded

PICTURE = encoded(disc())
BASE64 = base64.b64encode(PICTURE).decode()
MIB = 1024 * 1024


def part(disposition: bytes, data: bytes = b"") -> bytes:
    return b"--cut\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + data + b"\r\n"


END = b"--cut--\r\n"
FORM = "multipart/form-data; boundary=cut"
FILE = part(b'name="image"; filename="a.png"', PICTURE)


def head(media_type: str, length: int, path: str = "/image_to_3d") -> bytes:
    lines = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nConnection: close\r\n"
    )
    return (lines + f"Content-Length: {length}\r\n\r\n").encode("latin-1", "replace")


def talk(client: Client, request: bytes, *, then_end: bool = False) -> tuple[int, str]:
    """A request in bytes -> status and error message of the first answer. There must be one, in JSON."""
    answer = client.raw(request, then_end=then_end)
    assert answer, "no answer"
    return parsed(answer)


def send(client: Client, body: bytes, media_type: str = FORM) -> tuple[int, str]:
    return talk(client, head(media_type, len(body)) + body)


def assert_nothing_left(client: Client) -> None:
    assert client.server.uploads_left() == []
    assert client.server.inputs_of(client.address) == []
    assert client.get("/my_requests").json()["requests"] == []
