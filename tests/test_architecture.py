"""Who imports whom, and how little the web process loads: looked at in fresh interpreters."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    *("torch", "open3d", "trimesh", "numpy", "scipy", "cv2", "skimage", "xatlas", "manifold3d"),
    *("embreex", "robust_laplacian", "fast_simplification", "onnxruntime", "meshoptimizer"),
    *("mapbox_earcut", "matplotlib", "pandas"),
}  # fmt: skip
# How long a web process takes to start, benchmarks/web_process.py shows; it is as long as what it loads is much.
MODULES = 750
# What a web process may take; the measured figure is in docs.
RSS_MIB = 80

PROBE = """
import json, sys
{code}
def rss_kib():
    with open("/proc/self/status") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])
print(json.dumps({{
    "modules": sorted(sys.modules),
    "rss_mib": rss_kib() / 1024,
    "threads": __import__("threading").active_count(),
}}))
"""


@cache
def fresh_python(code: str) -> dict:
    """What a new interpreter holds after some code. Nothing may be printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESHKILN_", "REDIS_URL"))}
    ended = subprocess.run(
        [sys.executable, "-c", PROBE.format(code=code)],
        cwd=ROOT,
        env={**kept, "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return dict(json.loads(ended.stdout))


def tops(found: dict) -> set[str]:
    return {name.partition(".")[0] for name in found["modules"]}


LIGHT = [
    "import serving.web.app",
    "import wsgi",
    "from pipelines.catalog import Catalog; Catalog.discover()",
    "import serving.worker.supervisor",
    "import serving.worker.lane",
    "import pipelines.runner",
    "import api, web_worker, ai_worker",
]


@pytest.mark.parametrize("code", LIGHT)
def test_light_part_loads_no_heavy_library(code):
    assert tops(fresh_python(code)) & HEAVY == set()


@pytest.mark.parametrize("code", ["import serving.web.app", "import wsgi"])
def test_web_process_loads_little_and_stays_small(code):
    found = fresh_python(code)
    assert len(found["modules"]) < MODULES
    assert found["rss_mib"] < RSS_MIB
    assert found["threads"] == 1


def test_web_never_loads_the_worker_nor_what_computes():
    for code in ("import serving.web.app", "import wsgi"):
        strangers = (
            "serving.worker",
            "pipelines.geometry",
            "pipelines.execute",
            "pipelines.runner",
        )
        assert [m for m in fresh_python(code)["modules"] if m.startswith(strangers)] == []


def test_worker_never_loads_the_web():
    for code in ("import serving.worker.supervisor", "import serving.worker.lane"):
        found = fresh_python(code)
        assert [m for m in found["modules"] if m.startswith("serving.web")] == []
        assert "flask" not in tops(found)


def test_pipelines_know_nothing_of_serving():
    found = fresh_python(
        "import pipelines.runner, pipelines.execute\n"
        "from pipelines.catalog import Catalog; Catalog.discover()"
    )
    assert tops(found) & {"serving", "flask", "redis", "rq", "gunicorn"} == set()


def test_catalog_finds_every_file_and_each_feature_has_a_model_or_none():
    found = fresh_python(
        "from pipelines.catalog import Catalog; c = Catalog.discover()\n"
        "assert all(card.feature in c.features for card in c.cards.values())\n"
        "assert set(c.cards) == set(c.adapters)"
    )
    for folder in ("features", "adapters"):
        for path in (ROOT / "pipelines" / folder).glob("[a-z]*.py"):
            assert f"pipelines.{folder}.{path.stem}" in found["modules"]


def test_making_the_app_connects_to_nobody():
    """Nothing listens on the port of its REDIS_URL, and no thread was started."""
    assert fresh_python("import wsgi; assert wsgi.app")["threads"] == 1


def python_files() -> list[Path]:
    return sorted(path for top in ("serving", "pipelines") for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_says_what_it_is_and_holds_one_idea(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "a module without a docstring"
    assert len(path.read_text().splitlines()) <= 400


def test_entry_points_are_doorsteps():
    for name in ("api.py", "web_worker.py", "ai_worker.py", "wsgi.py"):
        assert len((ROOT / name).read_text().splitlines()) <= 30
