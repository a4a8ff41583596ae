"""The AI process: the lanes of this machine, one for each device, under a supervisor."""

import argparse
import signal

from serving.settings import Settings
from serving.worker.process import die_with_parent
from serving.worker.supervisor import supervise

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--gpus",
        metavar="0,2|all|none",
        help="GPUs that get a lane, by nvidia-smi's numbers (MESHKILN_GPUS)",
    )
    parser.add_argument(
        "--cpu-lanes", metavar="N", help="jobs at once on the CPU, 0 to 64 (MESHKILN_CPU_LANES)"
    )
    parser.add_argument(
        "--features", metavar="A,B", help="features that are served here (MESHKILN_FEATURES)"
    )
    parser.add_argument("--die-with-parent", type=int, metavar="PID", help=argparse.SUPPRESS)
    said = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    if parent_pid := said.pop("die_with_parent", 0):
        die_with_parent(signal.SIGTERM, parent_pid)
    supervise(Settings.from_env(**said))
