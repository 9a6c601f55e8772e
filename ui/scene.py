"""What a lesson is made of: scenes that compute and draw, readouts, and experiments that check what the page says."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from figures.spec import Stage, T

CACHED_RESULTS = 128  # per scene; shared by all users


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
        Params -> Result: calls the core. Results are cached and shared, so their arrays are read-only.
    draw
        (Result, Params) -> Stage: lays out figures; no computing.
    readouts
        (Result, Params) -> the few numbers beside the picture.
    """

    id: str
    title: T
    lead: T
    controls: tuple[str, ...]
    compute: Callable[[Any], Any]
    draw: Callable[[Any, Any], Stage]
    readouts: Callable[[Any, Any], tuple[Readout, ...]]
    more: tuple[str, ...] = ()

    def result(self, params: Any) -> Any:
        """Compute, or take what any user computed before."""
        return _cached(self.compute)(params)


@functools.cache
def _cached(compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.lru_cache(maxsize=CACHED_RESULTS)
    def computed(params: Any) -> Any:
        result = compute(params)
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
