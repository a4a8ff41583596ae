"""The child process that holds one loaded model family: Work in, Outcome out, as JSON lines over two private pipes.

Not over stdout, since models print. The model has the main thread; a second one hears the lane, so that a cancel
reaches a run that is under way. Knows no Redis and no HTTP.
"""

from __future__ import annotations

import argparse
import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from pipelines.catalog import Catalog
from pipelines.errors import ModelLoadFailed
from pipelines.execute import execute
from pipelines.failure import load_failed, run_failed
from pipelines.life import die_with_lane
from pipelines.memory import Peak
from pipelines.messages import Cancel, Cancelled, Done, Message, Ready, Run, Warm, decode, encode
from pipelines.shut_in import shut_in
from pipelines.spec import Adapter, ModelCard, RunCancelled, Work
from pipelines.track import LOADING, PROGRESS_INTERVAL_S, Track

log = logging.getLogger("meshkiln.runner")

# What a model's code may end with. SystemExit: scripts that were made into models call sys.exit().
_MODELS_ERRORS = (Exception, SystemExit)
# The exit status of a process that no longer reaches the folder of its results.
WALLED_OUT = 77
_TOO_SHUT_IN = (
    "%s is out of reach of this process, which is shut in; where Python or a library lies in an unusual place, "
    "MESHKILN_SHUT_IN_MODELS=false leaves the wall out"
)


