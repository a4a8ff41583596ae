"""Clients that dawdle, stall or vanish, against a real gunicorn with four threads.

The deadlines are short (slow_clients_app.HastyWorker): a head 1.5 s, silence 2 s, 1 MB/s on average.
"""

import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from serving.web.slow_clients import ClientTooSlow, Limits, Patience

ROOT = Path(__file__).resolve().parents[2]
HASTY = "tests.serving.slow_clients_app.HastyWorker"
PATIENT = "serving.web.gunicorn_worker.PatientThreadWorker"
BIG_BYTES = 20_000_000
CROWD = 64
PING = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
DOWNLOAD = b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Server:
    port: int
    process: subprocess.Popen
    log: Path
    big: bytes

    def connect(self, *, receive_buffer: int | None = None) -> socket.socket:
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(10)
        sock.connect(("127.0.0.1", self.port))
        return sock

    def ask(self, method: str, path: str, body=None, headers=None):
        """-> (status, headers, body) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@contextmanager
def gunicorn(folder: Path, *more: str, worker: str = HASTY):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    big = os.urandom(BIG_BYTES)
    (folder / "big.glb").write_bytes(big)
    log = folder / "log"
    command = [sys.executable, "-m", "gunicorn", "tests.serving.slow_clients_app:app"]
    command += ["--worker-class", worker]
    command += ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--keep-alive", "2", *more]
    env = os.environ | {"SLOW_CLIENTS_FILE": str(folder / "big.glb"), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    server = Server(port, process, log, big)
    try:
        wait_until(lambda: accepts(server), 15)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def open_files(server: Server) -> int:
    """Descriptors of the one worker process."""
    pid = server.process.pid
    worker = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
    return len(list(Path(f"/proc/{worker}/fd").iterdir()))


def accepts(server: Server) -> bool:
    try:
        return server.ask("GET", "/ping")[0] == 200
    except OSError:
        return False


def wait_until(true, within_s: float) -> None:
    deadline_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline_s, f"not within {within_s} s"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with gunicorn(tmp_path_factory.mktemp("gunicorn")) as running:
        yield running


def multipart(content: bytes) -> tuple[bytes, dict[str, str]]:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head + content + b"\r\n--b--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=b"}


def upload_message(content: bytes) -> bytes:
    body, headers = multipart(content)
    return (
        f"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: {headers['Content-Type']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def assert_others_are_served(server: Server, for_s: float = 1.0) -> None:
    """Pings within a second each, and an upload, again and again."""
    end_s = time.monotonic() + for_s
    while time.monotonic() < end_s:
        began_s = time.monotonic()
        assert server.ask("GET", "/ping")[2] == b"pong"
        assert time.monotonic() - began_s < 1.0
        content = os.urandom(500_000)
        status, _, answer = server.ask("POST", "/upload", *multipart(content))
        assert status == 200
        assert json.loads(answer)["sha256"] == hashlib.sha256(content).hexdigest()


def rest_of(sock: socket.socket) -> bytes:
    """All until the server closes."""
    got = b""
    try:
        while data := sock.recv(1 << 20):
            got += data
    except ConnectionResetError:
        pass
    return got


def answers(sock: socket.socket, count: int) -> list[bytes]:
    """The bodies of `count` answers on one connection."""
    reader, bodies = sock.makefile("rb"), []
    for _ in range(count):
        assert reader.readline().startswith(b"HTTP/1.1 200"), bodies
        head = b"".join(iter(reader.readline, b"\r\n"))
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        bodies.append(reader.read(length))
    return bodies


@contextmanager
def crowd(server: Server, message: bytes, **how):
    with ExitStack() as stack:
        socks = []
        for _ in range(CROWD):
            sock = stack.enter_context(server.connect(**how))
            sock.sendall(message)
            socks.append(sock)
        yield socks


def test_patience_ends_with_silence_or_with_too_low_a_rate_and_bytes_refill_it():
    limits = Limits(stall_timeout_s=15, grace_s=20, min_rate_bytes_per_s=20_000)
    with pytest.raises(ClientTooSlow, match="no byte"):
        Patience(limits).spend(15.0, 0)
    honest = Patience(limits)
    for _ in range(1_000):
        honest.spend(1.0, 25_000)
    slow = Patience(limits)
    for _ in range(39):  # half the rate: the grace lasts twice as long
        slow.spend(1.0, 10_000)
    with pytest.raises(ClientTooSlow, match="slower"):
        slow.spend(1.0, 10_000)
    slow.renew()
    slow.spend(10.0, 0)


def json_of(answer: bytes) -> dict[str, str]:
    """The body of an answer in the second API's envelope, none of it missing or too much."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json\r\n" in head
    assert f"Content-Length: {len(body)}" in head.decode()
    said: dict[str, str] = json.loads(body)
    assert list(said) == ["error", "message", "detail"] and all(said.values())
    return said


