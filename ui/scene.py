"""What a scene is: a module that reads parameters, computes, draws and checks, with its sentences in a TOML beside it.

In this order the module gives

=============  =========================================================================================================
``CONTROLS``   up to four fields beside the picture; the other fields of ``Params`` stand behind "more", in their order
``ZOOM``       optional: fields that make it another picture, so that the reader's zoom is not kept
``Params``     a frozen dataclass, one field a control (`ui.params`): this scene's fields only
``compute``    Params -> result: numbers, the core's alone. Shared by all who ask for the same, so its arrays are locked
``READOUTS``   the few numbers beside the picture, each a path into the result
``draw``       (result, Params) -> `figures.spec.Stage`: marks and axes
``code``       Params -> Python that prints the readouts, from the core alone
``CHECKS``     the experiments: id -> `Check`
``tasks``      optional: Params -> slow work by name; then ``compute`` takes (Params, parts). ``QUICK``: fields with
               which it takes a second or two
``warm``       optional: what takes long at the first visit, done once in the background
=============  =========================================================================================================
"""

import functools
import hashlib
import operator
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from core.result import lock
from core.text import T
from figures.spec import NOTHING, Figure, Stage
from ui import params as ps
from ui.cache import RESULTS
from ui.jobs import Cancelled, Report
from ui.sentences import SERIES, last, say, written

CACHED_PARTS = 32  # results of slow work done without a job: for experiments and tests


@dataclass(frozen=True)
class Readout:
    """A number worth reading aloud: its name in the code's output, and where in the result it is ("best.gain").

    Where there is a text `T`, that is read; where there is None, nothing.

    A picture with a playhead tells one time, and so do its numbers. Where the path leads to an array or a list, that
    holds what is read at each frame, and the value is the last. Any other number is of the end, and waits for it,
    unless it is `still`: the same at each frame, a number of the data, say.
    """

    key: str
    label: T
    path: str
    digits: int = 0
    unit: T = NOTHING
    still: bool = False

    def value(self, result: Any) -> float | T | None:
        """Take it from a result."""
        taken: float | T | None = last(operator.attrgetter(self.path)(result))
        return taken

    def text(self, result: Any, lang: str) -> str:
        """Write it in a language, with `digits` decimals."""
        return self._written(self.value(result), lang)

    def texts(self, result: Any, lang: str, frames: int) -> list[tuple[int, str]]:
        """Write what it says from which of so many frames on; of a number of the end nothing until then.

        Raises
        ------
        ValueError
            There are more or fewer values than frames.
        """
        values = operator.attrgetter(self.path)(result)
        if self.still or frames < 2:
            return [(0, self.text(result, lang))]
        if not isinstance(values, SERIES):
            return [(0, ""), (frames - 1, self.text(result, lang))]
        if len(values) != frames:
            raise ValueError(f"{self.key} has {len(values)} values for {frames} frames.")
        texts = [self._written(value, lang) for value in values]
        return [(k, text) for k, text in enumerate(texts) if k == 0 or text != texts[k - 1]]

    def _written(self, value: float | T | None, lang: str) -> str:
        if isinstance(value, T):
            return value(lang)
        shown = written(value, f",.{self.digits}f")
        return shown + self.unit(lang) if shown[-1].isdigit() else shown


@dataclass(frozen=True)
class Check:
    """Runs that differ from the defaults, one result each, and whether what the page claims of them holds.

    Parameters
    ----------
    sets
        The fields that each run sets. The last run is what the stage shows.
    holds
        Takes the results in order.
    control
        Sets for which `holds` is False, or a function of the results that gives wrong ones: the claim can fail.
    measure
        Takes the results, and gives what the sentences tell of all runs together: a mean over seeds is
        ``{m.mean:.2f}``.
    """

    sets: tuple[Mapping[str, Any], ...]
    holds: Callable[..., bool]
    control: tuple[Mapping[str, Any], ...] | Callable[..., tuple[Any, ...]] = ()
    measure: Callable[..., Any] | None = None


def over_seeds(**fields: Any) -> tuple[dict[str, Any], ...]:
    """Give the sets of five runs that differ in their seed alone; the last is the stage's own, seed 0."""
    return tuple({**fields, "seed": seed} for seed in (4, 3, 2, 1, 0))


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
        (key, report) -> result; a function of a module. It calls `report(share, partial)` at least ten times a second.
        Both partials and result are shared by all users: a new object each, never changed again.
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
class Experiment:
    """A question with a claim that the page checks when it is tried, and the tests check always."""

    id: str
    scene: "Scene"
    check: Check
    words: Mapping[str, Any]

    @property
    def question(self) -> T:
        """What is asked."""
        return T(*self.words["ask"])

    @property
    def choices(self) -> tuple[T, ...]:
        """What one may predict."""
        return tuple(T(*choice) for choice in self.words["choices"])

    @property
    def answer(self) -> int:
        """Which choice is right."""
        return int(self.words["answer"])

    def params(self) -> tuple[Any, ...]:
        """Give the parameters of each run."""
        return tuple(self.scene.Params(**fields) for fields in self.check.sets)

    def results(self) -> tuple[Any, ...]:
        """Compute each run."""
        return tuple(self.scene.result(params) for params in self.params())

    def claim(self, results: Sequence[Any]) -> T:
        """Say what was checked."""
        return self._say("claim", results)

    def evidence(self, results: Sequence[Any]) -> T:
        """Say the numbers behind the verdict."""
        return self._say("shows", results)

    def _say(self, key: str, results: Sequence[Any]) -> T:
        measure = self.check.measure
        return say(self.words[key], *results, m=measure(*results) if measure else None)


