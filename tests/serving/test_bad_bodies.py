"""Bodies that are broken, cut short or lie about themselves. No 500, and nothing is left."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.serving.bodies import (
    BASE64,
    END,
    FILE,
    FORM,
    MIB,
    PICTURE,
    assert_nothing_left,
    head,
    part,
    send,
    talk,
)

BODIES: dict[str, tuple[bytes, str]] = {
    "no parts": (END, FORM),
    "empty form": (b"", FORM),
    "no file": (part(b'name="seed"', b"1") + END, FORM),
    "no boundary": (FILE + END, "multipart/form-data"),
    "empty boundary": (FILE + END, 'multipart/form-data; boundary=""'),
    "long boundary": (FILE + END, "multipart/form-data; boundary=" + "x" * 300),
    "odd boundary": (FILE + END, "multipart/form-data; boundary=\xff\xfe"),
    "other boundary": (FILE + END, "multipart/form-data; boundary=other"),
    "no end": (FILE, FORM),
    "half a file": (FILE[:-300], FORM),
    "head without end": (
        FILE + b"--cut\r\nContent-Disposition: form-data; name=" + b"x" * 9999,
        FORM,
    ),
    "endless head": (b"--cut\r\nX-Long: " + b"x" * 300_000, FORM),
    "endless preamble": (b"x" * 300_000, FORM),
    "many headers": (b"--cut\r\n" + b"X-Header: 1\r\n" * 5000, FORM),
    "no disposition": (b"--cut\r\nContent-Type: image/png\r\n\r\nx\r\n" + END, FORM),
    "part without a name": (
        b"--cut\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + FILE + END,
        FORM,
    ),
    "part with an empty name": (part(b'name=""', b"x") + FILE + END, FORM),
    "file without a name": (part(b'filename="a.png"', PICTURE) + END, FORM),
    "other disposition": (FILE.replace(b"form-data", b"attachment") + b"--cut--", FORM),
    "unknown file": (part(b'name="x"; filename="a.png"', PICTURE) + FILE + END, FORM),
    "unknown field": (part(b'name="x"', b"1") + FILE + END, FORM),
    "field not in utf-8": (part(b'name="\xff\xfe"', b"\xff") + FILE + END, FORM),
    "value not in utf-8": (part(b'name="seed"', b"\xff\xfe") + FILE + END, FORM),
    "300 fields": (b"".join(part(b'name="f%d"' % i, b"1") for i in range(300)) + FILE + END, FORM),
    "300 files": (FILE * 300 + END, FORM),
    "two megabytes in a field": (part(b'name="image"', b"A" * 2 * MIB) + END, FORM),
    "encoded part": (
        part(b'name="image"; filename="a"\r\nContent-Transfer-Encoding: base64', BASE64.encode())
        + END,
        FORM,
    ),
    "part in part": (
        part(
            b'name="image"; filename="a"\r\nContent-Type: multipart/mixed; boundary=x',
            b"--x\r\n\r\n--x--",
        )
        + END,
        FORM,
    ),
    "nothing": (b"", "application/json"),
    "no JSON": (b"{", "application/json"),
    "JSON text": (b'"image"', "application/json"),
    "JSON list": (b"[]", "application/json"),
    "JSON null": (b"null", "application/json"),
    "JSON number": (b"1", "application/json"),
    "JSON not in utf-8": (b'{"image": "\xff"}', "application/json"),
    "JSON with two bodies": (b"{}{}", "application/json"),
    "deep list": (b"[" * 100_000, "application/json"),
    "deep value": (b'{"image":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json"),
    "deep object": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json"),
    "long number": (b'{"seed":' + b"9" * 100_000 + b"}", "application/json"),
    "long name": (b'{"' + b"x" * MIB + b'":1}', "application/json"),
    "JSON called a form": (b'{"image": "x"}', FORM),
    "form called JSON": (FILE + END, "application/json"),
    "picture alone": (PICTURE, "image/png"),
    "picture of no type": (PICTURE, ""),
    "odd type": (b"x", ";;;=\xff"),
    "fields in a row": (b"image=&seed=1&%ff=%00", "application/x-www-form-urlencoded"),
    "many fields in a row": (
        b"&".join(b"f%d=1" % i for i in range(3000)),
        "application/x-www-form-urlencoded",
    ),
    "long field in a row": (b"image=" + b"A" * 2 * MIB, "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("name", BODIES)
def test_broken_body_is_refused_in_words(at_desk, name):
    body, media_type = BODIES[name]
    status, message = send(at_desk, body, media_type)
    assert status in (400, 413), message
    assert_nothing_left(at_desk)


def test_body_that_is_cut_off_leaves_nothing(at_desk):
    for media_type, body in (
        (FORM, FILE + END),
        ("application/json", json.dumps({"image": BASE64}).encode()),
    ):
        for kept in (0, 10, len(body) // 2, len(body) - 12):
            request = head(media_type, len(body)) + body[:kept]
            assert talk(at_desk, request, then_end=True)[0] == 400
    assert_nothing_left(at_desk)


def test_json_that_is_whole_though_its_end_was_announced_later_is_not_taken(at_desk):
    body = json.dumps({"image": BASE64}).encode()
    for sent in (body, b""):
        request = head("application/json", len(sent) + 50) + sent
        status, message = talk(at_desk, request, then_end=True)
        assert (status, message) == (400, "the body was cut short; send it again")
    assert_nothing_left(at_desk)


CHUNKS = {
    "no size": b"ZZ\r\n{}\r\n0\r\n\r\n",
    "negative size": b"-2\r\n{}\r\n0\r\n\r\n",
    "no end of a chunk": b"2\r\n{}XX0\r\n\r\n",
    "long extension": b"2;" + b"x" * 20_000 + b"\r\n{}\r\n0\r\n\r\n",
    "cut short": b"200\r\n{}",
}


@pytest.mark.parametrize("media_type", [FORM, "application/json"])
@pytest.mark.parametrize("name", CHUNKS)
def test_malformed_chunks_are_refused_in_words_and_fill_no_log(at_desk, name, media_type):
    """What waits behind them is not taken for a request."""
    said_before = at_desk.server.log
    request = (
        f"POST /image_to_3d HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    answer = at_desk.raw(request.encode() + CHUNKS[name], then_end=True)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"send it again" in answer
    assert "Traceback" not in at_desk.server.log[len(said_before) :]


def test_post_without_a_length_has_no_picture(at_desk):
    for path in ("/image_to_3d", "/text_to_3d"):
        request = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        status, message = talk(at_desk, request.encode())
        assert status == 400
        assert "missing" in message


@pytest.mark.parametrize(
    ("media_type", "body"),
    [(FORM, FILE + END), ("application/json", json.dumps({"image": BASE64}).encode())],
)
def test_body_in_chunks_is_as_good_as_one_with_a_length(at_desk, media_type, body):
    pieces: Iterator[bytes] = (body[at : at + 1000] for at in range(0, len(body), 1000))
    answer = at_desk.post("/image_to_3d", data=pieces, headers={"Content-Type": media_type})
    assert answer.status_code == 200, answer.text


def test_length_that_lies_cuts_the_form(at_desk):
    body = FILE + END
    for length in (1, 100, len(body) - 30):
        status, _ = talk(at_desk, head(FORM, length) + body)
        assert status == 400
    assert_nothing_left(at_desk)


def test_refused_body_is_not_taken_for_a_next_request(at_desk):
    """A kept connection: what is left of a refused body must not be answered."""
    smuggled = b"\r\n\r\nGET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for size in (100, 20_000, 300_000):
        body = part(b'name="x"; filename="a"', b"x" * size + smuggled) + END
        request = head(FORM, len(body)).replace(b"Connection: close\r\n", b"") + body
        last = b"GET /my_requests HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = at_desk.raw(request + last)
        assert b'"status":"ok"' not in answer
        assert answer.count(b"HTTP/1.1 ") <= 2


def test_part_that_is_known_and_sound_is_still_taken_after_all_this(at_desk):
    assert send(at_desk, FILE + END) == (200, "")
    quirks = b"preamble\r\n" + FILE.replace(b"\r\nContent", b"\r\ncontent") + END + b"epilogue"
    assert send(at_desk, quirks) == (200, "")
    assert send(at_desk, FILE + b"--cut--") == (200, "")
