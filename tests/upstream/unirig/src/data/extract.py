"""Behaves as a test says: leaves its file and crashes, leaves nothing, or hangs."""

import os
import sys
import time
from pathlib import Path

import numpy as np

from src.record import record

words = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:])
out = Path(words.pop("output_dir"))
how = Path(os.environ["RECORD"] + ".blender").read_text()
Path(os.environ["RECORD"] + ".pid").write_text(str(os.getpid()))
record(
    "extract",
    words=words,
    is_glb=Path(words["input"]).read_bytes()[:4] == b"glTF",
    has_config=Path(words["config"]).is_file(),
    folder=os.getcwd(),
)
if how == "hang":
    time.sleep(600)
if how == "crash":
    (out / "mesh").mkdir(parents=True)
    corners = np.array([[0, 0, 0], [2, 0, 0], [0, 0, 2]], np.float32)
    np.savez(
        out / "mesh" / "raw_data.npz",
        vertices=corners,
        faces=np.array([[0, 1, 2]]),
        vertex_normals=np.tile(np.float32([0, -1, 0]), (3, 1)),
        face_normals=np.float32([[0, -1, 0]]),
        skin=None,
    )
os._exit(139)
