"""The ways to name an input: an upload's id, a path, an earlier job, base64; and all that no path may reach."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from serving.errors import BadRequest, BadUpload, Gone, NotFound, TooLarge, WrongState
from serving.jobs.assets import AssetStore
from serving.jobs.connect import connect
from serving.jobs.named_inputs import NamedInputs
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings, SettingsError
from serving.storage.clients import key_client_name
from serving.storage.input_roots import InputRoot, InputRoots, parsed_roots
from serving.storage.outputs import Outputs
from serving.storage.uploads import Asset, Inputs
from tests.serving import pictures

PICTURE = pictures.encoded(pictures.disc())
GLB = b"glTF\2\0\0\0\x18\0\0\0" + b"\4\0\0\0JSON{}  "
ME, ANN, BOB = "127.0.0.1", key_client_name("ann"), key_client_name("bob")
REFUSED = r"^image_path is not a file that this server may read; upload it .* base64$"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """The operator's folder, with a picture in it."""
    folder = tmp_path / "shared"
    (folder / "inner").mkdir(parents=True)
    (folder / "cat.png").write_bytes(PICTURE)
    (folder / "inner" / "dog.png").write_bytes(PICTURE)
    return folder


@pytest.fixture
def build(tmp_path: Path, redis_url: str, redis_client: Redis) -> Callable[..., NamedInputs]:
    """Makes NamedInputs of given settings. Redis is empty."""
    redis = connect(redis_url, timeout_s=5.0).records

    def make(**changes: Any) -> NamedInputs:
        data = tmp_path / "data"
        settings = Settings(_env_file=None).model_copy(update={"data_dir": data, **changes})
        return NamedInputs(
            Inputs(settings),
            AssetStore(redis, settings),
            JobStore(redis, settings),
            Outputs(settings),
            InputRoots(settings),
        )

    return make


@pytest.fixture
def names(build: Callable[..., NamedInputs], shared: Path) -> NamedInputs:
    return build(input_roots=f"/shown={shared}", max_image_mib=1, max_image_px=100)


def upload(names: NamedInputs, data: bytes = PICTURE, client: str = ME) -> str:
    kind = "image" if data[:1] == b"\x89" else "mesh"
    incoming = names.assets.inputs.receive("file", kind)
    incoming.write(data)
    stored = names.assets.add(names.assets.inputs.inspect(incoming, kind), client, "x")
    incoming.discard()
    return stored.file_id


def job(names: NamedInputs, number: int = 1, client: str = ME, media: str = "") -> JobRecord:
    """A completed job with a mesh and a thumbnail."""
    record = JobRecord(f"{number:032x}", client, "rehearsal", "rehearsal", 60, 1.0)
    names.store.save(record)
    started = names.store.start(record.job_id, "lane", "run", 2.0)
    draft = names.outputs.draft(client, record.job_id, "run")
    (draft / "output.glb").write_bytes(GLB)
    (draft / "thumbnail.png").write_bytes(PICTURE)
    names.outputs.publish(client, record.job_id, "run")
    files = [
        {"name": "thumbnail.png", "role": "thumbnail", "media_type": "image/png"},
        {"name": "output.glb", "role": "model", "media_type": media or "model/gltf-binary"},
    ]
    outcome = {"files": files, "info": {}, "warnings": [], "stage_s": {}}
    names.store.complete(started, outcome, 3.0)
    return names.store.get(record.job_id)


def in_folder(names: NamedInputs) -> list[str]:
    """What lies in the folder of files that came for one request."""
    folder = names.inputs.root / ".incoming"
    return os.listdir(folder) if folder.exists() else []


def assert_linked(asset: Asset, data: bytes) -> None:
    """An asset of a file that lies here already."""
    assert asset.incoming is None
    assert asset.path.read_bytes() == data
    asset.discard()
    assert asset.path.exists()


# uploads


def test_file_id_names_an_upload(names):
    file_id = upload(names)
    asset = names.by_file_id(file_id, "image", "image_file_id", ME)
    assert_linked(asset, PICTURE)
    assert (asset.extension, asset.media_type) == ("png", "image/png")


@pytest.mark.parametrize(
    "form", ["{}", "/uploads/{}", "uploads/{}", "http://some.host:1/uploads/{}"]
)
def test_path_of_an_upload_names_it_in_every_form_that_clients_send(names, form):
    for data, kind, folder in ((PICTURE, "image", "images"), (pictures.OBJ, "mesh", "meshes")):
        file_id = upload(names, data)
        text = file_id if form == "{}" else form.format(f"{folder}/{file_id}.{kind[:3]}")
        assert_linked(names.by_path(text, kind, f"{kind}_path", ME), data)


