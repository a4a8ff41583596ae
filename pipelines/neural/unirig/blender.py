"""Upstream's own reading of a mesh, by Blender, in a process of its own: only where it is asked for.

Blender crashes as it ends, after its work is done, so the file it was to leave is what counts, not how it ended. It is
killed when the run is cancelled or takes too long.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.geometry import glb, normals
from pipelines.neural.steps import Span
from pipelines.neural.unirig.body import MOST_FACES, Body

LOOK_EVERY_S, MOST_S = 0.1, 300.0
# How long it takes is not known: after so long a half is told to be done.
USUAL_S = 20.0
# Where Blender is told to run and to log; upstream asks for all of these words.
_WORDS = (
    *(
        "--config=configs/data/quick_inference.yaml",
        "--require_suffix=glb",
        "--force_override=true",
    ),
    *("--num_runs=1", "--id=0", "--time=run", f"--faces_target_count={MOST_FACES}"),
)


def body_of(
    vertices: NDArray, faces: NDArray, home: Path, span: Span, most_s: float = MOST_S
) -> Body:
    """The body of a mesh as upstream's src.data.extract reads it, written as a GLB. `home` is the checkout.

    Raises PipelineError where it leaves none.
    """
    with tempfile.TemporaryDirectory(prefix="unirig-") as folder:
        made = Path(folder) / "out" / "mesh" / "raw_data.npz"
        smooth = normals.vertex_normals(vertices, faces)
        glb.write(Path(folder) / "mesh.glb", vertices, faces, smooth)
        # Upstream names the folder of its answer by the path of the mesh, so that path has no folder.
        words = [*_WORDS, "--input=mesh.glb", f"--output_dir={made.parents[1]}"]
        _run([sys.executable, "-m", "src.data.extract", *words], home, Path(folder), span, most_s)
        if not made.is_file():
            raise PipelineError("Blender left no mesh; leave mesh_reader out")
        with np.load(made, allow_pickle=False) as rows:
            return Body(
                np.asarray(rows["vertices"], np.float32),
                np.asarray(rows["faces"], np.int64),
                np.asarray(rows["vertex_normals"], np.float32),
                np.asarray(rows["face_normals"], np.float32),
            )


def _run(command: list[str], home: Path, folder: Path, span: Span, most_s: float) -> None:
    """Run to an end, whichever: in `folder`, where upstream's configs and code are linked to, since it writes there."""
    for name in ("configs", "src"):
        (folder / name).symlink_to(home / name)
    began_s = time.monotonic()
    # In this process's group: a kill of the runner takes it too.
    child = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=2, env=_told(home)
    )
    try:
        while child.poll() is None:
            took_s = time.monotonic() - began_s
            span(took_s / (took_s + USUAL_S))
            if took_s > most_s:
                raise PipelineError(f"Blender took more than {most_s:g} s to read the mesh")
            time.sleep(LOOK_EVERY_S)
    finally:
        child.kill()
        child.wait()


def _told(home: Path) -> dict[str, str]:
    """The variables of the child: it finds upstream's code whatever the environment's own paths are."""
    known = os.environ  # noqa: TID251 - handed on to a child of this process
    path = os.pathsep.join(filter(None, [str(home), known.get("PYTHONPATH", "")]))
    return {**known, "PYTHONPATH": path}
