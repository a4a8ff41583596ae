"""Copy as curl, copy as Python: the text is read from the page and run as it is.

Names of files and prompts are text in it, whatever they hold.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.serving.second_api import V1
from tests.serving.studio_browser import OpenStudio, Studio
from tests.serving.studio_composer import PICTURE, Composer

# Breaks out of whatever is quoted carelessly: shell, curl's -F, Python, a header of a multipart body.
HOSTILE_NAME = """a'b"c;type=text,\\ $(touch pwned) `touch pwned` é\u202egnp.\x1b[201~.png"""
HOSTILE_PROMPT = """@red <cube> 'x' "y" \\ $(touch pwned) `touch pwned`;type=z
'; touch pwned; echo '\u202e
'''+open("pwned", "w")+''' é😀"""
RUN_S = 120
PROGRAMS = {"curl": "bash", "Python": sys.executable}


def run(language: str, code: str, folder: Path, **variables: str) -> Path:
    """Run it in a folder as a user would. -> the file that it says it made"""
    path = "/usr/bin:/bin:/usr/local/bin"
    done = subprocess.run(
        [PROGRAMS[language], "-"],
        input=code,
        cwd=folder,
        env={"PATH": path, "LANG": os.environ.get("LANG", "C.UTF-8"), **variables},
        capture_output=True,
        text=True,
        timeout=RUN_S,
    )
    assert done.returncode == 0, (code, done.stdout, done.stderr)
    assert not (folder / "pwned").exists()
    return folder / done.stdout.strip()


def parameters_of(studio: Studio, made: Path) -> dict[str, object]:
    job = studio.client.get(f"{V1}/system/jobs/{made.stem}").json()
    return dict(job["result"]["generation_info"]["parameters"])


@pytest.fixture
def composer(open_studio: OpenStudio, server) -> Composer:
    """A page that keeps a key, which this server, having none, does not ask for."""
    return Composer(open_studio(server, key="not-asked-for"))


def test_the_code_of_a_prompt_makes_the_mesh(composer, tmp_path):
    composer.choose("Generate", "Text, plain")
    composer.control("text_prompt").fill(HOSTILE_PROMPT)
    composer.unfold()
    composer.control("turntable").uncheck()
    composer.control("seed").fill("7")
    composer.control("output_format").select_option("obj")
    for language in PROGRAMS:
        code = composer.code(language)
        assert not any(unseen in code for unseen in "\u202e\x1b")
        made = run(language, code, tmp_path, MESHKILN_KEY="any")
        assert made.suffix == ".zip"  # an OBJ and what belongs to it
        assert made.read_bytes().startswith(b"PK")
        told = parameters_of(composer.studio, made)
        assert (told["text_prompt"], told["seed"]) == (HOSTILE_PROMPT, 7)


def test_the_code_of_pictures_sends_the_files_along(composer, tmp_path):
    composer.choose("Generate", "Image, plain")
    (tmp_path / HOSTILE_NAME).write_bytes(PICTURE)
    (tmp_path / "back.png").write_bytes(PICTURE)
    composer.pane.locator('[data-slot="image"] input[type=file]').set_input_files(
        [tmp_path / HOSTILE_NAME, tmp_path / "back.png"]
    )
    composer.sent("image", "image_back")
    composer.unfold()
    composer.control("model_parameters.sparse_structure_sample_steps").fill("1")
    for language in PROGRAMS:
        made = run(language, composer.code(language), tmp_path, MESHKILN_KEY="any")
        assert made.read_bytes().startswith(b"glTF")
        assert parameters_of(composer.studio, made)["sparse_structure_sample_steps"] == 1
        record = composer.studio.server.record(made.stem)
        assert set(record.inputs) == {"image", "image_back"}


def test_the_copy_button_copies_and_the_key_is_not_in_it(composer, tmp_path):
    page = composer.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    composer.choose("Generate", "Image, plain")
    page.locator("#try-example").click()
    composer.sent("image")
    composer.pane.get_by_role("button", name="Copy as curl").click()
    dialog = page.get_by_role("dialog", name="With curl")
    expect(dialog).to_contain_text("Run it in the folder that holds mushroom.png (save it)")
    shown = dialog.locator("code").text_content() or ""
    with page.expect_download() as saved:
        dialog.get_by_role("link", name="save it").click()
    saved.value.save_as(tmp_path / saved.value.suggested_filename)
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog).to_be_hidden()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == shown
    assert "not-asked-for" not in copied
    assert run("curl", copied, tmp_path, MESHKILN_KEY="any").read_bytes().startswith(b"glTF")
