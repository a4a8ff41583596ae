"""Results on disk and over HTTP: the file, parts of it, and never anything else, however it is asked for."""

from __future__ import annotations

import json
import re

import pytest

from serving.errors import NotFound
from serving.settings import ROOT, Settings
from serving.storage.outputs import Outputs
from tests.serving import pictures
from tests.serving.live import Client, assert_refused, parsed

PICTURE = pictures.encoded(pictures.disc())
JOB = "0123456789abcdef" * 2
OTHER = "f" * 32
MESH = bytes(range(256)) * 40


@pytest.fixture
def published(at_desk) -> Client:
    """A client with a finished job on disk, as a lane leaves it, and much around it that is not to be had."""
    outputs = Outputs(
        Settings(_env_file=None).model_copy(update={"data_dir": at_desk.server.data_dir})
    )
    (outputs.draft(at_desk.address, JOB, "run") / "output.glb").write_bytes(MESH)
    outputs.publish(at_desk.address, JOB, "run")
    (outputs.draft(at_desk.address, JOB, "dead") / "output.glb").write_bytes(b"half")
    folder = outputs.folder(at_desk.address, JOB)
    (folder / ".hidden").write_text("secret")
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "sub" / "file.txt").write_text("secret")
    secret = outputs.root / "secret.txt"
    secret.write_text("secret")
    for name, target in (
        ("link.glb", secret),
        ("passwd", "/etc/passwd"),
        ("here", folder / "output.glb"),
    ):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
    elsewhere = outputs.folder(at_desk.address, OTHER)
    elsewhere.unlink(missing_ok=True)
    elsewhere.symlink_to(folder)
    return at_desk


def path_of(client: Client, name: str = "output.glb") -> str:
    return f"/outputs/{client.address}/{JOB}/{name}"


# What is there


@pytest.mark.parametrize("prefix", ["outputs", "output"])
def test_file_is_served_under_both_names(published, prefix):
    answer = published.get(f"/{prefix}/{published.address}/{JOB}/output.glb")
    assert answer.status_code == 200
    assert answer.content == MESH
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert answer.headers["Content-Length"] == str(len(MESH))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "output.glb" in answer.headers["Content-Disposition"]


def test_head_tells_what_get_would_send(published):
    got, asked = published.get(path_of(published)), published.head(path_of(published))
    assert asked.status_code == 200
    assert asked.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert asked.headers[name] == got.headers[name]
    assert published.head(path_of(published, "nothing.glb")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=100-", 100, len(MESH)),
        ("bytes=-16", len(MESH) - 16, len(MESH)),
        ("bytes=10000-99999999", 10_000, len(MESH)),
    ],
)
def test_range_is_that_part_of_the_file(published, asked, first, end):
    answer = published.get(path_of(published), headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == MESH[first:end]
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(MESH)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "rows=0-1", "bytes", "bytes=a-b", ""])
def test_range_that_is_not_one_part_in_bytes_is_answered_with_the_whole(published, asked):
    answer = published.get(path_of(published), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, MESH)


def test_range_behind_the_end_is_416_and_tells_the_length(published):
    answer = published.get(path_of(published), headers={"Range": f"bytes={len(MESH)}-"})
    assert_refused(answer, 416)
    assert answer.headers["Content-Range"] == f"bytes */{len(MESH)}"


def test_download_that_broke_off_goes_on_only_with_the_same_file(published):
    etag = published.get(path_of(published)).headers["ETag"]
    headers = {"Range": "bytes=5000-", "If-Range": etag}
    assert published.get(path_of(published), headers=headers).content == MESH[5000:]
    headers["If-Range"] = '"another"'
    answer = published.get(path_of(published), headers=headers)
    assert (answer.status_code, answer.content) == (200, MESH)