class Runner:
    """The adapters of one runner, and the loop that feeds them.

    They are kept by weights and by what makes them: families may share weights and differ in what they do with them.
    """

    def __init__(
        self,
        catalog: Catalog,
        device: str,
        inbox: BinaryIO,
        outbox: BinaryIO,
        *,
        is_shut_in: bool = False,
    ) -> None:
        self.catalog = catalog
        self.is_shut_in = is_shut_in
        self.device = device
        self.inbox = inbox
        self.outbox = outbox
        self._adapters: dict[tuple[str, Callable[[], Adapter]], Adapter] = {}
        self._heard: SimpleQueue[Warm | tuple[Work, Track] | ValueError | None] = SimpleQueue()
        self._tracks: dict[str, Track] = {}  # of the runs that are not over, by job id
        self._writing = threading.Lock()

    def serve(self) -> None:
        """Answer messages until the lane closes the pipe. Raises ValueError for one that a runner is not sent."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while (heard := self._heard.get()) is not None:
            match heard:
                case Warm(model_id):
                    self._say(self._warm(model_id))
                case (work, track):
                    answer = self._run(work, track)
                    self._tracks.pop(work.job_id, None)
                    last = track.close()
                    self._write(encode(last) + answer if last else answer)
                case error:
                    raise error

    # the main thread

    def _warm(self, model_id: str) -> Message:
        try:
            return self._load(self._card(model_id))
        except _MODELS_ERRORS as error:  # one of the two places where a model's code is caught
            return load_failed(error, "", model_id)

    def _run(self, work: Work, track: Track) -> bytes:
        """The answer as a line, since an outcome that is no JSON is a failure too."""
        is_loading = False
        try:
            track.begin(self.catalog.feature(work.feature))
            is_loading = True
            adapter = self._adapter(work, track)
            is_loading = False
            peak = Peak(adapter)
            outcome = execute(work, self.catalog, adapter, track.report)
            return encode(Done(work.job_id, outcome, *peak.mib()))
        except (*_MODELS_ERRORS, RunCancelled) as error:  # the other place
            if self.is_shut_in and _is_walled_out(error, work):
                log.error(
                    "%s is not what it was when this process was shut in", work.out_dir.parent
                )
                os._exit(WALLED_OUT)  # the lane starts another, and the job again
            if track.was_refused:  # whatever the model made of that
                return encode(Cancelled(work.job_id))
            if is_loading:
                return encode(load_failed(error, work.job_id, work.model_id))
            return encode(run_failed(error, work, self.catalog.cards.get(work.model_id)))

    def _adapter(self, work: Work, track: Track) -> Adapter:
        """The model of a run, loaded if it is not yet. Raises RunCancelled for a run that was cancelled by then."""
        card = self._card(work.model_id)
        track.refuse_cancelled()
        key = self._key(card)
        if key not in self._adapters:
            track.report(LOADING)
            self._say(self._load(card))
            track.refuse_cancelled()
        return self._adapters[key]

    def _load(self, card: ModelCard) -> Ready:
        """Make a model ready, if it is not yet."""
        began_s, key = time.monotonic(), self._key(card)
        if key not in self._adapters:
            adapter = self.catalog.adapters[card.model_id]()
            try:
                adapter.load(self.device)
            except PermissionError as error:
                if self.is_shut_in:
                    log.error(_TOO_SHUT_IN, error.filename)
                raise
            self._adapters[key] = adapter
        return Ready(round(time.monotonic() - began_s, 3))

    def _key(self, card: ModelCard) -> tuple[str, Callable[[], Adapter]]:
        return card.weights, self.catalog.adapters[card.model_id]

    def _card(self, model_id: str) -> ModelCard:
        if model_id not in self.catalog.cards:
            # A plug-in that cannot be imported in this environment was left out of the catalog, and that was logged.
            raise ModelLoadFailed(f"{model_id} is not known in its environment")
        return self.catalog.cards[model_id]

    # the listening thread

    def _listen(self) -> None:
        """Hear the lane, and tell it in time what a silent model said last."""
        try:
            for line in self._lines():
                self._hear(decode(line))
        except ValueError as error:
            self._heard.put(error)
        except BrokenPipeError:
            pass  # the lane is gone
        finally:
            self._heard.put(None)

    def _hear(self, message: Message) -> None:
        match message:
            case Run(work):
                self._tracks[work.job_id] = track = Track(work.job_id, self._say)
                self._heard.put((work, track))
            case Warm():
                self._heard.put(message)
            case Cancel(job_id):
                if (known := self._tracks.get(job_id)) is not None:
                    known.cancel()
            case _:
                raise ValueError(f"a runner is not sent {message.kind}")

    def _lines(self) -> Iterator[bytes]:
        """What the lane writes, line by line, until it closes the pipe."""
        poll, rest = select.poll(), b""
        poll.register(self.inbox, select.POLLIN)
        while True:
            if not poll.poll(self._tell_newest()):
                continue
            chunk = os.read(self.inbox.fileno(), 1 << 16)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines

    def _tell_newest(self) -> float | None:
        """Have each run tell what waits to be told. -> milliseconds until one has to again, None while none goes on."""
        waits_s = [track.tell_newest() or PROGRESS_INTERVAL_S for track in [*self._tracks.values()]]
        return min(waits_s) * 1000 if waits_s else None

    # either

    def _say(self, message: Message) -> None:
        self._write(encode(message))

    def _write(self, line: bytes) -> None:
        with self._writing:
            self.outbox.write(line)
            self.outbox.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="pipelines.runner")
    parser.add_argument("--in-fd", type=int, required=True)
    parser.add_argument("--out-fd", type=int, required=True)
    parser.add_argument("--life-fd", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--weights", default="", help="the only ones that it will be asked for")
    parser.add_argument("--log-level", default="INFO")
    parser.add_argument("--shut-in", choices=("telling", "silent"), help="before anything is read")
    parser.add_argument("--write", type=Path, action="append", default=[])
    parser.add_argument("--read", type=Path, action="append", default=[])
    parser.add_argument("--plugin-dir", type=Path, action="append", default=[])
    args = parser.parse_args()
    _outlive_sigterm()
    die_with_lane(args.life_fd)
    for fd in (args.in_fd, args.out_fd):
        os.set_inheritable(fd, False)  # else a model's children keep the pipes open
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the lane's to handle
    logging.basicConfig(
        level=args.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    held: tuple[str, ...] = ()
    if args.shut_in:
        held = shut_in(args.write, [*args.read, *args.plugin_dir], tells=args.shut_in == "telling")
    catalog = Catalog.discover(args.plugin_dir, weights=args.weights)
    with os.fdopen(args.in_fd, "rb", buffering=0) as inbox, os.fdopen(args.out_fd, "wb") as outbox:
        runner = Runner(catalog, args.device, inbox, outbox, is_shut_in="files" in held)
        runner.serve()


def _is_walled_out(error: BaseException, work: Work) -> bool:
    """Whether the folder of the results is out of reach: it was made or mounted anew behind the wall's back."""
    name = getattr(error, "filename", None)
    return isinstance(error, PermissionError) and str(name).startswith(f"{work.out_dir}{os.sep}")


def _outlive_sigterm() -> None:
    """SIGTERM is the lane's to handle, and service managers send it to every process: the lane lets a run end.

    A handler, since programs that a model starts would inherit that it is ignored. Its forked children do not get it:
    whoever forked them ends them so.
    """
    signal.signal(signal.SIGTERM, lambda signum, frame: None)
    signal.siginterrupt(signal.SIGTERM, False)  # code in C may not know what to do about EINTR
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))


if __name__ == "__main__":
    main()
