"""Broken and hostile mesh files: each ends in a clear error or a sound mesh, and reaches nothing outside itself."""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.errors import InvalidValue, NothingToModel, PipelineError, UnreadableInput
from pipelines.formats import child, files, gltf_cost, gltf_file, opening
from pipelines.formats.scene import face_count
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind
from tests.pipelines import hostile_gltf, hostile_meshes
from tests.pipelines.hostile_text import OBJ
from tests.pipelines.hostile_trial import ROOT, Ended, tried

KNOWN = {"", "UnreadableInput", "InvalidValue", "NothingToModel"}
# Words of Python and its libraries, and of places on this machine.
ECHOES = re.compile(
    r"Error\b|Exception|Traceback|numpy|trimesh|struct\.|0x[0-9a-f]{6}|/tmp|/etc|/home|/usr|\.py\b|root:"
    + f"|{hostile_meshes.SECRET}"
)
CONFINED = """
import json, os, socket, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pipelines.formats import child
from pipelines.formats.confinement import confine
child.limit()
held = confine(Path("made"), (Path("mesh.obj"), *child.LIBRARIES))
def refused(act):
    try:
        act()
    except PermissionError:
        return True
    except OSError:
        return False
    return False
tries = {
    "files": {
        "read a file": lambda: open(sys.argv[2]).read(),
        "read a folder": lambda: os.listdir("/"),
        "read its own folder": lambda: os.listdir("."),
        "write its own file": lambda: open("mesh.obj", "ab"),
        "write beside it": lambda: open("other", "wb"),
        "make a folder": lambda: os.mkdir("made/folder"),
        "make a link": lambda: os.symlink("/etc/passwd", "made/opened.glb"),
        "write elsewhere": lambda: open(sys.argv[2], "w"),
    },
    "calls": {
        "open a socket": lambda: socket.socket(),
        "open a pair": lambda: socket.socketpair(),
        "start a program": lambda: os.execv("/bin/true", ["true"]),
        "fork": lambda: os.fork(),
        "end another process": lambda: os.kill(os.getppid(), 0),
        "change rights": lambda: os.chmod("mesh.obj", 0o777),
    },
}
done = {name: refused(act) for kind in held for name, act in tries[kind].items()}
open("made/opened.glb", "wb").write(b"x")
print(json.dumps({"held": held, "refused": done, "read": len(open("mesh.obj").read())}))
"""


@dataclass(frozen=True)
class Trial:
    """The whole corpus, opened: how each file ended, and how often the port was called that some of them name."""

    ended: dict[str, Ended]
    calls: int


def calls_on(listener: socket.socket) -> int:
    listener.setblocking(False)
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret.bin"
    secret.write_text(f"v 1 2 3 {hostile_meshes.SECRET}\n" * 9)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        corpus = hostile_meshes.corpus(listener.getsockname()[1], secret)
        named = hostile_meshes.write(folder / "files", corpus)
        found = tried(folder / "files")
        ended = {name: found[file_name] for file_name, name in named.items()}
        yield Trial(ended, calls_on(listener))


def test_the_corpus_is_large_and_the_same_each_time():
    first, second = (hostile_meshes.corpus(1, Path("/a")) for _ in range(2))
    assert len(first) >= 500 and first == second
    assert max(map(len, first.values())) < 20 << 20


def test_every_file_ends_with_a_clear_error_or_a_sound_mesh(trial):
    for name, ended in trial.ended.items():
        assert ended.kind in KNOWN, name
        assert ended.status == 0, (name, ended)
        assert bool(ended.kind) == bool(ended.message), name
    refused = [ended for ended in trial.ended.values() if ended.kind]
    assert len(refused) > 400


def test_no_message_echoes_a_library_a_path_or_a_file(trial):
    for name, ended in trial.ended.items():
        for said in (ended.message, *ended.lost):
            assert not ECHOES.search(said), (name, said)
            assert len(said) < 200 and said.isprintable(), (name, said)


