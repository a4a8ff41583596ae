"""What a mesh of a million faces costs to write and to read, format by format, beside other libraries that are here.

python benchmarks/mesh_formats.py [--faces N] [--only fbx,glb] [--dressed]. A smooth closed surface; --dressed gives it
normals, UVs and colours. Each step runs in a process of its own, so that its peak of memory is its own: interpreter and
libraries, the mesh itself, what writing or reading adds. Readers read what our writer left. Seconds are of the CPU, of
the call alone, without imports. open3d and assimp-py are shown where they are installed; neither is required.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipelines.formats import files  # noqa: E402
from pipelines.formats.scene import Mesh, Node, Scene, face_count  # noqa: E402

LIMIT_S = 600
MIB = 1024


@dataclass(frozen=True)
class Library:
    """Something that writes and reads meshes: the module that must be there, and the formats it is asked for.

    `write` takes a Mesh and a path, `read` a path and returns the number of faces; None where it does not.
    """

    module: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]
    write: Callable[[Mesh, Path], None] | None
    read: Callable[[Path], int] | None


def write_ours(mesh: Mesh, path: Path) -> None:
    files.write(Scene((Node("surface", mesh=0),), (mesh,)), path.parent, path.stem, path.suffix[1:])


def read_ours(path: Path) -> int:
    return face_count(files.read(path.read_bytes(), path.suffix[1:]).scene)


def write_trimesh(mesh: Mesh, path: Path) -> None:
    import trimesh

    made = trimesh.Trimesh(mesh.positions, mesh.faces, vertex_normals=mesh.normals, process=False)
    made.export(path)


def read_trimesh(path: Path) -> int:
    import trimesh

    return len(trimesh.load(path, process=False, force="mesh").faces)


def write_open3d(mesh: Mesh, path: Path) -> None:
    import open3d

    made = open3d.geometry.TriangleMesh(
        open3d.utility.Vector3dVector(mesh.positions), open3d.utility.Vector3iVector(mesh.faces)
    )
    made.compute_vertex_normals()  # it writes no STL without
    open3d.io.write_triangle_mesh(str(path), made)


def read_open3d(path: Path) -> int:
    import open3d

    return len(open3d.io.read_triangle_mesh(str(path)).triangles)


def read_assimp(path: Path) -> int:
    import assimp_py

    scene = assimp_py.import_file(str(path), assimp_py.Process_Triangulate)
    return sum(len(np.asarray(mesh.indices).reshape(-1)) // 3 for mesh in scene.meshes)


PLAIN = ("glb", "ply", "stl", "obj")
# A row for each format that the project writes or reads comes by itself.
LIBRARIES = {
    "here": Library("numpy", tuple(files.WRITERS), tuple(files.READERS), write_ours, read_ours),
    "trimesh": Library("trimesh", PLAIN, PLAIN, write_trimesh, read_trimesh),
    "open3d": Library("open3d", PLAIN, PLAIN, write_open3d, read_open3d),
    "assimp-py": Library("assimp_py", (), (*PLAIN, "fbx"), None, read_assimp),
}


def surface(faces: int, *, dressed: bool) -> Mesh:
    """A wavy ball of so many faces or a few more, half as many vertices."""
    rings = max(int((faces / 2) ** 0.5) + 2, 4)
    v, u = np.meshgrid(np.linspace(0.0, 1.0, rings), np.linspace(0.0, 1.0, rings), indexing="ij")
    up, about = np.pi * (0.01 + 0.98 * v), 2 * np.pi * u
    radius = 0.5 + 0.05 * np.sin(20 * u) * np.cos(13 * v)
    unit = np.stack([np.sin(up) * np.cos(about), np.cos(up), -np.sin(up) * np.sin(about)], -1)
    number = np.arange(rings * rings).reshape(rings, rings)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]
    corners = [np.stack(three, -1).reshape(-1, 3) for three in ((a, d, c), (a, c, b))]
    mesh = Mesh("surface", (radius[..., None] * unit).reshape(-1, 3), np.concatenate(corners))
    return (
        _dressed(mesh, unit.reshape(-1, 3), np.stack([u, v], -1).reshape(-1, 2))
        if dressed
        else mesh
    )


def _dressed(mesh: Mesh, unit: NDArray, uv: NDArray) -> Mesh:
    colours = np.concatenate([unit * 0.5 + 0.5, np.ones((len(unit), 1))], 1)
    return replace(mesh, normals=unit, uvs=(uv,), colours=colours)


def step(who: str, what: str, path: Path, faces: int, dressed: bool) -> dict[str, Any]:
    """One step, in this process: seconds, peak of memory, faces."""
    library = LIBRARIES[who]
    importlib.import_module(library.module)
    if what == "out":
        mesh = surface(faces, dressed=dressed)
        _import_ours(files.WRITERS, path)
        began_s = time.process_time()
        assert library.write is not None
        library.write(mesh, path)
        found = len(mesh.faces)
    else:
        _import_ours(files.READERS, path)
        began_s = time.process_time()
        assert library.read is not None
        found = library.read(path)
    return {"s": time.process_time() - began_s, "peak_mib": _peak_mib(), "faces": found}


def _import_ours(registry: Any, path: Path) -> None:
    """Import what the row will use, before the clock runs."""
    module, _ = registry[path.suffix[1:]]
    importlib.import_module(f"pipelines.formats.{module}")


def _peak_mib() -> float:
    """The most memory this process held; the kernel's other count takes in the process that started it."""
    rows = Path("/proc/self/status").read_text().splitlines()
    return int(next(row for row in rows if row.startswith("VmHWM")).split()[1]) / MIB


