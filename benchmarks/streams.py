"""What open event streams cost, and whether others feel them: CPU per event and per poll, submit and download.

    python benchmarks/streams.py

One web process, no lanes; one client whose page is open so many times. Events are progress of one of its jobs, which
all streams tell. CPU is that of the web processes; Redis's stands beside it.
"""

from __future__ import annotations

import http.client
import selectors
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import harness
from redis import Redis

sys.path.insert(0, str(harness.ROOT))

STREAMS = (0, 8, 24, 48, 100)
EVENTS, EVENTS_A_SECOND = 100, 8  # slower than they are gathered, so that each is told
REQUESTS, CLIENTS, ROUNDS = 400, 8, 3
CLIENT = "127.0.0.2"  # another one than who asks meanwhile
EVENTS_PATH = "/api/v1/system/events"


def main() -> None:
    from serving.jobs.connect import connect
    from serving.jobs.store import JobStore
    from serving.settings import Settings

    with harness.own_server(workers=False, web_processes=1) as server:
        url = harness.redis_url(server)
        store = JobStore(connect(url, timeout_s=30).records, Settings())
        redis_pid = Redis.from_url(url).info("server")["process_id"]
        pids = harness.tree(server.pid)
        done, running, picture = _prepare(server, store)
        body, kind = harness.multipart("image", "small.png", picture)
        asked = {
            "poll": harness.get(f"/api/v1/system/jobs/{running.job_id}"),
            "submit": harness.post("/image_to_3d", body, kind),
            "download": harness.get(f"/api/v1/system/jobs/{done}/download"),
        }
        rows = []
        for count in STREAMS:
            with _open(server.port, count) as heard:
                began = harness.cpu_s(pids), harness.cpu_s([redis_pid])
                events, late_ms = _tell(store, running, heard, count)
                spent = harness.cpu_s(pids) - began[0], harness.cpu_s([redis_pid]) - began[1]
                costs = [_cost(server, pids, send) for send in asked.values()]
            event_ms, redis_ms = (seconds * 1000 / EVENTS for seconds in spent)
            row = [count, f"{event_ms:.2f}", f"{redis_ms:.2f}", events, f"{late_ms:.0f}"]
            rows.append([*row, *(f"{ms:.2f}" for ms in costs)])
        harness.table(
            f"{EVENTS} events at {EVENTS_A_SECOND} a second, then {REQUESTS} requests of each kind",
            (
                *("open streams", "CPU ms per event, web", "Redis", "events told"),
                *("median ms till told", *(f"CPU ms per {name}" for name in asked)),
            ),
            rows,
        )


def _prepare(server, store):
    """The id of a job that is done, the record of one that runs, and a picture."""
    from tests.serving.stored_jobs import new_record

    record = store.start(store.save(new_record(CLIENT)).job_id, "lane", "run", time.time())
    folder = server.data_dir / "outputs" / record.client / record.job_id
    folder.mkdir(parents=True)
    (folder / "output.glb").write_bytes(b"glTF" + bytes(100_000))
    file = {"name": "output.glb", "role": "model", "media_type": "model/gltf-binary"}
    outcome = {**harness.OUTCOME, "files": [{**file, "size_bytes": 100_004}]}
    store.complete(record, outcome, time.time())
    running = store.start(store.save(new_record(CLIENT)).job_id, "lane", "run", time.time())
    return record.job_id, running, harness.noise_png(3_000)


class _Heard:
    """What all streams together have heard: how many events, and when the last."""

    def __init__(self) -> None:
        self.events = 0
        self.times_s: list[float] = []


@contextmanager
def _open(port: int, count: int) -> Iterator[_Heard]:
    """So many streams of one client, read by one thread."""
    heard, ended, ready = _Heard(), threading.Event(), selectors.DefaultSelector()
    sockets = [socket.create_connection(("127.0.0.1", port), 30, (CLIENT, 0)) for _ in range(count)]
    for sock in sockets:
        sock.sendall(f"GET {EVENTS_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if b" 200 " not in (head := sock.recv(65_536)):
            raise RuntimeError(head)
        ready.register(sock, selectors.EVENT_READ)

    def listen() -> None:
        while not ended.is_set():
            for key, _ in ready.select(0.2) if sockets else ():
                told = key.fileobj.recv(65_536).count(b"event: job")
                heard.events += told
                heard.times_s += [time.monotonic()] * told

    reader = threading.Thread(target=listen)
    reader.start()
    time.sleep(1.0)  # the first events are through
    heard.events, heard.times_s = 0, []
    try:
        yield heard
    finally:
        ended.set()
        reader.join()
        for sock in sockets:
            sock.close()
        _wait_until_closed(port)


def _wait_until_closed(port: int) -> None:
    """Until the server has seen that all have gone, and its feed has ended."""
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/metrics")
        if "meshkiln_event_streams_open 0.0" in connection.getresponse().read().decode():
            time.sleep(2.5)
            return
        time.sleep(0.1)
    raise RuntimeError("streams stay open")


def _tell(store, running, heard: _Heard, count: int) -> tuple[int, float]:
    """Progress, evenly spread. -> how many events were told, and how long a told one took, median, in ms"""
    percent = store.get(running.job_id).progress
    late_s: list[float] = []
    for number in range(EVENTS):
        before = heard.events
        began_s = time.monotonic()
        store.progress(running, "work", percent + (number + 1) * 0.1)
        time.sleep(1 / EVENTS_A_SECOND)
        late_s += [at_s - began_s for at_s in heard.times_s[before:]]
    time.sleep(1.0)
    return heard.events, statistics.median(late_s) * 1000 if late_s else 0.0


def _cost(server: harness.Server, pids: list[int], send: harness.Send) -> float:
    rounds = [
        harness.cost_ms(server, pids, send, clients=CLIENTS, requests=REQUESTS)
        for _ in range(ROUNDS)
    ]
    return statistics.median(rounds)


if __name__ == "__main__":
    main()