def test_no_host_is_called_and_none_of_them_needs_much(trial):
    assert trial.calls == 0
    for name, ended in trial.ended.items():
        assert ended.peak_mib < child.MOST_MEMORY_BYTES >> 20, name
        assert ended.cpu_s < child.MOST_CPU_S / 3, name


# One of each kind of harm, through the whole way.
WHOLE_WAY = (
    *("count is 4294967295", "stride is -1", "cut at 60", "json length 2147483648", "no json"),
    *("text nested 300", "nodes that double 30 times", "nodes in a ring", "60,000 nodes"),
    *("a coordinate is nan", "a face on point 65535", "sparse count", "buffer elsewhere 3"),
    *("picture elsewhere 0", "mtllib 3", "face on 99999999", "a face of 100,000 corners"),
    *("ply 4000000000 points", "ply list of ffffffff", "stl of 2147483648", "stl place nan"),
    *("fbx nested 10,000", "fbx bomb that lies", "zip of mesh.obj", "empty", "noise 2"),
)


@pytest.fixture(scope="module")
def harms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("harms")
    secret = folder / "secret.bin"
    secret.write_text(hostile_meshes.SECRET)
    return hostile_meshes.corpus(9, secret)


@pytest.mark.parametrize("name", WHOLE_WAY)
def test_opening_ends_and_leaves_nothing_behind(harms, name, tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(harms[name])
    before = path.stat()
    out = tmp_path / "out"
    out.mkdir()
    try:
        assert opening.open_mesh(path, out, "mesh").path.is_file()
    except (UnreadableInput, InvalidValue, NothingToModel) as error:
        assert not ECHOES.search(error.message)
        assert list(out.iterdir()) == []
    assert (path.stat().st_mtime_ns, path.stat().st_nlink) == (before.st_mtime_ns, 1)


# What the child may do, and what is believed of it


@pytest.fixture
def shut_in(tmp_path: Path) -> dict[str, object]:
    """What a confined process says of its tries to get out."""
    inside = tmp_path / "inside"
    (inside / "made").mkdir(parents=True)
    (inside / "mesh.obj").write_bytes(OBJ)
    secret = tmp_path / "secret"
    secret.write_text(hostile_meshes.SECRET)
    done = subprocess.run(
        [sys.executable, "-I", "-c", CONFINED, str(ROOT), str(secret)],
        cwd=inside,
        capture_output=True,
        check=True,
    )
    assert secret.read_text() == hostile_meshes.SECRET
    assert (inside / "made" / "opened.glb").read_bytes() == b"x"
    return dict(json.loads(done.stdout))


def test_a_shut_in_process_reaches_nothing(shut_in):
    if not shut_in["held"]:
        pytest.skip("this kernel has neither Landlock nor seccomp filters")
    assert shut_in["refused"] == dict.fromkeys(shut_in["refused"], True), shut_in["held"]
    assert len(shut_in["refused"]) >= 6 and shut_in["read"] == len(OBJ)


def obeying(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have the child run `code` instead."""
    head = (
        "import sys, os; sys.path.insert(0, sys.argv.pop(1)); from pipelines.formats import child; "
    )
    monkeypatch.setattr(opening, "_START", head + code)


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent.obj"
    path.write_bytes(OBJ)
    return path


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("os.abort()", opening.GAVE_UP),
        ("import ctypes; ctypes.string_at(0)", opening.GAVE_UP),
        ("os._exit(0)", opening.GAVE_UP),
        ("sys.exit(1)", opening.GAVE_UP),
        ("raise ValueError('/etc/passwd')", opening.GAVE_UP),
        ("os.kill(os.getpid(), 9)", opening.TOO_MUCH),
        ("child.MOST_CPU_S = 1; child.limit()\nwhile True: pass", opening.TOO_MUCH),
        ("print('no json')", opening.GAVE_UP),
        ("print('[' * 100000)", opening.GAVE_UP),
        ("print('[]')", opening.GAVE_UP),
        ("print('{}')", opening.GAVE_UP),
        ('print(\'{"kind": "annotations", "message": "x"}\')', opening.GAVE_UP),
        ('print(\'{"kind": "ModelNotAvailable", "message": "x"}\')', opening.GAVE_UP),
        ('print(\'{"kind": "UnreadableInput", "message": 5}\')', opening.GAVE_UP),
        ("sys.stdout.buffer.write(bytes([255]) * 9)", opening.GAVE_UP),
    ],
)
def test_a_child_that_dies_or_babbles_is_an_unreadable_file(
    monkeypatch, sent, tmp_path, code, said
):
    obeying(monkeypatch, code)
    with pytest.raises(UnreadableInput) as caught:
        opening.open_mesh(sent, tmp_path, "mesh")
    assert caught.value.message == said
    assert list(tmp_path.iterdir()) == [sent]


def test_memory_that_does_not_suffice_is_told_so(monkeypatch, sent, tmp_path):
    obeying(monkeypatch, "child.MOST_MEMORY_BYTES = 400 << 20; child.main(*sys.argv[1:])")
    sent.write_bytes(OBJ + b"\n" * (60 << 20))
    with pytest.raises(UnreadableInput) as caught:
        opening.open_mesh(sent, tmp_path, "mesh")
    assert caught.value.message == opening.TOO_MUCH


def test_what_a_child_says_is_bounded(monkeypatch, sent, tmp_path):
    many = "print('x' * 3000000); import json; print(json.dumps({'lost': ['a' * 900] * 200}))"
    obeying(monkeypatch, many)
    lost = opening.open_mesh(sent, tmp_path, "mesh").lost
    assert len(lost) == child.MOST_LOST and {len(said) for said in lost} == {child.LONGEST}


@pytest.mark.parametrize("act", ["os.symlink('/etc/passwd', sys.argv[3])", "os.mkdir(sys.argv[3])"])
def test_what_a_child_leaves_must_be_a_file(monkeypatch, sent, tmp_path, act):
    obeying(monkeypatch, act + "; print('{\"lost\": []}')")
    assert opening.open_mesh(sent, tmp_path, "mesh").path == sent


class Unwanted(Exception):
    pass


def test_a_cancelled_job_ends_its_child(monkeypatch, sent, tmp_path):
    """The child writes its number, then hangs."""
    place = tmp_path / "number"
    obeying(
        monkeypatch,
        f"open({str(place)!r}, 'w').write(str(os.getpid()))\nimport time; time.sleep(60)",
    )

    def still_wanted() -> None:
        if place.exists() and place.read_text():
            raise Unwanted

    with pytest.raises(Unwanted):
        opening.open_mesh(sent, tmp_path, "mesh", still_wanted=still_wanted)
    assert not Path(f"/proc/{place.read_text()}").exists()
    assert sorted(tmp_path.iterdir()) == [place, sent]


def test_a_child_that_hangs_is_ended_by_the_clock(monkeypatch, sent, tmp_path):
    obeying(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(opening, "MOST_WALL_S", 0.2)
    with pytest.raises(UnreadableInput, match="more memory or time"):
        opening.open_mesh(sent, tmp_path, "mesh")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children")
def test_a_child_does_not_outlive_the_process_that_started_it(tmp_path):
    code = (
        "import os, subprocess, sys, time; sys.path.insert(0, sys.argv[1]);"
        "inner = 'import os, sys, time; sys.path.insert(0, sys.argv[1]);'"
        "'from pipelines.formats import child; child.limit(); print(os.getpid(), flush=True); time.sleep(60)';"
        "p = subprocess.Popen([sys.executable, '-c', inner, sys.argv[1]], stdout=subprocess.PIPE);"
        "print(p.stdout.readline().decode(), flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, check=True)
    status = Path(f"/proc/{int(done.stdout)}/stat")
    for _ in range(100):
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("the child lives on")


def test_limits_hold_and_cannot_be_raised():
    code = (
        "import json, resource, sys; sys.path.insert(0, sys.argv[1]);"
        "from pipelines.formats import child; child.limit();"
        "names = ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE', 'RLIMIT_CORE');"
        "print(json.dumps({n: resource.getrlimit(getattr(resource, n)) for n in names}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["RLIMIT_AS"] == [child.MOST_MEMORY_BYTES] * 2
    assert found["RLIMIT_CPU"] == [child.MOST_CPU_S] * 2
    assert found["RLIMIT_CORE"] == [0, 0]
    assert all(soft == hard for soft, hard in found.values())
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != child.MOST_CPU_S


# Files that cost far more than they hold


def test_parts_on_one_large_table_are_written_anew(tmp_path):
    """A hundred parts that each show one face of half a million points: sound, but not for readers that copy."""
    document = hostile_gltf.row()
    document["accessors"][0] = {
        "componentType": hostile_gltf.FLOAT,
        "count": 500_000,
        "type": "VEC3",
    }
    document["accessors"][0]["sparse"] = {
        "count": 4,
        "indices": {"bufferView": 2, "componentType": hostile_gltf.SHORT},
        "values": {"bufferView": 0},
    }
    document["bufferViews"].append({"buffer": 0, "byteOffset": 72, "byteLength": 8})
    document["buffers"][0]["byteLength"] = 80
    document["meshes"] *= 100
    document["nodes"] = [{"mesh": number, "name": f"part {number}"} for number in range(100)]
    document["scenes"] = [{"nodes": list(range(100))}]
    path = tmp_path / "sent.glb"
    path.write_bytes(
        hostile_gltf.glb(document, hostile_gltf.BINARY + bytes([0, 0, 1, 0, 2, 0, 3, 0]))
    )
    opened = opening.open_mesh(path, tmp_path, "mesh")
    assert opened.path != path and opened.path.stat().st_size < 1 << 20
    scene = files.read(opened.path.read_bytes(), "glb").scene
    assert face_count(scene) == 400
    assert sum(len(mesh.positions) for mesh in scene.meshes) == 400
    assert {f"part {number}" for number in range(100)} <= {node.name for node in scene.nodes}


def test_an_ordinary_file_stays_as_it_is(tmp_path):
    path = tmp_path / "sent.glb"
    path.write_bytes(hostile_gltf.glb(hostile_gltf.row()))
    assert not gltf_cost.repeats(gltf_file.opened(path.read_bytes())[0])
    assert opening.open_mesh(path, tmp_path, "mesh") == opening.OpenedFile(path, "glb")


def test_only_data_addresses_are_followed(tmp_path):
    """A buffer that lies beside the file is not opened, though it is there."""
    (tmp_path / "beside.bin").write_bytes(hostile_gltf.BINARY)
    document = hostile_gltf.row()
    document["buffers"] = [{"byteLength": 72, "uri": "beside.bin"}]
    path = tmp_path / "sent.gltf"
    path.write_bytes(json.dumps(document).encode())
    with pytest.raises(UnreadableInput, match="in another file"):
        opening.open_mesh(path, tmp_path, "mesh")
    path.write_bytes(hostile_gltf.gltf(hostile_gltf.row()))
    assert opening.open_mesh(path, tmp_path, "mesh").kind == "glb"


def test_the_formats_are_told_by_content_alone(tmp_path):
    """An archive named as a mesh is never unpacked."""
    archives = {
        n: d for n, d in hostile_meshes.corpus(1, tmp_path).items() if n.startswith(("zip", "gzip"))
    }
    assert len(archives) == 3
    for name, data in archives.items():
        with pytest.raises(PipelineError, match="archive"):
            mesh_kind(data[:HEAD_BYTES], len(data), name)
    assert not os.listdir(tmp_path)
