"""The AI process: the lanes of this machine, one for each device, under a supervisor."""

import argparse
import signal

from serving.settings import Settings
from serving.worker.process import die_with_parent
from serving.worker.supervisor import supervise

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cpu-lanes",
        type=int,
        choices=range(1, 65),
        metavar="N",
        help="jobs at once on the CPU, 1 to 64 (MESHKILN_CPU_LANES)",
    )
    parser.add_argument("--die-with-parent", type=int, metavar="PID", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.die_with_parent:
        die_with_parent(signal.SIGTERM, args.die_with_parent)
    settings = Settings.from_env()
    if args.cpu_lanes:
        settings = settings.model_copy(update={"cpu_lanes": args.cpu_lanes})
    supervise(settings)
