"""Contact sheets: a row for each thing that was given, the reason where there is no mesh, and one PNG."""

import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import contact_sheets
from tests.pipelines.classic_pictures import cube, figure, saved

PX = 40


def drawn(monkeypatch, tmp_path, *arguments) -> np.ndarray:
    """Run the command. -> its sheet as (h, w, 3)"""
    target = tmp_path / "sheets" / "sheet.png"
    command = ["contact_sheets.py", *map(str, arguments), "--out", str(target), "--px", str(PX)]
    monkeypatch.setattr(sys, "argv", command)
    contact_sheets.main()
    with Image.open(target) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(int)


def inked(part: np.ndarray) -> bool:
    """Whether something other than paper is there."""
    return bool((part < 200).any())


def test_pictures_that_share_a_name_are_one_object_in_several_views(tmp_path):
    names = ("fox_front.png", "fox_left.png", "cup.png", "tea_back.png")
    rows = contact_sheets.picture_rows([tmp_path / name for name in names], raw=False)
    assert [(row.title, sorted(row.inputs)) for row in rows] == [
        ("cup", ["image"]),
        ("fox", ["image", "image_left"]),
    ]


def test_sheet_of_paintings_has_a_row_for_each_look_and_four_sides(monkeypatch, tmp_path, capsys):
    mesh, picture = cube(tmp_path / "cube.glb"), saved(tmp_path, figure(64))
    looks = ("red brick", picture, "qwertzuiop")
    sheet = drawn(monkeypatch, tmp_path, "paintings", mesh, *looks, "--columns", "1")
    assert sheet.shape == (3 * PX, 5 * PX, 3)
    for row in range(2):
        for side in range(5):
            cell = sheet[row * PX : (row + 1) * PX, side * PX : (side + 1) * PX]
            assert inked(cell), (row, side)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert "12 faces" in said[0]
    assert "names no material" in said[2], "why there is no mesh"


def test_two_columns_stand_side_by_side(monkeypatch, tmp_path):
    mesh = cube(tmp_path / "cube.glb")
    sheet = drawn(monkeypatch, tmp_path, "paintings", mesh, "red", "blue")
    assert sheet.shape == (PX, 10 * PX + contact_sheets.GAP_PX, 3)
    middle = PX // 2
    left, right = sheet[middle, PX + middle], sheet[middle, 6 * PX + contact_sheets.GAP_PX + middle]
    assert left[0] > left[2]
    assert right[2] > right[0]


def test_nothing_to_make_is_said(monkeypatch, tmp_path, capsys):
    with pytest.raises(SystemExit):
        drawn(monkeypatch, tmp_path, "prompts")
    assert "nothing to make" in capsys.readouterr().err


def test_readmes_sheet_shows_pictures_and_texts(tmp_path):
    arguments = type("Arguments", (), {"kind": "readme", "given": [], "raw": False})
    features = [row.feature for row in contact_sheets.rows_of(arguments)]
    assert {"image_to_textured_mesh", "text_to_textured_mesh"} == {*features}
