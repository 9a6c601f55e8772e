"""What every lesson promises, as functions; `test_lessons.py` also shows that a broken lesson fails them."""

import contextlib
import dataclasses
import functools
import io
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.text import T
from figures.spec import Figure, Frames, Kept, Live, Scaled, Stage
from tests.canvas import is_painted
from ui import params as ps
from ui import stage
from ui.catalog import ROOT
from ui.scene import Experiment, Part, Readout, Scene, Task

OURS = ("points", "handles", "press", "picture", "quadric")  # kinds of trace that Plotly does not know
WILD = ("nan", "inf", "-1e999", "", " ", "💥", "../../etc/passwd", "<script>", "1;2;3", "0," * 3, "9" * 400, "null")
RESERVED = {"at", "check", "embed", "embed_options", "hide", "lang", "of", "scene", "step", "view"}


def glimpse(scene: Scene, params: Any) -> Any:
    """Compute with each slow part as far as its first partial result, if it was not made ahead."""
    tasks = scene.tasks(params)
    return scene.result(
        params, {n: _first(t.work, t.key) if t.made(t.key) is None else t.first() for n, t in tasks.items()}
    )


@functools.lru_cache(32)  # many corners wait for the same work
def _first(work: Callable[[Any, Any], Any], key: Any) -> Part:
    return Task(T("", ""), key, work).first()


def measured(scene: Scene, id: str) -> Any:
    """Give what an experiment measures of its runs together."""
    experiment = next(experiment for experiment in scene.experiments if experiment.id == id)
    assert experiment.check.measure
    return experiment.check.measure(*experiment.results())


@dataclasses.dataclass(frozen=True)
class Seen:
    """What one sees of a scene: the picture and the numbers beside it; and the bytes of a move."""

    picture: str  # a digest
    numbers: tuple[str, ...]
    size: int


@functools.cache  # several checks look at the same
def everything_draws(scene: Scene, params: Any) -> Seen:
    """Compute, draw and encode in both languages. Results must be read-only."""
    result = glimpse(scene, params)
    assert not list(writeable(result)), f"{scene.id}: a shared result has a writeable array"
    picture = scene.picture(result, params)
    is_a_stage(picture)
    japanese, english = (stage.encode(picture, language) for language in ("ja", "en"))
    frames = len(picture.playhead.steps) if picture.playhead else 1
    for readout in scene.read(result):
        for language in ("ja", "en"):
            assert readout.label(language)
            assert readout.texts(result, language, frames)[-1][1] == readout.text(result, language) != ""
    numbers = tuple(readout.text(result, "en") for readout in scene.read(result))
    return Seen(english.digest, numbers, max(japanese.size, english.size))


def slow_work_can_wait(scene: Scene, params: Any) -> None:
    """Draw while nothing of the slow work is there, then when all of it is, at the scene's quick fields."""
    nothing = scene.result(params, {name: Part() for name in scene.tasks(params)})
    waiting = scene.picture(nothing, params)
    is_a_stage(waiting)
    for readout in scene.read(nothing):
        assert readout.text(nothing, "ja")
    quick = dataclasses.replace(params, **scene.quick)
    done = scene.picture(scene.result(quick), quick)
    is_a_stage(done)
    assert (waiting.playhead is None) == (done.playhead is None), f"{scene.id}: the end of a job moves the page"


def writeable(value: Any, seen: set[int] | None = None) -> Iterator[np.ndarray]:
    """Find arrays that can be written to, by whatever path they are reached: fields, items, attributes."""
    seen = set() if seen is None else seen
    if id(value) in seen or isinstance(value, str | bytes | int | float | type | None):
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        if value.flags.writeable:
            yield value
        return
    inside = list(value.values()) if isinstance(value, Mapping) else []
    inside += list(value) if isinstance(value, list | tuple | set) else []
    inside += list(vars(value).values()) if dataclasses.is_dataclass(value) else []
    for item in inside:
        yield from writeable(item, seen)


