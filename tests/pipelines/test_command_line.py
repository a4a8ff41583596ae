"""python -m pipelines: a mesh without a server, plug-ins by flag, and plain sentences for what is wrong."""

import json
import re
import sys
from pathlib import Path

import pytest

from pipelines import __main__ as command
from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue
from pipelines.spellings import told_apart
from tests.pipelines.classic_pictures import figure, saved

PLUGIN = Path(__file__).parents[1] / "plugin"
CATALOG = Catalog.discover()


@pytest.fixture
def shell(monkeypatch, capsys):
    """Run the command. -> exit status, what it printed, what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pipelines", *map(str, arguments)])
        status = command.main()
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_a_picture_becomes_a_mesh(shell, tmp_path):
    picture, out = saved(tmp_path, figure()), tmp_path / "out"
    coarse = "sparse_structure_sample_steps=1"
    status, said, _ = shell(
        "image_to_raw_mesh", "--image", picture, "--out", out, "--option", coarse
    )
    assert status == 0 and (out / "output.glb").stat().st_size
    assert json.loads(said)["info"]["model"] == "classic_image_to_raw_mesh"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["image_to_raw_mesh", "--image", "none.png"], "--image none.png cannot be read: No such"),
        (["image_mesh_painting", "--image", PLUGIN], "--image .*plugin cannot be read: Is a dir"),
        (["image_mesh_painting", "--mesh", "none.glb"], "--mesh none.glb cannot be read: No such"),
        (["image_to_raw_mesh", "--mesh", __file__], "--mesh has no place in image_to_raw_mesh"),
        (["image_to_raw_mesh"], "image is missing"),
        (["image_to_raw_mesh", "--option", "texture_bake_mode=pbr"], "texture_bake_mode is not"),
        (["image_to_raw_mesh", "--model", "best"], "best does not do image_to_raw_mesh"),
        (["--plugin-dir", "none", "rehearsal"], "--plugin-dir none is not a folder"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(shell, tmp_path, arguments, sentence):
    status, said, complaint = shell(*arguments, "--out", tmp_path)
    (line,) = complaint.strip().splitlines()
    assert (status, said) == (1, "")
    assert re.search(sentence, line)


@pytest.mark.parametrize(
    "sent",
    [
        ("--param", "texture_resolution=256", "--param", "tile_scale=0.3"),
        ("--option", "texture_size=256", "--option", "tile_scale=0.3"),
        (
            "--param",
            "preset=high",
            "--param",
            "texture_resolution=256",
            "--param",
            "tile_scale=0.3",
        ),
    ],
)
def test_names_of_the_web_and_of_either_list_are_taken(sent):
    feature, card = (
        CATALOG.feature("image_mesh_painting"),
        CATALOG.cards["classic_image_mesh_painting"],
    )
    pairs = [(flag, *text.split("=")) for flag, text in zip(sent[::2], sent[1::2], strict=True)]
    params = {name: value for flag, name, value in pairs if flag == "--param"}
    options = {name: value for flag, name, value in pairs if flag == "--option"}
    mine, its = told_apart(feature, card, params, options)
    assert (str(mine["texture_size"]), its) == ("256", {"tile_scale": "0.3"})


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"texture_res": "4"}, "texture_res is not known here; known are params: .*texture_size"),
        ({"texture_res": "4"}, "options of classic_image_mesh_painting: .*tile_scale"),
        ({"texture_size": "4", "texture_resolution": "8"}, "given twice"),
        ({"preset": "best"}, "preset is 'best'; choose one of low"),
    ],
)
def test_names_that_are_not_known_are_told_beside_those_that_are(params, sentence):
    feature, card = (
        CATALOG.feature("image_mesh_painting"),
        CATALOG.cards["classic_image_mesh_painting"],
    )
    with pytest.raises(InvalidValue, match=sentence):
        told_apart(feature, card, params, {})


def test_an_out_folder_that_cannot_be_made_is_said(shell, tmp_path):
    status, _, complaint = shell("image_to_raw_mesh", "--out", __file__)
    assert status == 1 and "cannot be made: File exists" in complaint


def test_features_of_plug_ins_are_found(shell, tmp_path):
    (tmp_path / "empty").mkdir()
    folders = ("--plugin-dir", tmp_path / "empty", "--plugin-dir", PLUGIN)
    status, said, _ = shell("rehearsal", *folders, "--param", "steps=1", "--out", tmp_path / "out")
    assert status == 0 and json.loads(said)["files"]
    with pytest.raises(SystemExit):
        shell("rehearsal", "--out", tmp_path / "out")