def test_upload_of_another_kind_is_refused_by_the_name_of_the_field(names):
    with pytest.raises(
        BadRequest, match=r"^mesh_file_id img_.* is of kind image; send one of kind mesh"
    ):
        names.by_file_id(upload(names), "mesh", "mesh_file_id", ME)


def test_upload_of_another_key_is_not_found_by_id_nor_path(names):
    file_id = upload(names, client=ANN)
    assert_linked(names.by_file_id(file_id, "image", "image_file_id", ANN), PICTURE)
    for caller in (BOB, ME):
        with pytest.raises(NotFound, match=r"^image_file_id"):
            names.by_file_id(file_id, "image", "image_file_id", caller)
        with pytest.raises(NotFound, match=r"^image_path"):
            names.by_path(f"/uploads/images/{file_id}.png", "image", "image_path", caller)


def test_upload_that_was_deleted_is_gone(names):
    file_id = upload(names)
    names.assets.delete(file_id, ME)
    with pytest.raises(Gone, match=r"^image_path"):
        names.by_path(file_id, "image", "image_path", ME)


@pytest.mark.parametrize("value", [None, 7, "", "  ", ["x"], {"x": 1}, True])
def test_name_that_is_no_text_is_refused(names, value):
    for find in (
        lambda: names.by_file_id(value, "image", "field", ME),
        lambda: names.by_path(value, "image", "field", ME),
        lambda: names.by_job(value, "field", ME),
        lambda: names.by_base64(value, "image", "field"),
    ):
        with pytest.raises(BadRequest, match=r"^field must be text and not empty"):
            find()


# outputs of jobs


@pytest.mark.parametrize("form", ["/{}", "{}", "https://some.host/{}"])
def test_path_of_an_output_names_it(names, form):
    record = job(names)
    path = form.format(f"outputs/{ME}/{record.job_id}/")
    assert_linked(names.by_path(path + "output.glb", "mesh", "mesh_path", ME), GLB)
    assert_linked(names.by_path(path + "thumbnail.png", "image", "image_path", BOB), PICTURE)


def test_output_of_another_key_and_one_that_is_not_there_are_refused_alike(names):
    mine, hers = job(names, 1), job(names, 2, client=ANN)
    hers_path = f"/outputs/{ANN}/{hers.job_id}/thumbnail.png"
    assert_linked(names.by_path(hers_path, "image", "image_path", ANN), PICTURE)
    said = set()
    for path in (
        hers_path,
        f"/outputs/{ANN}/{hers.job_id}/nothing.png",
        f"/outputs/{ME}/{mine.job_id}/nothing.png",
        f"/outputs/{ME}/{'f' * 32}/thumbnail.png",
        f"/outputs/{ME}/{mine.job_id}/..",
        f"/outputs/{ME}/{mine.job_id}/.draft",
        f"/outputs/../{mine.job_id}/thumbnail.png",
        f"http://h/outputs/{ME}/{mine.job_id}/..%2F..%2Fx",
        f"http://[/outputs/{ME}/{mine.job_id}/thumbnail.png",
    ):
        with pytest.raises(BadRequest, match=REFUSED) as caught:
            names.by_path(path, "image", "image_path", BOB)
        said.add(caught.value.message)
    assert len(said) == 1


def test_output_of_another_kind_is_refused_by_its_content(names):
    record = job(names)
    with pytest.raises(BadUpload, match=r"^mesh_path is not a mesh"):
        names.by_path(f"/outputs/{ME}/{record.job_id}/thumbnail.png", "mesh", "mesh_path", ME)


def test_job_id_names_the_mesh_that_it_made(names):
    record = job(names)
    asset = names.by_job(record.job_id, "input_job_id", BOB)
    assert_linked(asset, GLB)
    assert (asset.kind, asset.extension, asset.media_type) == ("mesh", "glb", "model/gltf-binary")
    kept = names.inputs.keep(ME, "e" * 32, {"mesh": asset})
    names.outputs.remove(ME, record.job_id)
    assert names.inputs.path(kept["mesh"]).read_bytes() == GLB


