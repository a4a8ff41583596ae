"""Uploads on their way in: counted while they come, gone when nobody takes them."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import time

import pytest

from serving.errors import BadUpload, Gone, TooLarge
from serving.settings import MIB, Settings
from serving.storage.uploads import Asset, Inputs
from tests.serving import pictures

PICTURE = pictures.encoded(pictures.disc())
JOB = "0123456789abcdef" * 2


@pytest.fixture
def inputs(tmp_path) -> Inputs:
    changes = {"data_dir": tmp_path, "max_image_mib": 1, "max_mesh_mib": 2}
    return Inputs(Settings(_env_file=None).model_copy(update=changes))


def left(tmp_path) -> list[str]:
    root = tmp_path / "inputs"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_upload_waits_apart_until_its_job_takes_it(inputs, tmp_path):
    incoming = inputs.receive("image", "image")
    incoming.write(PICTURE[:100])
    incoming.write(PICTURE[100:])
    assert [name.partition("/")[0] for name in left(tmp_path)] == [".incoming"]
    kept = inputs.keep("127.0.0.1", JOB, {"image": inputs.inspect(incoming, "image")})
    incoming.discard()
    assert left(tmp_path) == [kept["image"]]
    assert inputs.path(kept["image"]).read_bytes() == PICTURE
    assert kept["image"].startswith("127.0.0.1/")
    assert kept["image"].endswith(".png")
    inputs.forget(kept)
    assert left(tmp_path) == []


def test_discarded_upload_is_gone_and_may_be_discarded_again(inputs, tmp_path):
    incoming = inputs.receive("image", "image")
    incoming.write(b"x")
    incoming.discard()
    incoming.discard()
    assert left(tmp_path) == []


@pytest.mark.parametrize(("kind", "mib"), [("image", 1), ("mesh", 2)])
def test_limit_holds_while_bytes_come(inputs, kind, mib):
    incoming = inputs.receive("field", kind)
    for _ in range(mib):
        incoming.write(b"x" * MIB)
    with pytest.raises(TooLarge, match=f"field is larger than {mib} MiB"):
        incoming.write(b"x")
    assert incoming.path.stat().st_size == mib * MIB
    incoming.discard()


@pytest.mark.parametrize("over", [1, 2, 3, 4, 1000])
def test_base64_over_the_limit_leaves_nothing(inputs, tmp_path, over):
    text = base64.b64encode(b"x" * (MIB + over)).decode()
    with pytest.raises(TooLarge, match="image is larger than 1 MiB"):
        inputs.receive_base64(text, "image", "image")
    assert left(tmp_path) == []


def test_base64_of_just_the_limit_is_taken(inputs):
    incoming = inputs.receive_base64(base64.b64encode(b"x" * MIB).decode(), "image", "image")
    assert incoming.size_bytes == MIB
    incoming.discard()


@pytest.mark.parametrize(
    "text", ["data:image/png;base64,", "data:;base64,", "data:image/png;charset=x;base64,", ""]
)
def test_data_url_is_taken_off(inputs, text):
    incoming = inputs.receive_base64(text + base64.b64encode(PICTURE).decode(), "image", "image")
    assert incoming.path.read_bytes() == PICTURE
    incoming.discard()


@pytest.mark.parametrize(
    "text", ["!", "A", "AAAAA", "AA=A", "é", "\ud800", "data:image/png,%89PNG"]
)
def test_text_that_is_no_base64_is_refused(inputs, tmp_path, text):
    with pytest.raises(BadUpload, match="image is not base64"):
        inputs.receive_base64(text, "image", "image")
    assert left(tmp_path) == []


def test_two_uploads_never_share_a_file(inputs):
    incoming = [inputs.receive("image", "image") for _ in range(50)]
    assert len({file.path for file in incoming}) == 50
    for file in incoming:
        file.discard()


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr("serving.storage.uploads._BASE64_PIECE", 64)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 47, 48, 49, 96, 1_000])
def test_base64_is_decoded_in_pieces_to_the_same_bytes(inputs, small_pieces, size):
    data = bytes(range(256)) * 4
    incoming = inputs.receive_base64(base64.b64encode(data[:size]).decode(), "image", "image")
    incoming.seek(0)
    assert incoming.read() == data[:size]
    incoming.discard()


def test_padding_in_the_middle_of_long_base64_is_refused(inputs, small_pieces, tmp_path):
    text = base64.b64encode(b"x" * 47).decode()  # 64 characters, the last one padding
    with pytest.raises(BadUpload):
        inputs.receive_base64(text + text, "image", "image")
    assert left(tmp_path) == []


@pytest.fixture
def stored(inputs, tmp_path) -> Asset:
    """A picture that lies on the server already, as uploads and outputs do."""
    path = tmp_path / "elsewhere.bin"
    path.write_bytes(PICTURE)
    return inputs.inspect_stored(path, "image", "image")


def test_stored_file_is_told_by_content_and_linked_to_its_job(inputs, stored, tmp_path):
    assert (stored.extension, stored.media_type, stored.size_bytes) == (
        "png",
        "image/png",
        len(PICTURE),
    )
    kept = inputs.keep("127.0.0.1", JOB, {"image": stored, "image_back": stored})
    assert left(tmp_path) == sorted(kept.values())
    assert all(inputs.path(path).samefile(stored.path) for path in kept.values())
    stored.discard()
    stored.path.unlink()
    assert inputs.path(kept["image"]).read_bytes() == PICTURE


@pytest.mark.parametrize("reason", [errno.EXDEV, errno.EPERM, errno.EMLINK])
def test_stored_file_is_copied_where_no_link_can_be_made(
    inputs, stored, tmp_path, monkeypatch, reason
):
    def no_link(*_: object) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr("serving.storage.links.os.link", no_link)
    kept = inputs.keep("127.0.0.1", JOB, {"image": stored})
    assert left(tmp_path) == [kept["image"]]
    assert inputs.path(kept["image"]).read_bytes() == PICTURE
    assert not inputs.path(kept["image"]).samefile(stored.path)


def test_job_whose_stored_file_went_meanwhile_keeps_nothing(inputs, stored, tmp_path):
    incoming = inputs.receive("image", "image")
    incoming.write(PICTURE)
    first = inputs.inspect(incoming, "image")
    stored.path.unlink()
    with pytest.raises(Gone, match="the image was deleted or has expired"):
        inputs.keep("127.0.0.1", JOB, {"image": first, "image_back": stored})
    with pytest.raises(Gone):
        stored.sha256()
    assert left(tmp_path) == []


def test_digest_is_the_same_whether_counted_along_or_read(inputs, stored, tmp_path):
    expected = hashlib.sha256(PICTURE).hexdigest()
    hashed = Inputs(Settings(_env_file=None).model_copy(update={"data_dir": tmp_path}), hashed=True)
    for inbox, counted in ((inputs, ""), (hashed, expected)):
        incoming = inbox.receive("image", "image")
        incoming.write(PICTURE[:1000])
        incoming.write(PICTURE[1000:])
        assert incoming.known_sha256 == counted
        assert inbox.inspect(incoming, "image").sha256() == expected
        incoming.discard()
    assert stored.sha256() == expected


def test_copy_of_an_open_file_stops_at_the_limit_and_leaves_nothing(inputs, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(b"x" * (MIB + 1))
    with large.open("rb") as file, pytest.raises(TooLarge, match="image_path is larger than 1 MiB"):
        inputs.receive_copy(file, "image_path", "image")
    assert left(tmp_path) == []


def test_freshly_linked_input_is_young_however_old_its_bytes_are(inputs, stored):
    os.utime(stored.path, (1.0, 1.0))
    inputs.keep("127.0.0.1", JOB, {"image": stored})
    assert inputs.job_ids(time.time() - 60) == {}
    assert list(inputs.job_ids(time.time() + 60)) == [JOB]


def test_bytes_count_as_freed_only_with_the_last_name(inputs, stored):
    kept = inputs.keep("127.0.0.1", JOB, {"image": stored})
    assert inputs.forget(kept) == 0
    kept = inputs.keep("127.0.0.1", JOB, {"image": stored})
    stored.path.unlink()
    assert inputs.forget(kept) == len(PICTURE)
    assert inputs.forget(kept) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"BLENDER-v405RENDH" + b"\0" * 100, "a Blender file"),
        (b"PK\x03\x04" + b"\0" * 100, "a ZIP archive"),
        (b'<?xml version="1.0"?><COLLADA>', "a COLLADA file"),
        (b'{"version": 2}', "not a mesh that can be read"),
    ],
)
def test_mesh_format_that_nothing_reads_is_refused_by_its_name(inputs, data, said):
    incoming = inputs.receive("mesh", "mesh")
    incoming.write(data)
    with pytest.raises(BadUpload, match=f"mesh is {said}.*send GLB, glTF, OBJ, FBX, PLY or STL"):
        inputs.inspect(incoming, "mesh")
    incoming.discard()
