"""What people and attackers send: odd and broken pictures, forms with a few bytes changed. No 500, nothing is left."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.serving import pictures
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
    talk,
)
from tests.serving.live import Client, assert_plain, assert_refused
from tests.serving.pictures import disc, encoded

QUICK = {"ss_sample_steps": 1, "slat_sample_steps": 1, "simplify_ratio": 0.05, "texture_size": 256}

SOUND = {
    "png": PICTURE,
    "png, no alpha": encoded(disc("RGB")),
    "png, palette": encoded(disc("P")),
    "png, palette with transparency": encoded(disc("P"), transparency=0),
    "png, grey": encoded(disc("L")),
    "png, grey with alpha": encoded(disc("LA")),
    "png, one bit": encoded(disc("1")),
    "png, 16 bit grey": encoded(disc("I;16")),
    "png, 16 bit colour": pictures.png16_rgb(),
    "png, animated": pictures.animated("PNG"),
    "png, interlaced sizes": encoded(disc("RGB", (97, 63)), optimize=True),
    "jpeg": encoded(disc("RGB"), "JPEG"),
    "jpeg, progressive": encoded(disc("RGB"), "JPEG", progressive=True),
    "jpeg, turned by its camera": pictures.sideways(),
    "jpeg, cmyk": encoded(disc("CMYK"), "JPEG"),
    "jpeg, grey": encoded(disc("L"), "JPEG"),
    "jpeg, with a film behind it": pictures.photo_with_a_film_behind(),
    "webp": encoded(disc("RGB"), "WEBP"),
    "webp, alpha": encoded(disc(), "WEBP"),
    "webp, lossless": encoded(disc(), "WEBP", lossless=True),
    "webp, animated": pictures.animated("WEBP"),
    "bmp": encoded(disc("RGB"), "BMP"),
    "bmp, alpha": encoded(disc(), "BMP"),
    "bmp, palette": encoded(disc("P"), "BMP"),
    "tiff": encoded(disc("RGB"), "TIFF"),
    "tiff, alpha": encoded(disc(), "TIFF"),
    "tiff, packed": encoded(disc("RGB"), "TIFF", compression="tiff_lzw"),
    "tiff, 16 bit": encoded(disc("I;16"), "TIFF"),
    "tiff, cmyk": encoded(disc("CMYK"), "TIFF"),
    "two jpegs in one": encoded(
        disc("RGB"), "MPO", save_all=True, append_images=[disc("RGB", (80, 80))]
    ),
    "gif": encoded(disc("P"), "GIF"),
    "gif, animated": pictures.animated("GIF"),
    "4096 wide": encoded(disc("RGB", (4096, 16))),
}
# One run each of what decoders find hardest.
RUN = [
    "png, 16 bit colour",
    "png, palette with transparency",
    "jpeg, turned by its camera",
    "jpeg, cmyk",
    "two jpegs in one",
    "bmp, palette",
    "gif",
    "webp, animated",
    "tiff, 16 bit",
]


@pytest.mark.parametrize("name", SOUND)
def test_sound_picture_is_accepted(at_desk, name):
    assert at_desk.post("/image_to_3d", files={"image": SOUND[name]}).status_code == 200
    answer = at_desk.post("/image_to_3d", json={"image": base64.b64encode(SOUND[name]).decode()})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", RUN)
def test_odd_but_sound_picture_becomes_a_mesh(client, name):
    task = client.finished(client.submit(SOUND[name], **QUICK))
    assert task["status"] == "complete", task


@pytest.mark.parametrize("name", ["a.png", "a.exe", "", "a", "a.jpg.png"])
def test_format_is_found_from_the_bytes_not_from_the_name(at_desk, name):
    request_id = at_desk.submit(SOUND["webp"])
    assert at_desk.server.record(request_id).inputs["image"].endswith(".webp")
    files = {"image": (name or "x", SOUND["jpeg"], "application/octet-stream")}
    answer = at_desk.post("/image_to_3d", files=files)
    kept = at_desk.server.record(answer.json()["request_id"]).inputs["image"]
    assert kept.endswith(".jpg")


# Pictures that only a look at the pixels can tell

HOPELESS = {
    "1 x 1": (encoded(disc("RGB", (1, 1))), "1 x 1"),
    "fully transparent": (pictures.transparent(), "transparent"),
    "one colour": (encoded(disc("RGB", (64, 64)).point(lambda _: 90)), "single colour"),
    "pixels missing": (pictures.png(4000, 4000, zlib.compress(b"\0" * 99)), "truncated or broken"),
    "pixels garbled": (pictures.png(64, 64, b"no deflate data"), "truncated or broken"),
    "gif cut short": (SOUND["gif"][:-200], "truncated or broken"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_hopeless_picture_fails_with_a_reason(client, name):
    data, word = HOPELESS[name]
    task = client.finished(client.submit(data))
    assert task["status"] == "error"
    assert word in task["error"]
    assert_plain(task["error"])


# Pictures whose bytes tell

BROKEN = {
    "empty": (b"", "empty"),
    "text": (b"This is a text file with the name of a picture.\n" * 50, "not an image"),
    "html": (b"<!doctype html><html></html>", "not an image"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "not an image"),
    "pdf": (b"%PDF-1.7\n", "not an image"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    "ppm": (encoded(disc("RGB"), "PPM"), "not an image"),
    "mesh": (pictures.OBJ, "not an image"),
    "png mark alone": (PICTURE[:8], "image"),
    "png head alone": (PICTURE[:33], "image"),
    "png, half": (PICTURE[: len(PICTURE) // 2], "cut short"),
    "png, last chunk missing": (PICTURE[:-12], "cut short"),
    "png, all but one byte": (PICTURE[:-1], "cut short"),
    "jpeg, half": (SOUND["jpeg"][: len(SOUND["jpeg"]) // 2], "image"),
    "jpeg, all but two bytes": (SOUND["jpeg"][:-2], "cut short"),
    "jpeg, progressive, a scan missing": (SOUND["jpeg, progressive"][:-200], "cut short"),
    "webp, half": (SOUND["webp"][: len(SOUND["webp"]) // 2], "image"),
    "webp, all but ten bytes": (SOUND["webp"][:-10], "image"),
    "bmp, half": (SOUND["bmp"][: len(SOUND["bmp"]) // 2], "cut short"),
    "bmp, all but one byte": (SOUND["bmp"][:-1], "cut short"),
    "tiff, half": (SOUND["tiff, packed"][:40], "image"),
    "8000 x 8000": (pictures.png(8000, 8000, zlib.compress(b"\0")), "8000 x 8000"),
    "8000 x 8000, real": (encoded(disc("1", (8000, 8000))), "8000 x 8000"),
    "4097 wide": (encoded(disc("L", (4097, 8))), "4097 x 8"),
    "4097 high": (encoded(disc("L", (8, 4097)), "BMP"), "8 x 4097"),
    "webp, 5000 wide": (encoded(disc("RGB", (5000, 8)), "WEBP"), "5000 x 8"),
    "bomb": (pictures.png(60_000, 60_000, zlib.compress(b"\0" * 99)), "more pixels"),
    "bomb, largest": (pictures.png(2**31 - 1, 2**31 - 1, b""), "image"),
    "no pixels": (pictures.png(0, 0, b""), "image"),
    "text bomb": (
        PICTURE[:33]
        + pictures.chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 80 * MIB))
        + PICTURE[33:],
        "image",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_picture_is_refused_at_the_submit(at_desk, name):
    data, word = BROKEN[name]
    for answer in (
        at_desk.post("/image_to_3d", files={"image": ("a.png", data)}),
        at_desk.post("/image_to_3d", json={"image": base64.b64encode(data).decode()}),
        at_desk.post("/image_to_3d", files={"image": PICTURE, "image_back": ("a.png", data)}),
    ):
        if answer.request.headers["Content-Type"] == "application/json" and not data:
            assert_refused(answer, 400, "image is missing")
        else:
            assert_refused(answer, 400, "image", word)
    assert_nothing_left(at_desk)


def test_more_than_fifty_mib_are_refused_however_they_come(at_desk):
    big = PICTURE + b"\0" * (50 * MIB)
    answer = at_desk.post("/image_to_3d", files={"image": ("a.png", big)})
    assert_refused(answer, 413, "image is larger than 50 MiB")
    body = json.dumps({"image": base64.b64encode(big).decode()})
    headers = {"Content-Type": "application/json"}
    answer = at_desk.post("/image_to_3d", data=body, headers=headers)
    assert_refused(answer, 413, "image is larger than 50 MiB")
    chunks = (
        part(b'name="image"; filename="a.png"', big)[at : at + MIB]
        for at in range(0, len(big), MIB)
    )
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}
    answer = at_desk.post("/image_to_3d", data=chunks, headers=headers)
    assert_refused(answer, 413, "image is larger than 50 MiB")
    assert_nothing_left(at_desk)


def test_exactly_fifty_mib_are_accepted(at_desk):
    answer = at_desk.post("/image_to_3d", files={"image": PICTURE.ljust(50 * MIB, b"\0")})
    assert answer.status_code == 200


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=cut", "application/json"])
def test_body_that_announces_a_terabyte_is_refused_before_it_comes(at_desk, media_type):
    status, message = talk(at_desk, head(media_type, 10**12))
    assert status == 413
    assert message


# Mutations: none may be answered by a 500, a traceback, or anything but JSON


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut, doubled or moved."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(out)) if out else 0
        match rng.randrange(5):
            case 0 if out:
                out[at] = rng.randrange(256)
            case 1:
                out[at:at] = rng.randbytes(rng.randint(1, 8))
            case 2:
                del out[at : at + rng.randint(1, 40)]
            case 3:
                out[at:at] = out[at : at + rng.randint(1, 200)]
            case _:
                del out[at:]
                out += rng.choice([b"", b"\r\n--cut--\r\n", b"\0" * 20, b"\xff\xd9"])
    return bytes(out)


def early_damage(data: bytes, rng: random.Random) -> bytes:
    """As `damaged`, in the first 200 bytes, where headers are; the rest stays."""
    return damaged(data[:200], rng) + data[200:]


def mutated_form(rng: random.Random) -> tuple[str, bytes]:
    parts = [FILE, part(b'name="seed"', b"1"), part(b'name="mesh"; filename="a"', pictures.OBJ)]
    body = b"".join(rng.sample(parts, rng.randint(1, 3))) + END
    return FORM, rng.choice([damaged, early_damage])(body, rng)


def mutated_picture(rng: random.Random) -> tuple[str, bytes]:
    data = early_damage(rng.choice(list(SOUND.values())), rng)
    return FORM, part(b'name="image"; filename="a.png"', data) + END


def mutated_size(rng: random.Random) -> tuple[str, bytes]:
    """Numbers in a header replaced by numbers that hurt."""
    data = bytearray(rng.choice(list(SOUND.values())))
    for _ in range(rng.randint(1, 3)):
        number = rng.choice([0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
        struct.pack_into(rng.choice("<>") + "I", data, rng.randrange(4, 120), number)
    return FORM, part(b'name="image"; filename="a.png"', bytes(data)) + END


def mutated_json(rng: random.Random) -> tuple[str, bytes]:
    names = [
        "image",
        "image_data",
        "images",
        "image_name",
        "mesh",
        "is_dv_mode",
        "seed",
        "text",
        "texture_size",
        "simplify_ratio",
        "texture_bake_mode",
        "ss_sample_steps",
        "x",
    ]
    values: list[Any] = [
        BASE64,
        "data:image/png;base64," + BASE64,
        "",
        None,
        True,
        0,
        -1,
        1e308,
        [BASE64, BASE64],
        [[]],
        {},
        "1",
        "pbr",
        "\ud800",
        "\0",
        10**30,
        [None],
    ]
    fields = {rng.choice(names): rng.choice(values) for _ in range(rng.randint(0, 5))}
    body = json.dumps(fields).encode()
    return "application/json", damaged(body, rng) if rng.random() < 0.5 else body


@pytest.mark.parametrize(
    ("mutated", "count"),
    [(mutated_form, 150), (mutated_picture, 200), (mutated_size, 200), (mutated_json, 200)],
)
def test_mutations_are_accepted_or_refused_in_words(
    at_desk: Client, mutated: Callable[[random.Random], tuple[str, bytes]], count: int
):
    rng = random.Random(f"{mutated.__name__}, first edition")  # strings seed alike everywhere
    statuses = []
    for turn in range(count):
        media_type, body = mutated(rng)
        path = rng.choice(["/image_to_3d"] * 9 + ["/text_to_3d"])
        headers = {"Content-Type": media_type}
        answer = at_desk.post(path, data=body, headers=headers)
        assert answer.status_code in (200, 400, 413), (turn, answer.text, body[:300])
        if answer.status_code != 200:
            assert_plain(answer.json()["error"])
        statuses.append(answer.status_code)
    assert statuses.count(400) > count // 10
    assert at_desk.server.uploads_left() == []
    accepted = statuses.count(200)
    assert len(at_desk.get("/my_requests").json()["requests"]) == accepted
    assert "Traceback" not in at_desk.server.log
