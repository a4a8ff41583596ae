"""What the headers of pictures and meshes tell, without a pixel or a vertex being read."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from PIL import Image

from serving.errors import BadUpload
from serving.storage.image_header import read_image_header
from serving.storage.mesh_header import read_mesh_header
from tests.serving import pictures
from tests.serving.pictures import disc, encoded

BINARY_STL = b"made by a solid program".ljust(80) + (2).to_bytes(4, "little") + b"\0" * 100
PLY = (
    b"ply\nformat ascii 1.0\ncomment element vertex 900\nelement vertex 2\nproperty float x\n"
    b"property list uchar int y\nend_header\n1 0\n2 0"
)
GLB = b"glTF\2\0\0\0\x1c\0\0\0\x08\0\0\0JSON{}      "


@pytest.mark.parametrize(
    ("data", "extension", "media_type"),
    [
        (encoded(disc(size=(50, 40))), "png", "image/png"),
        (encoded(disc("RGB", (50, 40)), "JPEG"), "jpg", "image/jpeg"),
        (encoded(disc("RGB", (50, 40)), "MPO", save_all=True), "jpg", "image/jpeg"),
        (encoded(disc(size=(50, 40)), "WEBP"), "webp", "image/webp"),
        (encoded(disc("RGB", (50, 40)), "BMP"), "bmp", "image/bmp"),
        (encoded(disc("RGB", (50, 40)), "TIFF"), "tif", "image/tiff"),
        (encoded(disc("P", (50, 40)), "GIF"), "gif", "image/gif"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_header_tells_format_and_size(data, extension, media_type):
    header = read_image_header(BytesIO(data), "image", 4096)
    assert (header.extension, header.media_type) == (extension, media_type)
    assert (header.width_px, header.height_px) == (50, 40)
    trailing = read_image_header(BytesIO(data + b"\0trailing" * 9), "image", 4096)
    assert trailing == header


def test_pixels_are_not_looked_at():
    garbled = pictures.png(4000, 4000, b"no deflate data")
    assert read_image_header(BytesIO(garbled), "image", 4096).width_px == 4000


def test_limit_is_on_the_longer_side_and_itself_allowed():
    for size, allowed in (((100, 3), True), ((3, 100), True), ((101, 3), False), ((3, 101), False)):
        file = BytesIO(encoded(disc("RGB", size)))
        if allowed:
            read_image_header(file, "image", 100)
        else:
            with pytest.raises(
                BadUpload, match=f"image_back is {size[0]} x {size[1]} pixels.* 100"
            ):
                read_image_header(file, "image_back", 100)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_file_cut_anywhere_is_found_out(file_format):
    rng = random.Random(7)
    noise = Image.frombytes("RGB", (64, 64), rng.randbytes(64 * 64 * 3))
    options = {"progressive": True} if file_format == "JPEG" else {}
    data = encoded(noise, file_format, **options)
    for end in {*range(1, len(data), 97), *range(len(data) - 30, len(data) - 1)}:
        if file_format == "WEBP" and end >= len(data) - 1:
            continue  # a padding byte
        with pytest.raises(BadUpload):
            read_image_header(BytesIO(data[:end]), "image", 4096)


def test_photo_with_a_film_behind_it_is_whole():
    film = random.Random(1)
    for _ in range(20):
        data = pictures.photo_with_a_film_behind() + film.randbytes(20_000)
        assert read_image_header(BytesIO(data), "image", 4096).extension == "jpg"


def test_photo_with_a_small_photo_in_its_head_is_whole_only_when_it_is():
    exif = Image.Exif()
    exif[0x9286] = encoded(disc("RGB", (32, 32)), "JPEG")  # a comment with JPEG marks in it
    data = encoded(disc("RGB"), "JPEG", exif=exif)
    assert read_image_header(BytesIO(data), "image", 4096)
    for end in range(len(data) - 200, len(data) - 2, 11):
        with pytest.raises(BadUpload):
            read_image_header(BytesIO(data[:end]), "image", 4096)


def test_jpeg_of_nothing_but_marks_is_given_up_soon():
    data = encoded(disc("RGB"), "JPEG")[:-2] + b"\xff\xc4\0\2" * 200_000
    with pytest.raises(BadUpload):
        read_image_header(BytesIO(data), "image", 4096)


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (GLB, "glb"),
        (PLY, "ply"),
        (PLY.replace(b"\n", b"\r\n"), "ply"),
        (BINARY_STL, "stl"),
        (b"solid cube\n facet normal 0 0 1\n", "stl"),
        (pictures.OBJ, "obj"),
        (b"# made by hand\r\nmtllib a.mtl\r\no x\r\nv -.5 1e3 0\r\n", "obj"),
        (b"v\t1 2 3\n", "obj"),
        (b"# " + b"words " * 100_000 + b"\n  v 1 2 3\n", "obj"),
        (b"\n SOLID cube\n FACET NORMAL 0 0 1\n", "stl"),
    ],
)
def test_mesh_is_told_by_its_first_bytes(data, extension):
    assert read_mesh_header(BytesIO(data), "mesh") == extension


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a mesh"),
        (b"hello", "not a mesh"),
        (b"PK\x03\x04 v 1 2 3", "a ZIP archive"),
        (b"solid words about nothing", "not a mesh"),
        (b"#" * (1 << 20) + b"\nv 1 2 3\n", "not a mesh"),
        (b"ply", "not a mesh"),
        (BINARY_STL[:-1], "not a mesh"),
        (b"v 1 2 3\n\0", "not a mesh"),
        (b"glTF\1\0\0\0\x14\0\0\0", "version 1"),
        (b"glTF\2\0\0\0\xff\0\0\0{}", "cut short: it declares 255 bytes and has 14"),
        (b"glTF", "version 0"),
    ],
)
def test_what_is_no_mesh_is_refused_with_a_reason(data, reason):
    with pytest.raises(BadUpload, match=f"mesh.*{reason}|{reason}"):
        read_mesh_header(BytesIO(data), "mesh")


def ply(form: bytes, rows: bytes, body: bytes) -> bytes:
    return b"ply\nformat %s 1.0\n%s\nend_header\n%s" % (form, rows, body)


FACES = b"element face 3\nproperty list uchar int vertex_indices"
FBX = b"Kaydara FBX Binary  \0\x1a\0"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GLB.replace(b"\x08\0\0\0JSON", b"\xff\xff\xff\x7fJSON"), "2147483667 bytes and has 28"),
        (GLB.replace(b"JSON", b"BIN\0"), "does not begin with its JSON"),
        (GLB[:8] + b"\x0c\0\0\0", "does not begin with its JSON"),
        (PLY[:-3], "cut short"),
        (PLY.replace(b"vertex 2", b"vertex 4000000000"), "cut short: it declares 16000000"),
        (PLY.partition(b"end_header")[0], "head has no end"),
        (
            ply(b"binary_little_endian", b"element vertex 3\nproperty double x", bytes(23)),
            "cut short",
        ),
        (ply(b"binary_big_endian", FACES, bytes(2)), "cut short"),
        (ply(b"binary_little_endian", FACES.replace(b"uchar", b"uint"), bytes(11)), "cut short"),
        (FBX, "cut short"),
        (FBX + b"\xe8\x1c\0\0" + b"\xff\xff\0\0" + bytes(50), "cut short: it declares 65535"),
        (
            FBX + b"\x4c\x1d\0\0" + b"\0\0\0\0\1\0\0\0" + bytes(50),
            "cut short: it declares 4294967296",
        ),
        (b'{"nodes": [' + b"[" * 300, "nested"),
        (b'{"nodes": [' + b'{"a": ' * 300, "nested"),
        (b'{"nodes": [' + b"[" * 300 + b'"\\' * 500_000, "nested"),
    ],
)
def test_what_is_shorter_than_it_says_is_refused(data, reason):
    with pytest.raises(BadUpload, match=reason):
        read_mesh_header(BytesIO(data), "mesh")


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (ply(b"binary_little_endian", b"element vertex 3\nproperty double x", bytes(24)), "ply"),
        (ply(b"binary_big_endian", FACES, bytes(3)), "ply"),
        (ply(b"ascii", FACES, b"0\n0\n0"), "ply"),
        (FBX + b"\xe8\x1c\0\0" + b"\x20\0\0\0" + bytes(50), "fbx"),
        (b'{"nodes": [{"name": "' + b"a[" * 300 + b'"}]}', "gltf"),
        (b'{"nodes": [{"name": "' + b'\\"{' * 300, "gltf"),
        (b'{"nodes": [{"name": "' + b"[" * 300 + b"\\", "gltf"),
    ],
)
def test_what_is_as_long_as_it_says_is_taken(data, extension):
    assert read_mesh_header(BytesIO(data), "mesh") == extension


@pytest.mark.parametrize("form", ["glb", "gltf"])
def test_json_of_more_bytes_than_are_read_is_refused_by_its_size(form):
    class Long(BytesIO):
        def seek(self, place, whence=0):
            return 1 << 30 if whence == 2 else super().seek(place)

    many = (100 << 20).to_bytes(4, "little")
    head = GLB[:8] + many + many + GLB[16:] if form == "glb" else b'{"nodes": []}'
    with pytest.raises(BadUpload, match="bytes of JSON; at most 67,108,864"):
        read_mesh_header(Long(head), "mesh")


def test_png_of_countless_chunks_is_refused_after_a_bounded_look():
    class Counting(BytesIO):
        reads = 0

        def read(self, *args):
            self.reads += 1
            return super().read(*args)

    chunk = b"\0\0\0\0tEXt" + b"\0" * 4
    whole = encoded(disc(size=(50, 40)))
    end = whole.rindex(b"IEND") - 4
    file = Counting(whole[:end] + chunk * 100_000 + whole[end:] + b"trailing bytes of no meaning")
    with pytest.raises(BadUpload):
        read_image_header(file, "image", 4096)
    assert file.reads < 30_000
