"""What a runner answers for an error: a code, a sentence for the client, and whose memory did not suffice.

The text of an unforeseen error may hold paths of this machine: the log keeps it, the client gets its kind.
"""

from __future__ import annotations

import logging

from pipelines.errors import PipelineError
from pipelines.memory import short_of
from pipelines.messages import Failed
from pipelines.spec import ModelCard, Work

log = logging.getLogger("meshkiln.runner")


def run_failed(error: BaseException, work: Work, card: ModelCard | None) -> Failed:
    """The answer for a run; None for a card that there is not."""
    short = short_of(error)
    _log(error, f"job {work.job_id}")
    if isinstance(error, PipelineError):
        return Failed(work.job_id, error.code, error.message, short)
    if short == "gpu":
        less = " or ".join(card.memory_params if card else ()) or "input"
        reason = f"the GPU's memory did not suffice for {work.model_id}; try a smaller {less}"
    elif short == "machine":
        reason = "the machine ran out of memory; try a smaller texture_size or input"
    else:
        reason = f"the model failed with {_kind(error)}; the server's log has the details"
    return Failed(work.job_id, "JOB_FAILED", reason, short, is_unforeseen=not short)


def load_failed(error: BaseException, job_id: str, model_id: str) -> Failed:
    """The answer for a model that could not be loaded. `job_id` is empty where no job waits for it."""
    short = short_of(error)
    _log(error, f"loading {model_id}")
    code = error.code if isinstance(error, PipelineError) else "JOB_FAILED"
    if isinstance(error, PipelineError):
        reason = error.message
    elif short == "gpu":
        reason = (
            f"the GPU's memory did not suffice for {model_id}; it needs a GPU with more of it free"
        )
    elif short == "machine":
        reason = f"the machine ran out of memory; {model_id} needs more"
    elif isinstance(error, ModuleNotFoundError) and error.name:
        reason = f"the module {error.name} is not installed"
    else:
        reason = f"it failed with {_kind(error)}; the server's log has the details"
    return Failed(
        job_id,
        code,
        f"the model could not be loaded: {reason}",
        short,
        while_loading=True,
        is_unforeseen=not (short or isinstance(error, PipelineError)),
    )


def _log(error: BaseException, doing: str) -> None:
    if isinstance(error, PipelineError):
        log.info("%s: %s", doing, error.message)
    else:
        log.error("%s failed", doing, exc_info=error)


def _kind(error: BaseException) -> str:
    return type(error).__name__
