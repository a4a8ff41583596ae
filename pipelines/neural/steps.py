"""Progress and cancel points for models that offer neither: a method that they call once a step is watched.

Knows no model. The method is wrapped on one instance and put back, so that a cancelled run leaves the model as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pipelines.spec import Report


@dataclass(frozen=True)
class Span:
    """A part of a stage: from `start` to `end`, shares of the stage."""

    report: Report
    stage: str
    start: float = 0.0
    end: float = 1.0

    def __call__(self, done: float = 0.0) -> None:
        """Report that the share `done` of this part is done. Raises RunCancelled for a run that nobody wants."""
        share = min(1.0, max(0.0, done))
        self.report(self.stage, self.start + (self.end - self.start) * share)

    def part(self, start: float, end: float) -> Span:
        """The part of this part from `start` to `end`."""
        width = self.end - self.start
        return replace(self, start=self.start + width * start, end=self.start + width * end)


@contextmanager
def counted(owner: Any, method: str, count: int, span: Span) -> Iterator[None]:
    """Report before each call of `owner.method` and after it, `count` calls being the whole of the span.

    RunCancelled comes out of the call: the model's own code hands it on. More calls than `count` stay at the end.
    """
    done = 0

    def step(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        nonlocal done
        span(done / max(count, 1))
        answer = call(*args, **kwargs)
        done += 1
        span(done / max(count, 1))
        return answer

    with wrapped(owner, method, step):
        yield


@contextmanager
def each(owners: Sequence[Any], method: str, span: Span) -> Iterator[None]:
    """Report before each call of `method` on any of the owners, which are called once each: the layers of one pass."""
    done = 0

    def step(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        nonlocal done
        span(done / max(len(owners), 1))
        done += 1
        return call(*args, **kwargs)

    with ExitStack() as stack:
        for owner in owners:
            stack.enter_context(wrapped(owner, method, step))
        yield


@contextmanager
def wrapped(owner: Any, method: str, around: Callable[..., Any]) -> Iterator[None]:
    """Within the block, owner.method(*args) is around(the method, *args). What the instance itself had is put back."""
    own = vars(owner)
    had, before = method in own, own.get(method)
    call = getattr(owner, method)

    def instead(*args: Any, **kwargs: Any) -> Any:
        return around(call, *args, **kwargs)

    # Past __setattr__: torch and diffusers have their own ideas of what an attribute may be.
    own[method] = instead
    try:
        yield
    finally:
        if had:
            own[method] = before
        else:
            del own[method]
