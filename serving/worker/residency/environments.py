"""The Python environments of model families: where their interpreters are, and what a card lacks there.

No single environment can hold the libraries of all families. Knows folders and asks interpreters. Does not know
runners: serving.worker.residency.handle starts them.
"""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pipelines import catalog, checkpoints
from pipelines.spec import ModelCard

log = logging.getLogger("meshkiln.lane")

# Starting Python takes a moment, and much longer from a cold disk. A lane asks all before its first word, for which the
# supervisor has patience (FIRST_WORD_S).
ANSWER_S = 10.0
# What a runner itself needs, whatever its model.
_RUNNERS_OWN = ("pydantic",)
_ASK = """
import json, sys
from importlib.util import find_spec
print()
print(json.dumps([name for name in sys.argv[1:] if find_spec(name) is None]))
"""


class _Unanswered(Exception):
    """An interpreter did not say what it has. The message says why, in words."""


class _Silent(Exception):
    """An interpreter did not answer in time."""


class Environments:
    """The environments below a folder, by name. What one has is asked once: a lane that starts anew asks again.

    Of one that does not answer in time nothing is known to be missing: its disk may be slow now, and loading a model
    will tell.
    """

    def __init__(self, root: Path, checkpoints_dir: Path | None = None) -> None:
        self._root = root
        self._checkpoints_dir = checkpoints_dir or checkpoints.root()
        self._has: dict[str, dict[str, bool]] = {}
        self._failures: dict[str, str] = {}
        self._silent: set[str] = set()

    def interpreter(self, card: ModelCard) -> Path | None:
        """The Python that the card's runner needs; None for the server's own. It need not be there."""
        # Not resolved: the link that it is tells Python which environment it is of.
        return self._root / card.environment / "bin" / "python" if card.environment else None

    def unmet(self, card: ModelCard) -> str:
        """Why a model cannot run on this machine, and the command that mends it; "" when nothing is missing."""
        if missing := self._lacks(card):
            return missing + _installed_by(card.setup_flags)
        lacking = (checkpoints.lacking(one, self._checkpoints_dir) for one in card.checkpoints)
        if missing := next(filter(None, lacking), ""):
            return missing + _installed_by((*card.setup_flags, "--weights"))
        return ""

    def _lacks(self, card: ModelCard) -> str:
        """What of its libraries is not installed; "" when all are."""
        interpreter = self.interpreter(card)
        if interpreter is None:
            return catalog.unmet(card)
        name = card.environment
        if not interpreter.is_file():
            return f"its environment {name} is not installed here"
        needed = [*_RUNNERS_OWN, *(module.partition(".")[0] for module in card.requires)]
        try:
            missing = self._missing(name, interpreter, needed)
        except _Unanswered as failure:
            return f"its environment {name} {failure}"
        return f"not installed in its environment {name}: {', '.join(missing)}" if missing else ""

    def _missing(self, name: str, interpreter: Path, modules: Sequence[str]) -> list[str]:
        """Which of the modules the environment lacks. Raises _Unanswered, also for one that failed before."""
        if name in self._failures:
            raise _Unanswered(self._failures[name])
        has = self._has.setdefault(name, {})
        unknown = sorted({module for module in modules if module not in has})
        if unknown and name not in self._silent:
            try:
                missing = _ask(interpreter, unknown)
                has.update({module: module not in missing for module in unknown})
            except _Unanswered as failure:
                self._failures[name] = str(failure)
                raise
            except _Silent:
                log.warning(
                    "%s does not answer within %g s; loading will tell what it lacks",
                    *(interpreter, ANSWER_S),
                )
                self._silent.add(name)
        return [module for module in dict.fromkeys(modules) if not has.get(module, True)]


def _installed_by(flags: Sequence[str]) -> str:
    """The command, where setup.sh knows the model."""
    own = [flag for flag in flags if flag != "--weights"]
    return f"; ./setup.sh {' '.join(flags)} installs it" if own else ""


def _ask(interpreter: Path, modules: Sequence[str]) -> list[str]:
    """Which of the top-level modules that Python does not find. Imports none. Raises _Unanswered, _Silent."""
    try:
        ended = subprocess.run(
            [str(interpreter), "-I", "-c", _ASK, *modules],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_S,
            check=True,
        )
        missing: list[str] = json.loads(ended.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        raise _Silent from None
    except subprocess.CalledProcessError as error:
        log.error("%s fails: %s", interpreter, error.stderr.decode(errors="replace")[-2000:])
        raise _Unanswered(f"does not work (exit code {error.returncode})") from None
    except (OSError, ValueError, IndexError) as error:
        log.error("%s fails: %s", interpreter, error)
        raise _Unanswered(f"does not work ({type(error).__name__})") from None
    return missing
