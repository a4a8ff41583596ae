"""The programs of others that pages use: they are what their makers published, and their licences are there."""

from __future__ import annotations

import posixpath
import re

import pytest

from serving.settings import ROOT
from serving.web.studio import vendored
from serving.web.studio.assets import assets
from serving.web.studio.vendored import FOLDER, MANIFEST, Package, VendorError

PACKAGES = {package.name: package for package in vendored.packages()}
# A statement of a module, minified or not. What stands in comments and in strings does not begin so.
IMPORT = re.compile(
    r"""(?:^|;)[ \t]*(?:import|export)\b[^;"'()`]*?\bfrom[ \t]*(["'])([^"']+)\1""", re.MULTILINE
)
FREE = {"MIT", "Apache-2.0", "BSD-3-Clause", "MIT AND BSD-3-Clause"}


def test_every_file_is_as_its_makers_published_it():
    assert vendored.check() == sum(len(package.files) for package in PACKAGES.values())


def test_a_changed_byte_is_found():
    file = PACKAGES["three"].files[0]
    body = (FOLDER / file.path).read_bytes()
    file.check(body)
    with pytest.raises(VendorError, match=re.escape(file.path)):
        file.check(body[:-1] + b"?")


def test_every_file_is_listed():
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    listed = [file.path for package in PACKAGES.values() for file in package.files]
    assert there - {MANIFEST.name} == set(listed)
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("package", PACKAGES.values(), ids=lambda package: package.name)
def test_licence_is_there_and_free(package: Package):
    assert package.licence in FREE
    texts = [file for file in package.files if file.source.startswith("LICENSE")]
    assert len(texts) == 1
    words = (FOLDER / texts[0].path).read_text("utf-8")
    for licence in package.licence.split(" AND "):
        assert {
            "MIT": "Permission is hereby granted, free of charge",
            "Apache-2.0": "Apache License",
            "BSD-3-Clause": "Redistributions in binary form must reproduce",
        }[licence] in words
    assert package.inside == "" or package.inside in PACKAGES


@pytest.mark.parametrize("package", PACKAGES.values(), ids=lambda package: package.name)
def test_what_a_package_needs_is_the_version_that_lies_here(package: Package):
    for name, asked in package.needs.items():
        assert asked.startswith("^0."), "of other ranges this test knows nothing"
        wanted, have = (
            [int(part) for part in v.split(".")] for v in (asked[1:], PACKAGES[name].version)
        )
        assert have[:2] == wanted[:2]
        assert have >= wanted


def test_every_import_leads_to_a_file_that_is_served():
    modules = {
        name: file.body.decode("utf-8")
        for name, file in assets().files.items()
        if name.startswith("vendor/") and name.endswith(".js")
    }
    found = {name: [m[2] for m in IMPORT.finditer(text)] for name, text in modules.items()}
    three = "vendor/three/build/three.module.min.js"
    for name, addresses in found.items():
        for address in addresses:
            assert address.startswith("."), f"{name} imports {address}"
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), address)) in modules
    for user in (
        "model-viewer/model-viewer-module.min.js",
        "three/examples/jsm/loaders/GLTFLoader.js",
    ):
        name = f"vendor/{user}"
        resolved = [
            posixpath.normpath(posixpath.join(posixpath.dirname(name), a)) for a in found[name]
        ]
        assert three in resolved


def test_documentation_names_each():
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    for package in PACKAGES.values():
        assert f"| {package.name} | `{package.version}` | {package.licence} |" in page


def test_git_leaves_the_bytes_alone():
    rules = (ROOT / ".gitattributes").read_text("utf-8")
    assert re.search(r"^serving/web/studio/vendor/\*\* -text ", rules, re.MULTILINE)
