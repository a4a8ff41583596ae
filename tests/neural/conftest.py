"""An environment with torch, and what stands in for published weights."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
# Made by ./setup.sh --test.
TORCH = ROOT / "environments" / "shap_e" / "bin" / "python"


@pytest.fixture(scope="session")
def torch_python() -> Path:
    """The Python of environments/shap_e."""
    if not TORCH.is_file():
        pytest.skip("environments/shap_e is not installed: ./setup.sh --shap-e does it")
    return TORCH


@pytest.fixture(scope="session")
def tiny_shap_e(torch_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints with tiny random weights of Shap-E in it."""
    below = tmp_path_factory.mktemp("checkpoints")
    program = ROOT / "tests" / "upstream" / "tiny_shap_e.py"
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run([torch_python, program, below], check=True, env=variables, capture_output=True)
    return below


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red disc of 60 px, cut out."""
    path = tmp_path_factory.mktemp("pictures") / "disc.png"
    made = Image.new("RGBA", (100, 100))
    ImageDraw.Draw(made).ellipse((20, 20, 79, 79), fill=(200, 30, 30, 255))
    made.save(path)
    return path


def fetched(folder: Path, files: dict[str, str], repo: str) -> Path:
    """A checkpoint's folder with these files and their manifest."""
    folder.mkdir(parents=True)
    rows = {}
    for name, text in files.items():
        (folder / name).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        rows[name] = {"bytes": len(text.encode()), "sha256": digest}
    row = {"repo": repo, "revision": "0" * 40, "files": rows}
    (folder / "manifest.json").write_text(json.dumps(row))
    return folder
