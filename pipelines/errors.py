"""What can go wrong in a pipeline, each kind with the code that both APIs show.

PipelineError            JOB_FAILED
├── InvalidValue         INVALID_VALUE         a parameter is out of range, of the wrong type, or unknown
├── UnreadableInput      FILE_UPLOAD_ERROR     an input file is not what it claims to be
├── NothingToModel       INVALID_VALUE         the input is sound but shows nothing to make a mesh of
├── ModelNotAvailable    MODEL_NOT_AVAILABLE   no such model, or it cannot run on this installation
│   └── InsufficientVram INSUFFICIENT_VRAM     it needs more memory than any GPU here has
└── ModelLoadFailed      JOB_FAILED            the weights or libraries of a model could not be loaded

A message names the field, the value and the way out. It never holds a path of the server.
"""

from __future__ import annotations


class PipelineError(Exception):
    """A failure that is answered to the client in plain words."""

    code = "JOB_FAILED"

    @property
    def message(self) -> str:
        return str(self)


class InvalidValue(PipelineError):
    """A parameter is out of range, of the wrong type, or unknown."""

    code = "INVALID_VALUE"


class UnreadableInput(PipelineError):
    """An input file is not what it claims to be: broken, truncated, or of another format."""

    code = "FILE_UPLOAD_ERROR"


class NothingToModel(PipelineError):
    """The input is sound but there is nothing in it to make a mesh of: an empty image, a mesh with no faces."""

    code = "INVALID_VALUE"


class ModelNotAvailable(PipelineError):
    """No such model, or one that cannot run here. The message says why and what can."""

    code = "MODEL_NOT_AVAILABLE"


class InsufficientVram(ModelNotAvailable):
    """A model that needs more memory than the largest GPU here has: a job for it could never start."""

    code = "INSUFFICIENT_VRAM"


class ModelLoadFailed(PipelineError):
    """The weights or the libraries of a model could not be loaded."""
