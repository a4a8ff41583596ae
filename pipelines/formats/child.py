"""What runs in the child process that opens a client's mesh: one file, limits on everything, an answer in one line.

Started by `opening`; nothing else imports it. The limits hold before the first byte of the file is read.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

MIB = 1 << 20
# Two million faces with UVs and normals as OBJ (206 MiB), the worst of the formats, take 2.4 GiB.
MOST_MEMORY_BYTES = 3072 * MIB
MOST_CPU_S = 90
MOST_WRITTEN_BYTES = 1024 * MIB
MOST_OPEN_FILES = 64
# What a client is told of: sentences, and letters in each.
MOST_LOST, LONGEST = 30, 400
# Read by the built-in models as they came, so what reads them there is tried here.
READ_AS_THEY_ARE = ("obj", "ply", "stl")
# Where Python and its packages lie, and this one.
LIBRARIES = tuple(Path(place) for place in (sys.prefix, sys.base_prefix, Path(__file__).parents[1]))
PR_SET_PDEATHSIG = 1
# The exit status of a child whose memory did not suffice.
TOO_LARGE = 3


def limit() -> None:
    """Set this process's limits; they cannot be raised again. It ends with the one that started it, where the kernel
    can do that."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lower, lower))


def main(kind: str, source: str, target: str) -> None:
    """Read `source` as `kind`; write a GLB to `target`, alone in its folder, where no model reads the file as it is.

    Its last line is what `answer` says. Anything else, and any other end, is a failure: of the picture that the last
    line names, where it names one.
    """
    limit()
    from pipelines.formats.confinement import confine

    confine(Path(target).parent, (Path(source), *LIBRARIES))
    try:
        said = answer(kind, Path(source), Path(target))
    except MemoryError:
        os._exit(TOO_LARGE)
    _say(said)


def _say(said: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def answer(kind: str, source: Path, target: Path) -> dict[str, object]:
    """{"lost": […]} or {"kind": …, "message": …}. Raises MemoryError."""
    from pipelines.errors import PipelineError

    try:
        lost = list(dict.fromkeys(_opened(kind, source, target)))
    except PipelineError as error:
        return {"kind": type(error).__name__, "message": error.message[:LONGEST]}
    return {"lost": [said[:LONGEST] for said in lost[:MOST_LOST]]}


def _decodes(picture: str) -> None:
    """Say which picture is decoded now, in case that this process dies of it."""
    _say({"picture": picture})


def _opened(kind: str, source: Path, target: Path) -> list[str]:
    from pipelines.formats import files, gltf_cost, gltf_file, inner_pictures

    if kind in READ_AS_THEY_ARE:
        from pipelines.geometry import mesh_io

        files.read(
            source.read_bytes(), kind
        )  # one after the other: both at once need twice the memory
        mesh_io.read(source)
        return []
    data = source.read_bytes()
    opened = files.read(data, kind)
    rewritten = kind == "fbx"
    if kind in ("glb", "gltf"):
        document, binary = gltf_file.opened(data)
        inner_pictures.decode_all(inner_pictures.of_document(document, binary), _decodes)
        rewritten = gltf_cost.repeats(document)
    else:
        inner_pictures.decode_all(inner_pictures.of_scene(opened.scene), _decodes)
    if rewritten:
        written = files.write(opened.scene, target.parent, target.stem, "glb")
        return [*opened.lost, *written.lost]
    if kind == "gltf":
        target.write_bytes(gltf_file.as_glb(data))
    return []


if __name__ == "__main__":
    main(*sys.argv[1:])
