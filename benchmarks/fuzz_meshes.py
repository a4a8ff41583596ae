"""Readers of meshes fed with damaged files: small sound ones whose bytes, numbers, JSON and length chance changes.

python benchmarks/fuzz_meshes.py [--seconds 60 | --cases N] [--seed 0] [--only fbx,glb] [--keep FOLDER]. Each file must
end as one of the three errors that a client can be told, or as a sound scene that every writer takes; else it is kept
in FOLDER under its number and the benchmark ends with 1. Readers run in processes under the limits of the child that
opens clients' files, so that a death or a hang is one file's. The same seed makes the same files.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.mutations import mutated, sound_files  # noqa: E402
from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput  # noqa: E402
from pipelines.formats import child, files  # noqa: E402
from pipelines.formats.scene import Scene  # noqa: E402
from pipelines.geometry import mesh_io  # noqa: E402
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind  # noqa: E402

KINDS = ("glb", "gltf", "obj", "ply", "stl", "fbx")
TOGETHER = 250
SLOW_S = 5.0
FINE = ("read", "refused")


def case(kind: str, seed: int, number: int) -> bytes:
    """File `number` of a kind."""
    chance = np.random.default_rng([seed, KINDS.index(kind), number])
    return mutated(kind, sound_files(kind), chance)


def outcome(data: bytes, folder: Path) -> str:
    """How the file ends: "read", "refused", or what is wrong with us."""
    started_s = time.process_time()
    try:
        kind = mesh_kind(data[:HEAD_BYTES], len(data))
        scene = files.read(data, kind).scene
        _assert_sound(scene)
        for target in files.WRITERS:
            files.write(scene, folder, "made", target)
        if kind in child.READ_AS_THEY_ARE:
            (folder / "sent").write_bytes(data)
            mesh_io.read(folder / "sent")
        said = "read"
    except (UnreadableInput, InvalidValue, NothingToModel):
        said = "refused"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a defect of ours, and the next file's turn
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
        return f"{type(error).__name__} in {where}: {str(error)[:80]}"
    return said if time.process_time() - started_s < SLOW_S else "slow"


def _assert_sound(scene: Scene) -> None:
    """What everything after may trust. Raises AssertionError."""
    for mesh in scene.meshes:
        count = len(mesh.positions)
        assert np.isfinite(mesh.positions).all(), "places"
        assert not len(mesh.faces) or 0 <= mesh.faces.min() <= mesh.faces.max() < count, "faces"
        for rows in (*mesh.uvs, mesh.normals, mesh.colours, mesh.weights):
            assert rows is None or (len(rows) == count and np.isfinite(rows).all()), "rows"
        assert mesh.normals is None or np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0), (
            "normals"
        )
        assert mesh.material is None or mesh.material.max() < len(scene.materials), "materials"
        assert mesh.weights is None or np.allclose(mesh.weights.sum(1), 1.0), "weights"
    for number, node in enumerate(scene.nodes):
        assert -1 <= node.parent < number and np.isfinite(node.matrix).all(), "nodes"
        if node.skin is not None and node.mesh is not None:
            joints = scene.meshes[node.mesh].joints
            assert joints is not None, "joints"
    assert all(np.isfinite(skin.bind).all() for skin in scene.skins), "bind"


def outcomes(kind: str, seed: int, start: int, count: int) -> Iterator[tuple[int, str]]:
    """Number and outcome of each file, read by a process under limits. One that ends it is named by how it ended."""
    end = start + count
    while start < end:
        with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory() as folder:
            number = os.fork()
            if number == 0:
                _read_and_end(kind, seed, range(start, end), said.fileno(), Path(folder))
            _, ended = os.waitpid(number, 0)
            said.seek(0)
            for line in said.read().splitlines():
                yield start, line.decode()
                start += 1
        if start < end:
            yield start, f"the process ended with {os.waitstatus_to_exitcode(ended)}"
            start += 1


def _read_and_end(kind: str, seed: int, numbers: range, said: int, folder: Path) -> None:
    status = 1
    try:
        with Path(os.devnull).open("w") as sys.stderr, contextlib.redirect_stdout(sys.stderr):
            np.seterr(all="ignore")
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (child.MOST_MEMORY_BYTES, hard))
            resource.setrlimit(resource.RLIMIT_CPU, (2 * child.MOST_CPU_S, 2 * child.MOST_CPU_S))
            for number in numbers:
                line = outcome(case(kind, seed, number), folder).replace("\n", " ")
                os.write(said, line.encode() + b"\n")
        status = 0
    finally:
        os._exit(status)


def main() -> int:
    """Print counts by format and the defects; 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cases", type=int, help="of each format, instead of --seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    kinds = options.only.split(",")
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    until_s, start, defects = time.monotonic() + options.seconds, 0, 0
    while start < options.cases if options.cases else time.monotonic() < until_s:
        together = min(TOGETHER, options.cases - start) if options.cases else TOGETHER
        for kind in kinds:
            for number, said in outcomes(kind, options.seed, start, together):
                counts[kind][said if said in FINE else "defects"] += 1
                if said not in FINE:
                    defects += 1
                    _keep(options.keep, kind, number, said, options.seed)
        start += together
    print(json.dumps({kind: dict(counts[kind]) for kind in kinds}))
    return 1 if defects else 0


def _keep(folder: Path | None, kind: str, number: int, said: str, seed: int) -> None:
    print(f"{kind} {number}: {said}", flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}-{number}.{kind}").write_bytes(case(kind, seed, number))


if __name__ == "__main__":
    sys.exit(main())
