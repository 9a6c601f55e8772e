"""What a lesson is made of: scenes that compute and draw, readouts, and experiments that check what the page says."""

import dataclasses
import functools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from figures.spec import Stage, T
from ui.jobs import Cancelled, Report

CACHED_RESULTS = 128  # per scene; shared by all users
CACHED_PARTS = 32  # results of slow work done without a job: for experiments and tests


@dataclass(frozen=True)
class Readout:
    """A number worth reading aloud. `key` names it in the snippet's output; `value` may be a word."""

    key: str
    label: T
    value: float | T
    digits: int = 0
    unit: T = T("", "")

    def text(self, lang: str) -> str:
        """Write the value in a language, with `digits` decimals."""
        if isinstance(self.value, T):
            return self.value(lang)
        if self.value != self.value:
            return "–"
        if self.value in (float("inf"), float("-inf")):
            return "∞" if self.value > 0 else "−∞"
        return f"{self.value:,.{self.digits}f}".replace("-", "−") + self.unit(lang)


@dataclass(frozen=True)
class Task:
    """Slow work that a scene waits for without anybody's hand being held up.

    Parameters
    ----------
    title
        What is being computed, in a word or two.
    key
        Says all that the result depends on; it is the only thing `work` knows.
    work
        (key, report) -> result; a function of a module. It calls `report(share, partial)` at least ten times a second. Both
        partials and result are shared by all users: a new object each, never changed again.
    made
        key -> the result if it was made ahead, else None; instant.
    """

    title: T
    key: Hashable
    work: Callable[[Any, Report], Any]
    made: Callable[[Any], Any] = lambda key: None

    def whole(self) -> "Part":
        """Take what was made ahead, or do all of the work here and now."""
        made = self.made(self.key)
        return Part(_done(self.work, self.key) if made is None else made, done=True)

    def first(self) -> "Part":
        """Take what was made ahead, or work until there is something to draw: the first partial result."""
        made = self.made(self.key)
        if made is not None:
            return Part(made, done=True)
        partials = []

        def report(progress: float, partial: Any = None) -> None:
            if partial is not None:
                partials.append(partial)
                raise Cancelled

        try:
            return Part(self.work(self.key, report), done=True)
        except Cancelled:
            return Part(partials[0])


@functools.lru_cache(CACHED_PARTS)
def _done(work: Callable[[Any, Report], Any], key: Hashable) -> Any:
    return work(key, lambda progress, partial=None: None)


@dataclass(frozen=True, eq=False)
class Part:
    """What there is of a `Task` now: its result if `done`, else the latest partial, or None if nothing came yet."""

    value: Any = None
    done: bool = False


@dataclass(frozen=True)
class Scene:
    """One idea, one stage, its own few controls.

    Parameters
    ----------
    id
        The `?scene=` of links.
    title, lead
        The scene's name, and what to look for before the hand moves.
    controls, more
        Fields of Params shown beside the picture (at most four), and behind "more".
    compute
        Params -> Result: calls the core. Results are cached and shared, so their arrays are read-only. With `tasks`,
        (Params, parts by name) -> Result, where a part may not be done yet.
    draw
        (Result, Params) -> Stage: lays out figures; no computing.
    readouts
        (Result, Params) -> the few numbers beside the picture.
    tasks
        Params -> the slow work it needs, by name. A job starts when a key appears, and its partial results are drawn as
        they come.
    quick
        Fields with which all tasks take a second or two: there the tests wait for them.
    """

    id: str
    title: T
    lead: T
    controls: tuple[str, ...]
    compute: Callable[..., Any]
    draw: Callable[[Any, Any], Stage]
    readouts: Callable[[Any, Any], tuple[Readout, ...]]
    more: tuple[str, ...] = ()
    tasks: Callable[[Any], Mapping[str, Task]] = lambda params: {}
    quick: Mapping[str, Any] = field(default_factory=dict)

    def result(self, params: Any, parts: Mapping[str, Part] | None = None) -> Any:
        """Compute, or take what any user computed before.

        Parameters
        ----------
        parts
            What there is of the tasks; by default all of each, worked out here and now.
        """
        if parts is None:
            parts = {name: task.whole() for name, task in self.tasks(params).items()}
        if all(part.done for part in parts.values()):
            return _cached(self.compute)(params, _Whole(parts))
        result = self.compute(params, parts)
        _make_read_only(result)
        return result


@dataclass(frozen=True)
class _Whole:
    """The parts of a scene, all done. The parameters say what is in them: to a cache, all are equal."""

    parts: Mapping[str, Part] = field(compare=False)


@functools.cache
def _cached(compute: Callable[..., Any]) -> Callable[[Any, _Whole], Any]:
    @functools.lru_cache(maxsize=CACHED_RESULTS)
    def computed(params: Any, whole: _Whole) -> Any:
        result = compute(params, whole.parts) if whole.parts else compute(params)
        _make_read_only(result)
        return result

    return computed


def _make_read_only(value: Any) -> None:
    """Lock every array in a result: all users look at the same one."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            _make_read_only(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for item in value:
            _make_read_only(item)


@dataclass(frozen=True)
class Experiment:
    """A question with a claim that the page checks when it is tried, and the tests check always.

    Parameters
    ----------
    id
        Names it in tests and keys.
    scene
        Where it plays.
    question, choices, answer
        What the learner predicts, and which choice is right.
    sets
        One or more sets of fields that differ from the defaults; one result each. The last is what the stage shows.
    check
        Takes the results in order; True if the claim holds.
    claim
        What was checked, as a sentence.
    evidence
        Takes the results; the numbers behind the verdict, as a sentence.
    """

    id: str
    scene: str
    question: T
    choices: tuple[T, ...]
    answer: int
    sets: tuple[Mapping[str, Any], ...]
    check: Callable[..., bool]
    claim: T
    evidence: Callable[..., T]

    def params(self, module: ModuleType) -> tuple[Any, ...]:
        """Give the parameters of each run."""
        return tuple(dataclasses.replace(module.Params(), **fields) for fields in self.sets)

    def results(self, module: ModuleType) -> tuple[Any, ...]:
        """Compute each run."""
        scene = scene_of(module, self.scene)
        return tuple(scene.result(params) for params in self.params(module))


def scene_of(module: ModuleType, scene: str | None) -> Scene:
    """Give a lesson's scene by id, its first for an unknown one."""
    scenes: tuple[Scene, ...] = module.SCENES
    return next((s for s in scenes if s.id == scene), scenes[0])
