"""Who a client is: the address of its connection, unless proxies are trusted; and the folder name made from it."""

from __future__ import annotations

import socket

import pytest
import requests

from serving.storage.clients import client_address, client_name, is_client_name
from tests.serving import pictures
from tests.serving.live import Client, Server

PICTURE = pictures.encoded(pictures.disc())


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("10.255.0.7", "10.255.0.7"),
        ("::1", "6_" + "__1"),
        ("2001:DB8::A", "6_2001_db8__a"),
        ("2001:db8:0:0:0:0:0:a", "6_2001_db8__a"),
        ("::ffff:192.168.1.2", "192.168.1.2"),
        ("fe80::1%eth0", "6_fe80__1"),
        ("fe80::1%../../x", "6_fe80__1"),
        ("", "0.0.0.0"),
        (None, "0.0.0.0"),
        ("unix:", "0.0.0.0"),
        ("../../etc", "0.0.0.0"),
        ("1.2.3.4/..", "0.0.0.0"),
        ("1.2.3.4\0", "0.0.0.0"),
        ("1.2.3.4, 5.6.7.8", "0.0.0.0"),
        ("999.1.1.1", "0.0.0.0"),
        ("localhost", "0.0.0.0"),
        ("\u0661.\u0662.\u0663.\u0664", "0.0.0.0"),
    ],
)
def test_name_is_made_of_an_address_and_of_nothing_else(address, name):
    assert client_name(address) == name
    assert is_client_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "1..2", "a/b", "a\\b", "a\0", "A", "::1", "g", "_1", "1" * 65, "1\n", "\u0661"],
)
def test_what_is_no_clients_name(name):
    assert not is_client_name(name)


SPOOFS = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"X-Forwarded-For": "203.0.113.7, 203.0.113.8"},
    {"X-Real-IP": "203.0.113.7"},
    {"Forwarded": "for=203.0.113.7;host=evil.example;proto=https"},
    {"Client-IP": "203.0.113.7", "True-Client-IP": "203.0.113.7"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1"},
    {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil", "SCRIPT_NAME": "/evil"},
    {"X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl"},
    {"REMOTE_ADDR": "203.0.113.7", "PATH_INFO": "/health", "HTTP_HOST": "evil.example"},
]


@pytest.mark.parametrize("headers", SPOOFS, ids=lambda headers: next(iter(headers)))
def test_no_header_makes_another_client_or_another_address(finished, headers):
    plain = finished.get("/my_requests").json()
    assert plain["requests"][0]["output_files"][0].startswith(finished.server.url)
    assert finished.get("/my_requests", headers=headers).json() == plain
    answer = finished.post("/image_to_3d", files={"image": PICTURE}, headers=headers)
    record = finished.server.record(answer.json()["request_id"])
    assert record.client == finished.address


@pytest.fixture
def finished(at_desk) -> Client:
    """A client whose newest job is done, as far as the records tell."""
    record = at_desk.server.record(at_desk.submit(PICTURE))
    store = at_desk.server.store
    outcome = {"files": [{"name": "output.glb"}], "info": {}, "warnings": [], "stage_s": {}}
    store.complete(store.start(record.job_id, "lane", "run", 1.0), outcome, 2.0)
    return at_desk


# Behind a proxy


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxied")
    server = Server(folder, "web_worker.py", trusted_proxies=1, cors_origins="https://app.example")
    yield server
    assert server.stop() == []
    assert "Traceback" not in server.log


@pytest.mark.parametrize(
    ("sent", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("../../etc/passwd, 203.0.113.7", "203.0.113.7"),
        ("2001:db8::7", "6_2001_db8__7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("../../etc/passwd", "0.0.0.0"),
        ("garbage", "0.0.0.0"),
        ("%00", "0.0.0.0"),
        ("203.0.113.7,", "203.0.113.7"),
        (",,,", "127.0.0.1"),
        ("x" * 4_000, "0.0.0.0"),
        ("'; DROP TABLE", "0.0.0.0"),
        (None, "127.0.0.1"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_behind_a_trusted_proxy_the_client_is_who_the_proxy_says(proxied, sent, client):
    headers = {} if sent is None else {"X-Forwarded-For": sent}
    files = {"image": PICTURE}
    answer = requests.post(proxied.url + "/image_to_3d", files=files, headers=headers, timeout=5)
    assert answer.status_code == 200, answer.text
    body = requests.get(proxied.url + "/my_requests", headers=headers, timeout=5).json()
    assert body["ip_address"] == client_address(client)
    assert body["requests"][0]["request_id"] == answer.json()["request_id"]
    assert proxied.inputs_of(client)
    assert {path.name for path in (proxied.data_dir / "inputs").iterdir()} <= {
        ".incoming",
        "203.0.113.7",
        "6_2001_db8__7",
        "0.0.0.0",
        "127.0.0.1",
    }


def test_behind_a_trusted_proxy_addresses_are_those_of_the_proxy(proxied):
    client = Client(proxied, "127.0.0.1")
    record = proxied.record(client.submit(PICTURE))
    outcome = {"files": [{"name": "output.glb"}], "info": {}, "warnings": [], "stage_s": {}}
    proxied.store.complete(proxied.store.start(record.job_id, "lane", "run", 1.0), outcome, 2.0)
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "meshes.example",
        "X-Forwarded-Prefix": "/3d",
    }
    task = client.get(f"/task/{record.job_id}", headers=headers).json()
    name = f"outputs/127.0.0.1/{record.job_id}/output.glb"
    assert task["output_files"] == [f"https://meshes.example/3d/{name}"]
    headers["X-Forwarded-Proto"] = "gopher, javascript"
    assert client.get("/status", headers=headers).status_code == 200


def test_configured_origin_is_let_in_and_local_pages_are_not(proxied):
    client = Client(proxied, "127.0.0.1")
    for origin, allowed in (
        ("https://app.example", True),
        ("https://app.example.evil", False),
        ("http://app.example", False),
        ("http://localhost:3000", False),
    ):
        headers = {"Origin": origin}
        answer = client.get("/status", headers=headers)
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        answer = client.post("/image_to_3d", headers=headers)
        assert answer.status_code == (400 if allowed else 403)


# IPv6


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_client_over_ipv6_has_a_folder_and_addresses_that_work(tmp_path):
    server = Server(tmp_path / "data", "web_worker.py", host="::1")
    try:
        assert server.url.startswith("http://[::1]:")
        answer = requests.post(server.url + "/image_to_3d", files={"image": PICTURE}, timeout=5)
        record = server.record(answer.json()["request_id"])
        assert record.client == "6_" + "__1"
        folder = server.data_dir / "outputs" / record.client / record.job_id
        folder.mkdir(parents=True)
        (folder / "output.glb").write_bytes(b"glTF")
        outcome = {"files": [{"name": "output.glb"}], "info": {}, "warnings": [], "stage_s": {}}
        server.store.complete(server.store.start(record.job_id, "lane", "run", 1.0), outcome, 2.0)
        (item,) = requests.get(server.url + "/my_requests", timeout=5).json()["requests"]
        assert requests.get(item["output_files"][0], timeout=5).content == b"glTF"
    finally:
        assert server.stop() == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "2001:db8::7", "203.0.113.7"])
def test_an_address_comes_back_from_its_folder_name(address):
    assert client_address(client_name(address)) == address