def run(who: str, what: str, path: Path, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """A step in a process of its own; None where it failed, whose last words are shown."""
    command = [
        sys.executable,
        __file__,
        "--child",
        who,
        what,
        str(path),
        "--faces",
        str(arguments.faces),
    ]
    command += ["--dressed"] if arguments.dressed else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if done.returncode:
        print(
            f"{who} {path.suffix[1:]} {what}: {done.stderr.strip().splitlines()[-1:]}",
            file=sys.stderr,
        )
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(folder: Path, arguments: argparse.Namespace) -> None:
    """The table, a line as soon as it is known."""
    print(
        f"{'':10} {'format':6} {'out s':>7} {'MB':>7} {'peak MiB':>9} {'in s':>7} {'peak MiB':>9} {'faces':>9}"
    )
    for who, library in LIBRARIES.items():
        if importlib.util.find_spec(library.module) is None:
            print(f"{who:10} is not installed")
            continue
        for kind in dict.fromkeys((*library.writes, *library.reads)):
            written = kind in library.writes or (folder / f"here.{kind}").is_file()
            if written and (not arguments.only or kind in arguments.only):
                print(row(who, kind, folder, arguments), flush=True)


def row(who: str, kind: str, folder: Path, arguments: argparse.Namespace) -> str:
    library = LIBRARIES[who]
    ours = folder / f"here.{kind}"
    path = ours if who == "here" else folder / f"{who}.{kind}"
    out = run(who, "out", path, arguments) if kind in library.writes else None
    size = f"{path.stat().st_size / 1e6:.1f}" if out else "-"
    back = run(who, "in", ours, arguments) if kind in library.reads and ours.is_file() else None

    def cell(found: dict[str, Any] | None, name: str, form: str) -> str:
        return format(found[name], form) if found else "-"

    return (
        f"{who:10} {kind:6} {cell(out, 's', '.2f'):>7} {size:>7} {cell(out, 'peak_mib', '.0f'):>9}"
        f" {cell(back, 's', '.2f'):>7} {cell(back, 'peak_mib', '.0f'):>9} {cell(back, 'faces', ','):>9}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--dressed", action="store_true")
    parser.add_argument("--child", nargs=3, metavar=("WHO", "WHAT", "PATH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        who, what, path = arguments.child
        found = step(who, what, Path(path), arguments.faces, arguments.dressed)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory(prefix="meshkiln-formats-") as folder:
        report(Path(folder), arguments)


if __name__ == "__main__":
    main()