def test_job_that_has_not_completed_has_no_mesh_yet(names):
    record = JobRecord("d" * 32, ME, "rehearsal", "rehearsal", 60, 1.0)
    names.store.save(record)
    with pytest.raises(WrongState, match=r"^input_job_id d+ is queued"):
        names.by_job(record.job_id, "input_job_id", ME)
    started = names.store.start(record.job_id, "lane", "run", 2.0)
    with pytest.raises(WrongState, match="is processing"):
        names.by_job(record.job_id, "input_job_id", ME)
    names.store.fail(started, "JOB_FAILED", "no", 3.0)
    with pytest.raises(WrongState, match="is failed"):
        names.by_job(record.job_id, "input_job_id", ME)


def test_job_whose_result_was_deleted_is_gone(names):
    deleted, lost, forgotten = (job(names, n) for n in (1, 2, 3))
    assert names.store.delete_result(deleted, 4.0)
    names.outputs.remove(ME, lost.job_id)
    names.store.forget(forgotten)
    for record in (deleted, lost, forgotten):
        with pytest.raises(Gone):
            names.by_job(record.job_id, "input_job_id", ME)


@pytest.mark.parametrize("job_id", ["x", "f" * 32, "../../etc/passwd", "F" * 32])
def test_unknown_job_is_not_found(names, job_id):
    with pytest.raises(NotFound, match=r"^input_job_id"):
        names.by_job(job_id, "input_job_id", ME)


def test_job_of_another_key_is_not_found(names):
    record = job(names, client=ANN)
    assert_linked(names.by_job(record.job_id, "input_job_id", ANN), GLB)
    for caller in (BOB, ME):
        with pytest.raises(NotFound):
            names.by_job(record.job_id, "input_job_id", caller)


def test_job_that_made_no_glb_is_refused(names):
    record = job(names, media="application/json")
    with pytest.raises(BadRequest, match="made no GLB mesh"):
        names.by_job(record.job_id, "input_job_id", ME)


# folders of the operator


@pytest.mark.parametrize("name", ["cat.png", "inner/dog.png", "inner/../cat.png", "/cat.png"])
def test_file_of_the_operator_is_copied_by_the_path_that_clients_know(names, shared, name):
    asset = names.by_path(f"/shown/{name}", "image", "image_path", ME)
    assert asset.incoming is not None
    (shared / "cat.png").write_bytes(b"changed")
    (shared / "inner" / "dog.png").write_bytes(b"changed")
    assert asset.path.read_bytes() == PICTURE
    asset.discard()
    assert in_folder(names) == []


def test_link_that_stays_inside_is_followed(names, shared):
    (shared / "link.png").symlink_to("inner/dog.png")
    (shared / "door").symlink_to(shared / "inner")
    for name in ("link.png", "door/dog.png"):
        names.by_path(f"/shown/{name}", "image", "image_path", ME).discard()


def test_folder_may_itself_be_a_link_and_have_one_name(build, shared, tmp_path):
    (tmp_path / "alias").symlink_to(shared)
    names = build(input_roots=f" {tmp_path / 'alias'}/ , /nowhere")
    names.by_path(f"{tmp_path}/alias/cat.png", "image", "image_path", ME).discard()
    with pytest.raises(BadRequest, match=REFUSED):
        names.by_path(f"{shared}/cat.png", "image", "image_path", ME)


def test_nothing_outside_is_read_and_every_refusal_says_the_same(names, shared, tmp_path):
    outside = tmp_path / "secret.png"
    outside.write_bytes(PICTURE)
    (tmp_path / "shared-too").mkdir()
    (tmp_path / "shared-too" / "cat.png").write_bytes(PICTURE)
    (shared / "out.png").symlink_to(outside)
    (shared / "up").symlink_to(tmp_path)
    (shared / "loop").symlink_to("loop")
    os.mkfifo(shared / "pipe")
    said = set()
    for path in (
        str(outside),
        str(shared / "cat.png"),  # its path here, which clients do not know
        str(tmp_path / "nothing.png"),
        "/etc/passwd",
        "/etc/shadow",
        "/no/such/file",
        "cat.png",
        "./cat.png",
        "shown/cat.png",
        "/shown",
        "/shown/",
        "/shown/inner",
        "/shown/nothing.png",
        "/shown/../secret.png",
        "/shown/inner/../../secret.png",
        "/shown//../secret.png",
        f"/shown/{outside}",
        "/shown-too/cat.png",
        "/shown/../shared-too/cat.png",
        "/shown/out.png",
        "/shown/up/secret.png",
        "/shown/loop",
        "/shown/pipe",
        "/shown/cat.png/x",
        "/shown/cat.png\0.png",
        "/shown/\ud800.png",
        "/shown/" + "x" * 300,
        "/shown/" + "x" * 5000,
        "file:///etc/passwd",
        "http://127.0.0.1/etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "~/cat.png",
    ):
        with pytest.raises(BadRequest, match=REFUSED) as caught:
            names.by_path(path, "image", "image_path", ME)
        assert caught.value.code == "INVALID_VALUE"
        said.add(caught.value.message)
    assert len(said) == 1
    assert str(tmp_path) not in said.pop()
    assert in_folder(names) == []


