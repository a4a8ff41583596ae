"""How light a web process is: its import time, the heavy libraries in it, its memory after work.

python benchmarks/web_process.py
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

import harness

HEAVY = ("torch", "open3d", "trimesh", "numpy", "scipy", "cv2")
RUNS = 5


def main() -> None:
    probe = (
        f"import serving.web.app, sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    seconds, found = [], ""
    for _ in range(RUNS):
        before_s = _children_cpu_s()
        command = [sys.executable, "-c", probe]
        run = subprocess.run(command, cwd=harness.ROOT, capture_output=True, text=True, check=True)
        found = run.stdout
        seconds.append(_children_cpu_s() - before_s)
    with harness.own_server(workers=False) as server:
        body, kind = harness.multipart("image", "noise.png", harness.noise_png(500_000))
        harness.load(
            server.port, harness.post("/image_to_3d", body, kind), clients=16, requests=300
        )
        harness.load(server.port, harness.get("/my_requests"), clients=16, requests=100)
        rss = [harness.rss_mib(pid) for pid in harness.tree(server.pid)[1:]]
    harness.table(
        "A web process",
        ("", "value", "limit"),
        [
            (
                f"start and imports, CPU s, median of {RUNS}",
                f"{statistics.median(seconds):.2f}",
                "1.00",
            ),
            ("heavy libraries in it", found.strip() or "none", "none"),
            ("resident memory after 400 requests, MiB, largest", f"{max(rss):.0f}", "80"),
        ],
    )


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