def test_half_sent_heads_stop_nobody_and_end_by_their_deadline(server):
    with crowd(server, PING[:-2]) as socks:
        began_s = time.monotonic()
        assert_others_are_served(server)
        for sock in socks:
            answer = rest_of(sock)
            assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            assert json_of(answer)["error"] == "API_ERROR"
        assert time.monotonic() - began_s < 3.0


def test_connections_that_say_nothing_end_by_the_deadline_of_a_head(server):
    with crowd(server, b"") as socks:
        began_s = time.monotonic()
        assert_others_are_served(server)
        assert all(rest_of(sock) == b"" for sock in socks)
        assert time.monotonic() - began_s < 3.0


def test_a_trickled_head_ends_by_its_deadline(server):
    began_s = time.monotonic()
    with server.connect() as sock:
        for byte in PING:
            try:
                sock.send(bytes([byte]))
            except OSError:
                break
            time.sleep(0.1)
        assert time.monotonic() - began_s < 2.5
        assert_others_are_served(server, 0.1)


@pytest.mark.parametrize("path", ["/upload", "/raw"])
def test_half_sent_bodies_stop_nobody_and_are_answered_408(server, path):
    message = upload_message(bytes(100_000)).replace(b"/upload", path.encode(), 1)[:60_000]
    with crowd(server, message) as socks:
        began_s = time.monotonic()
        assert_others_are_served(server)
        assert all(rest_of(sock).startswith(b"HTTP/1.1 408 ") for sock in socks)
        assert time.monotonic() - began_s < 4.0
    text = server.log.read_text()
    assert "no byte moved for" in text or "too long" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("beyond", [-4, 300], ids=["head", "body"])
def test_a_page_may_read_that_it_was_too_slow(server, beyond):
    origin = b"\r\nOrigin: http://localhost:3000\r\n"
    message = upload_message(bytes(100_000)).replace(b"\r\n", origin, 1)
    whole_head = message.index(b"\r\n\r\n") + 4
    with server.connect() as sock:
        sock.sendall(message[: whole_head + beyond])
        answer = rest_of(sock)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nAccess-Control-Allow-Origin: http://localhost:3000\r\n" in answer


def test_a_trickled_body_ends_although_it_is_never_silent(server):
    with server.connect() as sock:
        sock.sendall(upload_message(bytes(100_000))[:1_000])
        began_s = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began_s < 8:
                sock.sendall(b"0")
                time.sleep(0.1)
        assert time.monotonic() - began_s < 5


@pytest.mark.parametrize("path", ["/file", "/stream"])
def test_stalled_downloads_stop_nobody_and_are_closed(server, path):
    before = open_files(server)
    with crowd(server, DOWNLOAD.replace(b"/file", path.encode()), receive_buffer=20_000) as socks:
        assert_others_are_served(server)
        wait_until(lambda: open_files(server) <= before, 4)  # silence ends after 2 s
        assert all(len(rest_of(sock)) < BIG_BYTES for sock in socks[:4])
    assert "Traceback" not in server.log.read_text()


def test_more_stalled_bodies_than_may_wait_make_the_most_silent_leave(server):
    message = upload_message(bytes(100_000))[:60_000]
    with crowd(server, message), crowd(server, message):
        assert_others_are_served(server, 0.5)
    wait_until(lambda: "too many slow clients" in server.log.read_text(), 2)