def test_folder_that_becomes_a_link_outside_meanwhile_is_not_entered(
    names, shared, tmp_path, monkeypatch
):
    """Between resolving a path and opening it, somebody swaps a folder for a link."""
    away = tmp_path / "away"
    away.mkdir()
    (away / "dog.png").write_bytes(PICTURE)
    common = os.path.commonpath

    def swap_then_compare(paths: list[str]) -> str:
        (shared / "inner").rename(shared / "was-inner")
        (shared / "inner").symlink_to(away)
        return common(paths)

    monkeypatch.setattr("serving.storage.input_roots.os.path.commonpath", swap_then_compare)
    with pytest.raises(BadRequest, match=REFUSED):
        names.by_path("/shown/inner/dog.png", "image", "image_path", ME)


def test_file_of_the_operator_is_looked_at_like_an_upload(names, shared):
    (shared / "text.png").write_text("hello")
    (shared / "empty.png").write_bytes(b"")
    (shared / "wide.png").write_bytes(pictures.encoded(pictures.disc("RGB", (101, 3))))
    (shared / "large.png").write_bytes(PICTURE + b"\0" * (1 << 20))
    for name, error, words in (
        ("text.png", BadUpload, "image_path is not an image"),
        ("empty.png", BadUpload, "image_path is empty"),
        ("wide.png", BadUpload, "image_path is 101 x 3 pixels"),
        ("large.png", TooLarge, "image_path is larger than 1 MiB"),
    ):
        with pytest.raises(error, match=words):
            names.by_path(f"/shown/{name}", "image", "image_path", ME)
    assert in_folder(names) == []


def test_by_default_no_path_of_the_machine_is_read(build, shared):
    with pytest.raises(BadRequest, match=REFUSED):
        build().by_path(str(shared / "cat.png"), "image", "image_path", ME)


def test_roots_are_read_from_the_setting():
    assert parsed_roots("") == ()
    assert parsed_roots(" /a , /b/=/c/d ,, /") == (
        InputRoot("/a", "/a"),
        InputRoot("/b", "/c/d"),
        InputRoot("/", "/"),
    )
    for bad in ("images", "/a=images", "images=/a", "/a=,b"):
        with pytest.raises(SettingsError, match="MESHKILN_INPUT_ROOTS has"):
            parsed_roots(bad)


# base64


def test_base64_is_an_input_that_goes_when_it_is_discarded(names):
    text = base64.b64encode(PICTURE).decode()
    for form in (text, f"data:image/jpeg;base64,{text}", f" {text}\n"):
        asset = names.by_base64(form, "image", "image_base64")
        assert (asset.extension, asset.size_bytes) == ("png", len(PICTURE))
        assert asset.path.read_bytes() == PICTURE
        asset.discard()
    assert in_folder(names) == []


def test_bad_base64_leaves_nothing(names):
    hello = base64.b64encode(b"hello").decode()
    for text, words in (("!", "is not base64"), (hello, "is not an image")):
        with pytest.raises(BadUpload, match=f"^image_base64 {words}"):
            names.by_base64(text, "image", "image_base64")
    assert in_folder(names) == []


def test_mesh_url_of_a_result_may_be_given_back_as_a_path(names: NamedInputs) -> None:
    record = job(names)
    url = f"/api/v1/system/jobs/{record.job_id}/download"
    assert_linked(names.by_path(url, "mesh", "mesh_path", ME), GLB)
    with pytest.raises(BadRequest):
        names.by_path(url, "image", "image_path", ME)
    hers = job(names, 2, ANN)
    with pytest.raises(NotFound):
        names.by_path(f"/api/v1/system/jobs/{hers.job_id}/download", "mesh", "mesh_path", ME)


def test_deleted_job_of_another_key_was_never_there(names: NamedInputs) -> None:
    hers = job(names, 2, ANN)
    names.store.forget(hers)
    with pytest.raises(Gone):
        names.by_job(hers.job_id, "input_job_id", ANN)
    with pytest.raises(NotFound):
        names.by_job(hers.job_id, "input_job_id", ME)