def test_unchanged_file_is_304(published):
    got = published.get(path_of(published))
    for headers in (
        {"If-None-Match": got.headers["ETag"]},
        {"If-Modified-Since": got.headers["Last-Modified"]},
    ):
        answer = published.get(path_of(published), headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == got.headers["ETag"]
    headers = {"If-None-Match": '"another"'}
    assert published.get(path_of(published), headers=headers).status_code == 200


# What is not to be had

NAMES = [
    *("..%2f..%2fsetup.sh", "..%2F..%2F..%2Fwsgi.py", "%2e%2e/%2e%2e/setup.sh", "%2e%2e%2fsecret.txt"),
    *("../secret.txt", "../../secret.txt", "..", ".", "%2e", "%2e%2e", "", "/", "./output.glb"),
    *("%252e%252e%252fsecret.txt", "%25252e%25252e%25252fsecret.txt", "..%252f..%252fsetup.sh"),
    *("/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "%2f%2fetc/passwd", "file:///etc/passwd"),
    *("output.glb%00", "%00output.glb", "output.glb%00.png", "..%00/secret.txt", "%00"),
    *("..%5c..%5csetup.sh", "..\\..\\setup.sh", "%5cetc%5cpasswd", "C:%5cboot.ini", "sub%5cfile.txt"),
    *("..%c0%af..%c0%afsetup.sh", "%c0%ae%c0%ae/secret.txt", "%ff", "%e2%80%a5/secret.txt"),
    *("..;/secret.txt", "output.glb;/../../secret.txt", "..%3b/secret.txt", "....//secret.txt"),
    *("output.glb/", "output.glb/.", "output.glb/../output.glb", "output.glb%0a", "output.glb%20"),
    *("sub", "sub/", "sub/file.txt", "sub%2ffile.txt", ".hidden", "%2ehidden", "link.glb", "passwd", "here"),
    *("OUTPUT.GLB", "output", "output.*", "~root", "%7eroot", "$HOME", "|id", "`id`", "%0d%0aX-Evil:1"),
    *("x" * 300, "x" * 3_500, "../" * 500 + "etc/passwd", "%2e%2e%2f" * 300 + "etc%2fpasswd", "a/" * 1_000),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:40])
def test_nothing_else_is_had_over_a_bare_socket(published, name):
    for prefix in ("outputs", "output", "/outputs"):
        target = f"/{prefix}/{published.address}/{JOB}/{name}".encode("latin-1")
        answer = published.raw(
            b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        status, message = parsed(answer)
        assert status == 404, answer
        assert "secret" not in message.replace("secret.txt", "")
        assert b"root:" not in answer
        assert b"X-Evil:" not in answer.partition(b"\r\n\r\n")[0]


def folders(address: str) -> list[str]:
    return [
        f"{address}/{'0' * 32}",
        f"127.9.9.9/{JOB}",
        f"{address}/.{JOB}.dead",
        f"{address}/%2e{JOB}.dead",
        f"{address}/{JOB.upper()}",
        f"{address}/{JOB}%00",
        f"{address}/{JOB[:-1]}",
        f"{address}/{JOB}0",
        f"{address}/{OTHER}",
        f"{address}%00/{JOB}",
        f"../outputs/{address}/{JOB}",
        f"..%2foutputs%2f{address}/{JOB}",
        f"./{address}/{JOB}",
        f"%2e/{address}/{JOB}",
        f"{address}/../{address}/{JOB}",
        f"*/{JOB}",
        f"/{JOB}",
        f"{address}//{JOB}",
        f"::1/{JOB}",
        f"{address}/..",
        f"../inputs/{address}",
        "../data/redis",
    ]


@pytest.mark.parametrize("number", range(len(folders(""))))
def test_no_other_folder_is_had_over_a_bare_socket(published, number):
    for name in ("output.glb", "server.json", ""):
        target = f"/outputs/{folders(published.address)[number]}/{name}"
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        status, _ = parsed(published.raw(request.encode()))
        assert status == 404


def test_line_too_long_for_http_is_refused(published):
    request = f"GET {path_of(published, 'x' * 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = published.raw(request.encode())
    assert re.match(rb"HTTP/1.1 4(14|00|04|31) ", answer)
    assert str(ROOT).encode() not in answer


def test_inputs_are_not_served(at_desk):
    request_id = at_desk.submit(PICTURE)
    (kept,) = at_desk.server.record(request_id).inputs.values()
    for path in (
        f"/inputs/{kept}",
        f"/outputs/{kept}",
        f"/outputs/{kept.replace('.image', '/image')}",
    ):
        assert_refused(at_desk.get(path), 404)


# The folder itself


@pytest.fixture
def outputs(tmp_path) -> Outputs:
    return Outputs(Settings(_env_file=None).model_copy(update={"data_dir": tmp_path}))


def test_result_is_to_be_had_when_its_draft_is_published_and_not_before(outputs):
    draft = outputs.draft("127.0.0.1", JOB, "run")
    (draft / "output.glb").write_bytes(MESH)
    with pytest.raises(NotFound):
        outputs.locate("127.0.0.1", JOB, "output.glb")
    outputs.publish("127.0.0.1", JOB, "run")
    with open(outputs.locate("127.0.0.1", JOB, "output.glb"), "rb") as file:
        assert file.read() == MESH
    assert not draft.exists()


def test_second_run_replaces_what_the_first_left(outputs):
    for run, text in (("a", "old"), ("b", "new")):
        (outputs.draft("::1".replace(":", "_"), JOB, run) / f"{run}.txt").write_text(text)
        outputs.publish("__1", JOB, run)
    assert [path.name for path in outputs.folder("__1", JOB).iterdir()] == ["b.txt"]


def test_two_runs_never_share_a_draft(outputs):
    outputs.draft("127.0.0.1", JOB, "run")
    with pytest.raises(FileExistsError):
        outputs.draft("127.0.0.1", JOB, "run")


def test_drafts_of_dead_runs_are_dropped_and_nothing_else(outputs):
    for run in ("a", "b"):
        outputs.draft("127.0.0.1", JOB, run)
    outputs.draft("127.0.0.1", OTHER, "a")
    for run in ("a", "b", "no such run"):
        outputs.drop_draft("127.0.0.1", JOB, run)
    assert [path.name for path in (outputs.root / "127.0.0.1").iterdir()] == [f".{OTHER}.a"]


@pytest.mark.parametrize(
    ("client", "job", "name"),
    [
        ("..", JOB, "output.glb"),
        ("", JOB, "output.glb"),
        ("127.0.0.1", "..", "output.glb"),
        ("127.0.0.1", JOB, "../output.glb"),
        ("127.0.0.1", JOB, "output.glb\0"),
        ("127.0.0.1", JOB, "output.glb\n"),
        ("127.0.0.1\n", JOB, "output.glb"),
        ("127.0.0.1", JOB + "\n", "output.glb"),
        ("127.0.0.1", JOB, ""),
        ("127.0.0.1/x", JOB, "output.glb"),
    ],
)
def test_parts_that_are_none_of_ours_are_not_found(outputs, client, job, name):
    (outputs.draft("127.0.0.1", JOB, "run") / "output.glb").write_bytes(MESH)
    outputs.publish("127.0.0.1", JOB, "run")
    with pytest.raises(NotFound):
        outputs.locate(client, job, name)


def test_data_folder_itself_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    linked = Outputs(Settings(_env_file=None).model_copy(update={"data_dir": tmp_path / "link"}))
    (linked.draft("127.0.0.1", JOB, "run") / "output.glb").write_bytes(MESH)
    linked.publish("127.0.0.1", JOB, "run")
    assert linked.locate("127.0.0.1", JOB, "output.glb")


def test_answers_are_json_even_for_what_is_not_found(published):
    answer = published.get(path_of(published, "nothing"))
    assert json.loads(answer.text) == {"error": "no such file"}


def test_a_result_stays_when_the_next_one_is_gone_before_its_turn(outputs):
    (outputs.draft("127.0.0.1", JOB, "one") / "output.glb").write_bytes(b"good")
    outputs.publish("127.0.0.1", JOB, "one")
    with pytest.raises(FileNotFoundError):
        outputs.publish("127.0.0.1", JOB, "gone")
    outputs.drop_draft("127.0.0.1", JOB, "gone")
    assert (outputs.folder("127.0.0.1", JOB) / "output.glb").read_bytes() == b"good"