def test_a_slow_but_honest_upload_succeeds(server):
    content = os.urandom(3_600_000)
    message = upload_message(content)
    with server.connect() as sock:
        for start in range(0, len(message), len(message) // 30):
            sock.sendall(message[start : start + len(message) // 30])
            time.sleep(0.1)
        assert json.loads(answers(sock, 1)[0])["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_slow_but_honest_download_succeeds(server):
    with server.connect(receive_buffer=100_000) as sock:
        sock.sendall(DOWNLOAD.replace(b"1.1", b"1.0"))
        got = bytearray()
        while data := sock.recv(1 << 17):
            got += data
            time.sleep(len(data) / 9_000_000)
        assert bytes(got).partition(b"\r\n\r\n")[2] == server.big


def test_a_head_in_two_pieces_is_answered(server):
    with server.connect() as sock:
        sock.sendall(PING[:20])
        time.sleep(0.3)
        sock.sendall(PING[20:])
        assert answers(sock, 1) == [b"pong"]


def test_pipelined_requests_are_answered_in_order_also_when_the_last_head_is_cut(server):
    message = upload_message(b"mesh") + PING + upload_message(b"other") + PING
    with server.connect() as sock:
        sock.sendall(message[:-5])
        time.sleep(0.3)
        sock.sendall(message[-5:])
        first, pong, second, last = answers(sock, 4)
    assert (pong, last) == (b"pong", b"pong")
    assert json.loads(first)["sha256"] == hashlib.sha256(b"mesh").hexdigest()
    assert json.loads(second)["sha256"] == hashlib.sha256(b"other").hexdigest()


def test_a_kept_alive_connection_serves_on_and_closes_after_keepalive(server):
    with server.connect() as sock:
        for _ in range(3):
            sock.sendall(PING)
            assert answers(sock, 1) == [b"pong"]
            time.sleep(0.2)
        began_s = time.monotonic()
        assert rest_of(sock) == b""
        assert 1.0 < time.monotonic() - began_s < 4.0


def test_head_and_range_requests_carry_the_right_bytes(server):
    status, headers, body = server.ask("HEAD", "/file")
    assert (status, int(headers["Content-Length"]), body) == (200, BIG_BYTES, b"")
    status, headers, body = server.ask("GET", "/file", headers={"Range": "bytes=5000000-14999999"})
    assert (status, body) == (206, server.big[5_000_000:15_000_000])
    assert server.ask("GET", "/file")[2] == server.big


def test_a_large_upload_and_a_chunked_one_arrive_whole(server):
    content = os.urandom(30_000_000)
    digest = hashlib.sha256(content).hexdigest()
    _, _, answer = server.ask("POST", "/upload", *multipart(content))
    assert json.loads(answer)["sha256"] == digest
    pieces = (content[at : at + 1_000_000] for at in range(0, len(content), 1_000_000))
    _, _, answer = server.ask("POST", "/raw", pieces)
    assert json.loads(answer)["sha256"] == digest


def test_an_upload_that_waits_for_100_continue_gets_it(server):
    message = upload_message(b"mesh").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n", 1)
    head, _, body = message.partition(b"\r\n\r\n")
    with server.connect() as sock:
        sock.sendall(head + b"\r\n\r\n")
        assert sock.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert b" 200 OK" in sock.recv(65_536)


def test_a_refusal_before_the_body_is_read_reaches_the_client(server):
    for _ in range(5):
        assert server.ask("POST", "/refuse", bytes(2_000_000))[0] == 429


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /ping HTTP/1.1\nHost: x\n\n", b"400"),
        (b"GET /api/v1/" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /api/v1/x HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", b"431"),
        (b"\r\n\r\n\r\n", b"400"),
    ],
)
def test_a_head_gunicorn_refuses_is_answered_in_json(server, head, status):
    began_s = time.monotonic()
    with server.connect() as sock:
        sock.sendall(head)
        answer = rest_of(sock)
        assert answer[9:12] == status
        assert json_of(answer)["error"] == "INVALID_VALUE"
    assert time.monotonic() - began_s < 3.0


def test_refusal_of_a_request_whose_path_was_read_wears_the_envelope_of_that_path(server):
    for path, fields in (
        ("/image_to_3d", ["error"]),
        ("/api/v1/x", ["error", "message", "detail"]),
    ):
        with server.connect() as sock:
            sock.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: banana\r\n\r\n".encode())
            answer = rest_of(sock)
        assert answer.startswith(b"HTTP/1.1 417 ")
        assert list(json.loads(answer.partition(b"\r\n\r\n")[2])) == fields
        assert b"X-Process-Time: " in answer


def test_clients_that_vanish_leave_no_descriptor_behind(server):
    before = open_files(server)
    body = upload_message(bytes(100_000))[:60_000]
    for message in (
        b"",
        PING[:9],
        body,
        DOWNLOAD,
        PING,
        DOWNLOAD[:-2] + b"Connection: close\r\n\r\n",
    ):
        with crowd(server, message):
            pass
    wait_until(lambda: open_files(server) <= before, 5)
    assert_others_are_served(server, 0.1)


def test_sigterm_ends_in_time_with_stalled_clients(tmp_path):
    """With the real limits, which alone would take 15 s."""
    stop = ("--graceful-timeout", "4")
    with gunicorn(tmp_path, *stop, worker=PATIENT) as server, ExitStack() as stack:
        for message in (b"", PING[:9], upload_message(bytes(100_000))[:60_000], DOWNLOAD):
            stack.enter_context(crowd(server, message, receive_buffer=20_000))
        began_s = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert time.monotonic() - began_s < 4.5
        assert "SIGKILL" not in server.log.read_text()


def test_a_request_in_work_is_finished_before_the_worker_ends(tmp_path):
    content = os.urandom(2_000_000)
    message = upload_message(content)
    with gunicorn(tmp_path, "--graceful-timeout", "10") as server, server.connect() as sock:
        sock.sendall(message[:1_000_000])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        sock.sendall(message[1_000_000:])
        assert hashlib.sha256(content).hexdigest().encode() in rest_of(sock)
        assert server.process.wait(timeout=5) == 0