@dataclass(frozen=True, eq=False)
class Scene:
    """One idea, one stage, its own few controls: a module and its words.

    Parameters
    ----------
    topic, id
        Of the lesson, and the `?scene=` of links.
    module
        What the head of this file lists.
    words
        The scene's TOML: title, lead, [figure], [note], [experiment], and what explains a [control] or a [readout] by
        its name; what it lacks the lesson's may have.
    """

    topic: str
    id: str
    module: ModuleType
    words: Mapping[str, Any] = field(repr=False)

    @property
    def title(self) -> T:
        """The scene's name."""
        return T(*self.words["title"])

    @property
    def lead(self) -> T:
        """What to look for before the hand moves."""
        return T(*self.words["lead"])

    @property
    def Params(self) -> type[Any]:  # noqa: N802
        """The class of its parameters."""
        kind: type[Any] = self.module.Params
        return kind

    @functools.cached_property
    def fields(self) -> dict[str, ps.Control]:
        """Its controls by name."""
        return dict(ps.controls(self.Params))

    @functools.cached_property
    def controls(self) -> tuple[str, ...]:
        """Give the fields beside the picture."""
        return tuple(self.module.CONTROLS)

    @functools.cached_property
    def more(self) -> tuple[str, ...]:
        """Give the fields behind "more"; what is made on the stage or comes from a table is in neither."""
        kinds = (ps.Slider, ps.Choice, ps.Toggle, ps.Text)
        return tuple(n for n, control in self.fields.items() if n not in self.controls and isinstance(control, kinds))

    @property
    def quick(self) -> Mapping[str, Any]:
        """Fields with which all tasks take a second or two: there the tests wait for them."""
        return getattr(self.module, "QUICK", {})

    def tasks(self, params: Any) -> Mapping[str, Task]:
        """Give the slow work it needs, by name; a job starts when a key appears."""
        tasks: Callable[[Any], Mapping[str, Task]] | None = getattr(self.module, "tasks", None)
        return tasks(params) if tasks else {}

    def result(self, params: Any, parts: Mapping[str, Part] | None = None) -> Any:
        """Compute, or take what any visitor computed before.

        Parameters
        ----------
        parts
            What there is of the tasks; by default all of each, worked out here and now.
        """

        def make() -> Any:
            given = {name: task.whole() for name, task in self.tasks(params).items()} if parts is None else parts
            result = self.module.compute(params, given) if given else self.module.compute(params)
            lock(result)
            return result

        if parts is None or all(part.done for part in parts.values()):
            return RESULTS.get((self.module, params), make)
        return make()

    def picture(self, result: Any, params: Any) -> Stage:
        """Draw, and give each figure its title, its alternative and its zoom."""
        stage: Stage = self.module.draw(result, params)
        zoom = _short(getattr(params, name) for name in getattr(self.module, "ZOOM", ()))
        named = tuple(self._named(figure, result, params, zoom) for figure in stage.figures)
        return replace(stage, figures=named, note=self._note(stage.note, result, params))

    def _named(self, figure: Any, result: Any, params: Any, zoom: str) -> Any:
        said = self._words_of("figure", figure.says or figure.name)
        title, alt = (say(said[key], r=result, p=params) for key in ("title", "alt"))
        if not isinstance(figure, Figure):
            return replace(figure, title=title, alt=alt)
        view = f"{self.id} {figure.name} {zoom} {figure.layout.get('uirevision', '')}"
        layout = {**figure.layout, "uirevision": view}
        if "scene" in layout:
            layout["scene"] = {**layout["scene"], "uirevision": view}
        if "title" in layout:
            layout["title"] = {**layout["title"], "text": title}
        return replace(figure, layout=layout, title=title, alt=alt)

    def _note(self, note: T | str | Sequence[str] | None, result: Any, params: Any) -> T | None:
        if note is None or isinstance(note, T):
            return note
        names = [note] if isinstance(note, str) else note
        said = [say(self._words_of("note", name), r=result, p=params) for name in names]
        return T("".join(s.ja for s in said), " ".join(s.en for s in said)) if said else None

    def _words_of(self, kind: str, name: str) -> Any:
        said = self._said(kind)
        if name not in said:
            there = f"there is {', '.join(said)}" if said else "there is none"
            raise LookupError(f"{self.topic}/{self.id}.toml has no [{kind}] of the name {name!r}: {there}.")
        return said[name]

    def _said(self, kind: str) -> Mapping[str, Any]:
        words: Mapping[str, Any] = self.words.get(kind, {})
        return words

    @property
    def readouts(self) -> tuple[Readout, ...]:
        """The numbers beside the picture."""
        return tuple(self.module.READOUTS)

    def hint(self, kind: str, name: str) -> T | None:
        """Give what explains a "control" or a "readout" to someone who does not know the word, if anything does."""
        pair = self._said(kind).get(name)
        return T(*pair) if pair else None

    def read(self, result: Any) -> tuple[Readout, ...]:
        """Give those of the readouts that have something to say now."""
        return tuple(readout for readout in self.readouts if readout.value(result) is not None)

    def code(self, params: Any) -> str:
        """Give runnable Python that prints the readouts."""
        return str(self.module.code(params))

    @functools.cached_property
    def experiments(self) -> tuple[Experiment, ...]:
        """What one may predict and try here."""
        checks: Mapping[str, Check] = self.module.CHECKS
        return tuple(Experiment(id, self, check, self._words_of("experiment", id)) for id, check in checks.items())


def _short(values: Iterable[Any]) -> str:
    """Name values in a few characters, the same in every process."""
    text = " ".join(map(str, values))
    return text if len(text) < 40 else hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