def is_a_stage(picture: Stage) -> None:
    """Check a stage's grid, figures, words and frames, and that the canvas can paint what it is given."""
    names = {part.name for part in (*picture.figures, *picture.cards)}
    assert {cell for row in picture.grid for cell in row.split()} == names
    assert len({len(row.split()) for row in picture.grid}) == 1
    plain = [figure for figure in picture.figures if isinstance(figure, Figure)]
    for figure in picture.figures:
        for text in (figure.title, figure.alt):
            assert text.ja.strip(), figure.name
            assert text.en.strip(), figure.name
        if isinstance(figure, Live):
            assert (ROOT / "assets" / figure.module).is_file()
    nothing_is_told_ahead(picture)
    for figure in plain:
        for axis in ("xaxis", "yaxis"):
            assert axis not in figure.layout or np.isfinite(figure.layout[axis]["range"]).all(), figure.name
        for trace in figure.under:
            is_painted(trace)
    moving = list(frames_in([[f.under, f.data] if isinstance(f, Figure) else [f.data] for f in picture.figures]))
    if picture.playhead is None:
        assert not moving, "an array moves with a playhead that is not there"
        assert all(len(row.array) == 1 for card in picture.cards for row in card.rows)
        return
    steps = np.asarray(picture.playhead.steps)
    assert (np.diff(steps) >= 0).all()
    for array in moving:
        assert len(array.array) * array.every == len(steps)
    for card in picture.cards:
        assert all(len(row.array) in (1, len(steps)) for row in card.rows)


def nothing_is_told_ahead(picture: Stage) -> None:
    """A line along which a ring moves shows no more than where the ring has been."""
    for figure in picture.figures if picture.playhead else ():
        under = getattr(figure, "under", ())
        lines = [trace for trace in under if trace["type"] == "scatter" and "lines" in trace.get("mode", "lines")]
        for trace in lines:
            x, y = (at.values if isinstance(at, Kept) else at for at in (trace["x"], trace["y"]))
            if isinstance(x, Frames) or isinstance(y, Frames):
                continue
            path = list(zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True))
            for way in (way for mark in under if _is_ring(mark) for way in _ways(mark)):
                seen = {place for place in way if np.isfinite(place).all()}
                if len(seen) < 2 or not seen <= set(path):
                    continue  # it stands still, or moves elsewhere
                assert "until" in trace.get("meta", {}), f"{figure.name}: a line goes on where its ring is not yet"
                counts = trace["meta"]["until"].array[:, 0].astype(int)
                # At its ring, or one place behind: a prediction that nothing corrects stands where the line will be.
                ends = [
                    (place, path[max(0, n - 1) : n + 1]) for place, n in zip(way, counts, strict=True) if place in seen
                ]
                assert all(place in end for place, end in ends), f"{figure.name}: a line does not end at its ring"


def _is_ring(trace: Any) -> bool:
    marker = trace.get("marker", {})
    return marker.get("symbol") == "circle-open" and isinstance(trace.get("y"), Frames)


