"""What the adapters use of upstream code is written down, and a script finds what a checkout does not have of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from benchmarks import upstream_contracts
from pipelines.catalog import Catalog

CODE = """
from elsewhere import borrowed
if True:
    def sometimes(a): ...
_C = {}
def run(mesh, *, seed=0): ...
def anything(**kwargs): ...
class Model:
    def __init__(self, cfg, device="cuda"): ...
    def step(self, batch, index): ...
    @classmethod
    def made(cls, path): ...
    @staticmethod
    def read(path, cls): ...
class Row:
    x: int
    y: int
"""
KEPT = [
    {"file": "pkg/model.py", "name": "run", "parameters": ["mesh", "seed"]},
    {"file": "pkg/model.py", "name": "anything", "parameters": ["whatever"]},
    {"file": "pkg/model.py", "name": "sometimes", "parameters": ["a"]},
    {"file": "pkg/model.py", "name": "Model", "parameters": ["cfg"]},
    {"file": "pkg/model.py", "name": "Model.step", "parameters": ["batch", "index"]},
    {"file": "pkg/model.py", "name": "Model.made", "parameters": ["path"]},
    {"file": "pkg/model.py", "name": "Model.read", "parameters": ["path", "cls"]},
    {"file": "pkg/model.py", "name": "Row", "parameters": ["x", "y"]},
    {"file": "pkg/model.py", "name": "_C"},
    {"file": "pkg/model.py", "name": "borrowed"},
    {"file": "pkg/model.yaml", "name": ""},
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "Upstream"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "model.py").write_text(CODE)
    (folder / "pkg" / "model.yaml").write_text("a: 1")
    return folder


def contract(*uses: dict, commit: str = "0" * 40) -> dict:
    return {"repo": "somebody/Upstream", "commit": commit, "uses": list(uses)}


def test_checkout_that_has_everything_keeps_the_contract(checkout: Path) -> None:
    assert upstream_contracts.breaches(contract(*KEPT), checkout) == []


@pytest.mark.parametrize(
    ("file", "name", "parameters", "told"),
    [
        ("pkg/gone.py", "run", [], "pkg/gone.py is not there"),
        ("pkg/gone.yaml", "", [], "pkg/gone.yaml is not there"),
        ("pkg/model.py", "walk", [], "pkg/model.py has no walk"),
        ("pkg/model.py", "Model.walk", [], "pkg/model.py has no Model.walk"),
        (
            "pkg/model.py",
            "run",
            ["mesh", "steps"],
            "pkg/model.py: run takes no steps; it takes mesh, seed",
        ),
        (
            "pkg/model.py",
            "Model",
            ["config"],
            "pkg/model.py: Model takes no config; it takes cfg, device",
        ),
        (
            "pkg/model.py",
            "Model.made",
            ["cls"],
            "pkg/model.py: Model.made takes no cls; it takes path",
        ),
        ("pkg/model.py", "Row", ["z"], "pkg/model.py: Row takes no z; it takes x, y"),
    ],
)
def test_what_is_gone_is_named(checkout, file, name, parameters, told) -> None:
    use = {"file": file, "name": name, "parameters": parameters}
    assert upstream_contracts.breaches(contract(*KEPT, use), checkout) == [told]


def test_checkout_at_another_commit_is_told(checkout: Path) -> None:
    git = ["git", "-C", str(checkout), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)
    said = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    head = said.stdout.strip()
    assert upstream_contracts.breaches(contract(*KEPT, commit=head[:12]), checkout) == []
    (told,) = upstream_contracts.breaches(contract(*KEPT), checkout)
    assert told == f"it is at {head[:12]}; the contract was read at 000000000000"


def test_command_finds_the_contract_by_the_folder_and_fails_where_one_is_broken(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "family.json").write_text(json.dumps(contract(*KEPT)))
    command = ["--contracts", str(folder)]
    assert upstream_contracts.main([*command, str(checkout)]) == 0
    assert capsys.readouterr().out == "family: all 11 uses are there\n"
    (checkout / "pkg" / "model.py").write_text("")
    assert upstream_contracts.main([*command, f"family={checkout}"]) == 1
    assert "pkg/model.py has no run" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no contract is about it"):
        upstream_contracts.main([*command, str(tmp_path)])


CONTRACTS = sorted(upstream_contracts.CONTRACTS.glob("*.json"))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_contract_is_of_the_commit_that_its_family_pins(path: Path) -> None:
    told = json.loads(path.read_text())
    assert set(told) == {"repo", "commit", "uses"}
    assert told["uses"]
    for use in told["uses"]:
        assert set(use) <= {"file", "name", "parameters"}
        assert {"file", "name"} <= set(use)
    versions = {card.version for card in Catalog.discover().cards.values()}
    pinned = [version for version in versions if version.startswith(f"{told['repo']}@")]
    assert len(pinned) == 1, f"no model's version is of {told['repo']}"
    assert told["commit"].startswith(pinned[0].split("@")[1])
