"""The pages' own modules and styles, by ESLint and Prettier. They need what ./setup.sh --test installs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.gltf_validator import FOLDER, node

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "serving" / "web" / "studio" / "page_files"
WIDTH = 120


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node(), str(FOLDER / "node_modules" / program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lint(*paths: Path) -> subprocess.CompletedProcess[str]:
    config = FOLDER / "eslint.config.mjs"
    return run("eslint/bin/eslint.js", "--config", str(config), *map(str, paths))


def test_the_linter_finds_nothing_in_the_modules():
    done = lint(PAGES)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_the_linter_would_find_text_that_becomes_markup():
    """It runs on our files with its rules on: the same run on a bad file complains."""
    bad = ROOT / "tests" / "node" / "bad_page.mjs"
    done = lint(bad)
    assert done.returncode == 1
    for rule in ("unsanitized/property", "no-undef", "no-unused-vars"):
        assert rule in done.stdout, done.stdout


def test_modules_styles_and_pages_are_formatted():
    done = run("prettier/bin/prettier.cjs", "--print-width", str(WIDTH), "--check", str(PAGES))
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