def _ways(ring: Any) -> list[list[tuple[float, float]]]:
    """Give the way of each of a trace's rings: (x, y) at each frame."""
    y = np.asarray(ring["y"].array)
    x = np.asarray(ring["x"].array) if isinstance(ring["x"], Frames) else np.broadcast_to(ring["x"], y.shape)
    x = np.repeat(x, len(y) // len(x), axis=0)
    return [[(float(a), float(b)) for a, b in zip(x[:, i], y[:, i], strict=True)] for i in range(y.shape[1])]


def frames_in(value: Any) -> Iterator[Frames]:
    """Find all that moves."""
    if isinstance(value, Frames):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from frames_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from frames_in(item)


def plotly_takes_it(picture: Stage) -> None:
    """Let plotly's own validators judge what Plotly draws; once a scene, since they take 50 ms."""
    for figure in picture.figures:
        if isinstance(figure, Figure):
            as_plotly(figure)


def as_plotly(figure: Figure) -> go.Figure:
    """Give a figure as Plotly alone would have it; the kinds of trace that Plotly does not know are left out."""
    known = [trace for trace in (*figure.under, *figure.data) if trace["type"] not in OURS]
    return go.Figure(data=[_settled(trace) for trace in known], layout=_settled(dict(figure.layout)))


def _settled(value: Any) -> Any:
    """Put in what the browser would: a colour for its name, a language, the last frame."""
    if isinstance(value, Frames):
        return value.array[-1]
    if isinstance(value, Kept | Scaled):
        return value.values
    if isinstance(value, T):
        return _settled(value.en)
    if isinstance(value, str) and value.startswith("$"):
        return "#123456"
    if isinstance(value, Mapping):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    return value


def snippet_prints_the_readouts(scene: Scene, params: Any) -> None:
    """Run the snippet; each line "key = value" must agree with the readout of that key to the digits shown."""
    printed = _printed(scene.code(params))
    result = scene.result(params)
    readouts = {readout.key: readout for readout in scene.read(result)}
    numbers = {key: r for key, r in readouts.items() if not isinstance(r.value(result), T)}
    assert printed, "the snippet prints nothing"
    assert set(numbers) <= set(printed), (
        f"{scene.id}: the snippet prints {sorted(printed)}, the page shows {sorted(readouts)}"
    )
    for key, readout in numbers.items():
        agrees(readout, result, printed[key])


def agrees(readout: Readout, result: Any, text: str) -> None:
    """Compare a printed number with a readout."""
    value, shown = float(text.split()[0]), float(readout.value(result))  # type: ignore[arg-type]
    if math.isnan(shown) or math.isinf(shown):
        assert str(value) == str(shown), readout.key
    else:
        room = 10.0 ** -(readout.digits + 2) * max(1.0, abs(shown))
        same = value == shown or abs(value - shown) <= room
        assert same, f"{readout.key}: the snippet prints {value}, the page shows {shown}"


def run(code: str) -> dict[str, str]:
    """Execute a snippet and give what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<snippet>", "exec"), {"__name__": "__main__"})
    return dict(line.split(" = ", 1) for line in out.getvalue().splitlines() if " = " in line)


_printed = functools.cache(run)  # many corners have the same code


def experiment_holds(experiment: Experiment) -> None:
    """Run an experiment: its claim must hold, and its question must be answerable."""
    assert 0 <= experiment.answer < len(experiment.choices) >= 2
    results = experiment.results()
    verdict = experiment.check.holds(*results)
    assert isinstance(verdict, bool | np.bool_), experiment.id
    assert verdict, experiment.id
    for language in ("ja", "en"):
        assert experiment.evidence(results)(language)
        assert experiment.claim(results)(language)


def control_fails(experiment: Experiment) -> None:
    """Run an experiment's control: what would make its claim false does so."""
    control = experiment.check.control
    if callable(control):
        results = control(*experiment.results())
    else:
        results = tuple(experiment.scene.result(experiment.scene.Params(**fields)) for fields in control)
    assert not experiment.check.holds(*results), f"{experiment.id} holds of its control as well"


def controls_are_sound(scene: Scene) -> None:
    """Check that the controls exist, that a first look shows at most four, and that URLs round-trip."""
    assert set(scene.controls) <= set(scene.fields)
    assert not set(scene.fields) & RESERVED
    for params in ps.corners(scene.Params):
        assert 1 <= sum(ps.applies(scene.fields[name], params) for name in scene.controls) <= 4
        back, wild = ps.parse(scene.Params, ps.query(params))
        assert not wild
        assert back == params


def wild_urls_fall_back(scene: Scene) -> None:
    """Whatever a URL brings is taken whole, or named and replaced by the default."""
    default = scene.Params()
    for name, control in scene.fields.items():
        for text in WILD:
            params, wild = ps.parse(scene.Params, {name: text})
            if name in wild:
                assert params == default, (name, text)
                continue
            assert control.parse(control.dump(getattr(params, name))) == getattr(params, name), (name, text)
            assert ps.parse(scene.Params, ps.query(params))[0] == params, (name, text)


def fields_that_do_nothing(scene: Scene) -> list[str]:
    """Name the fields none of whose values changes what one sees: the picture, the numbers, the code.

    A field that waits for another one (`when`) is tried where it applies.
    """
    asleep = []
    corners = [*ps.corners(scene.Params), *_between(scene)]
    for name, control in scene.fields.items():
        start = next((params for params in corners if ps.applies(control, params)), None)
        assert start is not None, f"{scene.id}: {name} never applies"
        sets = getattr(control, "sets", {})
        first = _shown(scene, start)
        tried = (dataclasses.replace(start, **{**sets, name: value}) for value in control.ends())
        if all(_shown(scene, params) == first for params in tried if params != start):
            asleep.append(name)
    return asleep


def _between(scene: Scene) -> Iterator[Any]:
    """Yield what lies between the ends of short sliders, such as the number of a question."""
    for name, control in scene.fields.items():
        if isinstance(control, ps.Slider) and control.whole and control.high - control.low < 10:
            for value in range(int(control.low), int(control.high)):
                yield dataclasses.replace(scene.Params(), **{name: value})


def _shown(scene: Scene, params: Any) -> tuple[Any, ...]:
    seen = everything_draws(scene, params)
    return seen.picture, seen.numbers, scene.code(params)
