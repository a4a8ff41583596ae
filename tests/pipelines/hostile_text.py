"""Broken and hostile OBJ, PLY, STL and FBX files, archives, and files that are nothing: names -> bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from collections.abc import Iterator

import numpy as np

from tests.pipelines.fbx_bytes import (
    CUBE,
    MAGIC,
    SIDES,
    N,
    binary,
    cube_file,
    geometry,
    link,
    model,
    text,
    whole,
)

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n"
ADDRESSES = (
    *("../../../../../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "{secret}"),
    *("http://127.0.0.1:{port}/a", "//127.0.0.1:{port}/share", "\\\\127.0.0.1\\share\\a"),
)


def objs(port: int, secret: str) -> Iterator[tuple[str, bytes]]:
    for number, name in enumerate(ADDRESSES):
        address = name.format(port=port, secret=secret).encode()
        for word in (b"mtllib", b"usemtl", b"map_Kd", b"call", b"csh", b"shadow_obj", b"o"):
            yield f"{word.decode()} {number}", word + b" " + address + b"\n" + OBJ
    for name in ("0", "-5", "5", "9" * 30, "-" + "9" * 30, "1e2", "1.5", "nan", "x", "1/1", "1//1"):
        yield f"face on {name[:8]}", OBJ + f"f 1 2 {name}\n".encode()
    for name in ("nan", "inf", "-inf", "1e400", "1e38", "0x10", "1,5", "", "\u0661"):
        yield f"place {name}", OBJ + f"v 0 {name} 0\nf 1 2 -1\n".encode()
    many = b" ".join(b"%d" % (1 + number % 4) for number in range(100_000))
    yield "a face of 100,000 corners", OBJ + b"f " + many + b"\n"
    yield "faces of all sizes", OBJ + b"".join(b"f" + b" 1" * n + b"\n" for n in range(3, 400))
    yield "a line of a million letters", OBJ + b"v " + b"1" * 1_000_000 + b"\n"
    yield "a name of a million letters", b"o " + b"a" * 1_000_000 + b"\n" + OBJ
    yield "a million slashes", OBJ + b"f 1" + b"/" * 1_000_000 + b" 2 3\n"
    yield (
        "slashes beyond 16 bits",
        OBJ + b"f 1" + b"/" * 70_000 + b" 2 3\nf 1/ 2/ 3/\nf 1// 2// 3//\n",
    )
    yield "a million blanks", b" " * 1_000_000 + OBJ
    yield "two million empty lines", OBJ + b"\n" * 2_000_000
    yield "half a million backslashes", OBJ + b"\\\n" * 500_000 + b"f 1 2 3"
    yield "30,000 groups", OBJ + b"".join(b"g %d\nf 1 2 3\n" % n for n in range(30_000))
    yield "too many faces", OBJ + b"f 1 2 3\n" * 2_000_001
    yield "nul bytes", OBJ + b"v 1 2 3\0\nf 1 2 3\n"
    yield "nul behind the head", b"v 0 0 0\n" + b"#" * (1 << 20) + b"\n\0\nv 1 2 3\0 f 1 1 1\n"
    yield "unicode", "v\u00a00 0 0\nv 1 0 0\nf 1 1 2\n".encode() + OBJ
    yield "letters of no code", b"o \xff\xfe\xc3\x28\n" + OBJ
    yield "mixed ends", OBJ.replace(b"\nf", b"\r\nf").replace(b"\nv", b"\rv")
    yield "16 bits a letter", OBJ.decode().encode("utf-16")
    yield "two rows in one", OBJ.replace(b"\nv", b" v")
    yield "colours beyond 1", b"v 0 0 0 9 9 9\nv 1 0 0 -1 nan 2\nv 0 1 0 0 0 0\nf 1 2 3\n"
    yield "no face", b"v 0 0 0\n" * 100
    yield "faces first", b"f 1 2 3\n" + OBJ
    yield "curves", OBJ + b"curv 0 1 1 2\nsurf 0 1 0 1 1\nend\n"
    yield "cut in a number", OBJ[:-3]


HEAD = (
    "ply\nformat {} 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
)
LIST = "element face {}\nproperty list {} {} vertex_indices\nend_header\n"
BINARY_POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes()


def ply(form: str, points: object, faces: object, body: bytes, kinds: str = "uchar int") -> bytes:
    return (HEAD.format(form, points) + LIST.format(faces, *kinds.split())).encode() + body


def plys() -> Iterator[tuple[str, bytes]]:
    small, face = "binary_little_endian", b"\3" + struct.pack("<3i", 0, 1, 2)
    sound = BINARY_POINTS + face
    for number in (0, 2, 4, 2**31, 4_000_000_000, 10**30, -3, "x", ""):
        yield f"ply {number} points", ply(small, number, 1, sound)
        yield f"ply {number} faces", ply(small, 3, number, sound)
        yield (
            f"ply text of {number} points",
            ply("ascii", number, 1, b"0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"),
        )
    for count in (b"\xff" * 4, struct.pack("<I", 2**31), b"\0\0\0\0"):
        body = BINARY_POINTS + count + struct.pack("<3i", 0, 1, 2)
        yield f"ply list of {count.hex()}", ply(small, 3, 1, body, "uint int")
        yield f"ply signed list of {count.hex()}", ply(small, 3, 1, body, "int int")
    for end in (3, 10, 60, len(sound) // 2):
        yield f"ply cut at {end}", ply(small, 3, 1, sound)[:end]
    yield "ply cut in a face", ply(small, 3, 1, sound[:-2])
    for number in (3, -1, 2**31 - 1):
        body = BINARY_POINTS + b"\3" + struct.pack("<3i", 0, 1, number)
        yield f"ply face on {number}", ply(small, 3, 1, body)
        yield (
            f"ply text on {number}",
            ply("ascii", 3, 1, b"0 0 0\n1 0 0\n0 1 0\n3 0 1 %d\n" % number),
        )
    for name, value in {"nan": np.nan, "inf": np.inf, "1e38": 1e38}.items():
        body = struct.pack("<9f", 0, 0, 0, value, 0, 0, 0, 1, 0) + face
        yield f"ply place {name}", ply(small, 3, 1, body)
    yield "ply text of 2^31 corners", ply("ascii", 3, 1, b"0 0 0\n1 0 0\n0 1 0\n2147483648 0 1 2\n")
    yield "ply of words", ply("ascii", 3, 1, b"a b c\n" * 4)
    yield "ply of no form", ply("binary_middle_endian", 3, 1, sound)
    yield "ply of unknown kinds", ply(small, 3, 1, sound, "uchar quaternion")
    yield (
        "ply of 100,000 properties",
        (
            b"ply\nformat ascii 1.0\nelement vertex 1\n"
            + b"".join(b"property float a%d\n" % n for n in range(100_000 // 4))
            + b"end_header\n"
            + b"0 " * 25_000
        ),
    )
    yield (
        "ply of elements without properties",
        (b"ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nend_header\n"),
    )
    yield (
        "ply names a picture",
        ply(small, 3, 1, sound).replace(
            b"element v", b"comment TextureFile ../../../etc/passwd\nelement v", 1
        ),
    )
    yield "ply with no end", b"ply\nformat ascii 1.0\nelement vertex 3\n" + b"comment a\n" * 50_000


def stls() -> Iterator[tuple[str, bytes]]:
    corners = np.zeros(2, np.dtype([("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")]))
    corners["v"] = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 1, 0], [0, 0, 1]]]

    def stl(count: int, body: bytes = corners.tobytes()) -> bytes:
        return bytes(80) + struct.pack("<I", count) + body

    for count in (0, 1, 3, 2**31, 2**32 - 1):
        yield f"stl of {count}", stl(count)
    yield "stl cut short", stl(2)[:-1]
    yield "stl of nothing", stl(0, b"")
    for name, value in {"nan": np.nan, "inf": np.inf, "3e38": 3e38}.items():
        rows = corners.copy()
        rows["v"][0, 1, 1] = value
        yield f"stl place {name}", stl(2, rows.tobytes())
    yield "stl of one point", stl(2, bytes(100))
    yield "stl that is solid", b"solid".ljust(80) + stl(2)[80:]
    facet = b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    yield "stl text without an end", b"solid a\n" + facet
    yield "stl text of words", b"solid a\n" + facet.replace(b"1 0 0", b"x y z")
    yield "stl text of two corners", b"solid a\n" + facet.replace(b"vertex 0 1 0\n", b"")
    yield "stl text of nan", b"solid a\n" + facet.replace(b"1 0 0", b"nan inf 0")
    yield "stl text nested", b"solid a\n" * 5_000 + facet
    yield "stl long line", b"solid " + b"a" * 1_000_000 + b"\n" + facet
    yield "stl of nothing but facets", b"solid a\n" + b"facet " * 100_000


def fbxs() -> Iterator[tuple[str, bytes]]:
    def nested(depth: int) -> bytes:
        end = 27 + depth * 14
        heads = b"".join(struct.pack("<IIIB", end, 0, 0, 1) + b"a" for _ in range(depth))
        return MAGIC + b"\0" + struct.pack("<I", 7400) + heads + bytes(13)

    def run(count: int, said: int, kind: int = 1) -> bytes:
        """A mesh whose run of `count` zeros says that it has `said`."""
        rows = cube_file()
        rows[2].inside[0].inside[0] = N("Vertices", (np.zeros(count),))
        made = bytearray(binary(rows))
        struct.pack_into("<II", made, made.index(b"Vertices") + 9, said, kind)
        return bytes(made)

    sound = binary(cube_file())
    yield "fbx nested 10,000", nested(10_000)
    yield "fbx text nested", b"; FBX 7.4.0 project file\n" + b"a: {" * 10_000 + b"}" * 10_000
    yield "fbx bomb", run(2_500_000, 2_500_000)
    yield "fbx bomb that lies", run(2_500_000, 24)
    for count in (0, 2**31, 2**32 - 1):
        yield f"fbx run of {count}", run(24, count)
        yield f"fbx plain run of {count}", run(24, count, 0)
    yield "fbx run packed in no known way", run(24, 24, 7)
    ring = [model(n, "a") for n in (1, 2, 3)]
    links = [link(1, 2), link(2, 3), link(3, 1), link(10, 1)]
    yield "fbx ring", binary(whole([geometry(10, CUBE, SIDES), *ring], links))
    yield "fbx ring as text", text(whole([geometry(10, CUBE, SIDES), *ring], links))
    for number in (8, -100, 2**31 - 1):
        rows = cube_file()
        rows[2].inside[0].inside[1].values[0][2] = number
        yield f"fbx face on {number}", binary(rows)
    for name, value in {"nan": np.nan, "inf": np.inf, "1e300": 1e300}.items():
        rows = cube_file()
        rows[2].inside[0].inside[0].values[0][5] = value
        yield f"fbx place {name}", binary(rows)
    for end in (20, 23, 27, 40, len(sound) // 2, len(sound) - 40):
        yield f"fbx cut at {end}", sound[:end]
    for version in (0, 2000, 9000, 2**31):
        yield f"fbx version {version}", sound[:23] + struct.pack("<I", version) + sound[27:]
    yield "fbx first element too long", sound[:27] + struct.pack("<I", 2**31) + sound[31:]
    yield (
        "fbx text of counts",
        b"; FBX 7.4.0 project file\nObjects: { a: *9999999999 { a: 1,2 } }\n",
    )
    yield "fbx of zeros", sound[:27] + bytes(1_000)


def dated(name: str) -> zipfile.ZipInfo:
    """The same date each time."""
    row = zipfile.ZipInfo(name)
    row.compress_type = zipfile.ZIP_DEFLATED
    return row


def archives() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(20_000_000)
    for name in ("mesh.obj", "3D/3dmodel.model"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(dated(name), OBJ + zeros)
        yield f"zip of {name.replace('/', ' ')}", stream.getvalue()
    yield "gzip", gzip.compress(OBJ + zeros, mtime=0)
    yield "bz2", bz2.compress(zeros)
    yield "xz", lzma.compress(zeros)
    yield "7z", b"7z\xbc\xaf'\x1c" + bytes(100)
    yield "an obj in front of a zip", OBJ + stream.getvalue()


def nothing() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    for byte in (b"\0", b"{", b"v", b"g", b"\xff"):
        yield f"one byte {byte.hex()}", byte
    yield "zeros", bytes(10_000)
    yield "84 zeros", bytes(84)
    chance = np.random.default_rng(5)
    for number, magic in enumerate(
        (b"", b"glTF\2\0\0\0", b"ply\n", b"solid ", MAGIC, b"v 1 2 3\n", b"{")
    ):
        yield f"noise {number}", magic + chance.bytes(3_000)
    yield "page", b"<html><script>alert(1)</script></html>"
    yield "letters", b"/etc/passwd\n" * 100


def all_files(port: int, secret: str) -> dict[str, bytes]:
    """All of them. `port` is one on this machine that nobody should call, `secret` the path of a file."""
    makers = (objs(port, secret), plys(), stls(), fbxs(), archives(), nothing())
    return {name: data for maker in makers for name, data in maker}
