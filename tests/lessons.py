"""What every lesson promises, as functions a test calls; `test_lessons.py` also shows that a broken lesson fails them."""

import contextlib
import dataclasses
import io
import math
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.spec import Figure, Frames, Kept, Live, Stage, T
from ui import params as ps
from ui import stage
from ui.scene import Part, Readout, Scene

ROOT = Path(__file__).resolve().parent.parent
OURS = ("points", "handles", "picture", "quadric")  # kinds of trace that Plotly does not know
WILD = ("nan", "inf", "-1e999", "", " ", "💥", "../../etc/passwd", "<script>", "1;2;3", "0," * 3, "9" * 400, "null")


def glimpse(scene: Scene, params: Any) -> Any:
    """Compute with each slow part as far as its first partial result, if it was not made ahead."""
    return scene.result(params, {name: task.first() for name, task in scene.tasks(params).items()})


def everything_draws(module: ModuleType, scene: Scene, params: Any) -> int:
    """Compute, draw and encode in both languages; give the bytes of a move. Results must be read-only and finite."""
    result = glimpse(scene, params)
    assert not _writeable(result), f"{scene.id}: a shared result has a writeable array"
    picture = scene.draw(result, params)
    is_a_stage(picture)
    sizes = {language: stage.encode(picture, language).size for language in ("ja", "en")}
    for readout in scene.readouts(result, params):
        for language in ("ja", "en"):
            assert readout.label(language)
            assert readout.text(language)
    return max(sizes.values())


def slow_work_can_wait(scene: Scene, params: Any) -> None:
    """Draw while nothing of the slow work is there, then when all of it is, at the scene's quick fields."""
    nothing = {name: Part() for name in scene.tasks(params)}
    is_a_stage(scene.draw(scene.result(params, nothing), params))
    for readout in scene.readouts(scene.result(params, nothing), params):
        assert readout.text("ja")
    quick = dataclasses.replace(params, **scene.quick)
    is_a_stage(scene.draw(scene.result(quick), quick))


def _writeable(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.flags.writeable)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(_writeable(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, tuple | list):
        return any(_writeable(item) for item in value)
    return False


def is_a_stage(picture: Stage) -> None:
    """Check a stage's grid, figures, alternatives and frames."""
    names = {part.name for part in (*picture.figures, *picture.cards)}
    assert {cell for row in picture.grid for cell in row.split()} == names
    assert len({len(row.split()) for row in picture.grid}) == 1
    plain = [figure for figure in picture.figures if isinstance(figure, Figure)]
    for figure in picture.figures:
        assert figure.alt.ja
        assert figure.alt.en
    for figure in plain:
        is_a_plotly_figure(figure)
    for figure in picture.figures:
        if isinstance(figure, Live):
            assert (ROOT / "assets" / figure.module).is_file()
    if picture.playhead:
        steps = np.asarray(picture.playhead.steps)
        assert (np.diff(steps) >= 0).all()
        for array in _frames([figure.under for figure in plain] + [figure.data for figure in picture.figures]):
            assert len(array.array) * array.every == len(steps)
        for card in picture.cards:
            assert all(len(row.array) in (1, len(steps)) for row in card.rows)


def _frames(value: Any) -> Iterator[Frames]:
    if isinstance(value, Frames):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _frames(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _frames(item)


def is_a_plotly_figure(figure: Figure) -> go.Figure:
    """Let plotly's own validators judge a figure; the kinds that Plotly does not know are left out."""
    known = [trace for trace in (*figure.under, *figure.data) if trace["type"] not in OURS]
    return go.Figure(data=[_settled(trace) for trace in known], layout=_settled(dict(figure.layout)))


def _settled(value: Any) -> Any:
    """Put in what the browser would: a colour for its name, a language, the last frame."""
    if isinstance(value, Frames):
        return value.array[-1]
    if isinstance(value, Kept):
        return value.values
    if isinstance(value, T):
        return value.en
    if isinstance(value, str) and value.startswith("$"):
        return "#123456"
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    return value


def snippet_prints_the_readouts(module: ModuleType, scene: Scene, params: Any) -> None:
    """Run the snippet; each line "key = value" must agree with the readout of that key to the digits shown."""
    printed = run(module.snippet(params, scene.id))
    readouts = {readout.key: readout for readout in scene.readouts(scene.result(params), params)}
    assert printed, "the snippet prints nothing"
    compared = 0
    for key, text in printed.items():
        readout = readouts.get(key)
        if readout is None or isinstance(readout.value, T):
            continue
        agrees(readout, text)
        compared += 1
    numbers = [r for r in readouts.values() if not isinstance(r.value, T)]
    assert compared == len(numbers), (
        f"{scene.id}: the snippet prints {sorted(printed)}, the page shows {sorted(readouts)}"
    )


def agrees(readout: Readout, text: str) -> None:
    """Compare a printed number with a readout."""
    assert not isinstance(readout.value, T)
    value, shown = float(text.split()[0]), float(readout.value)
    if math.isnan(shown) or math.isinf(shown):
        assert str(value) == str(shown)
    else:
        assert value == shown or abs(value - shown) <= 10.0 ** -(readout.digits + 2) * max(1.0, abs(shown)), readout.key


def run(code: str) -> dict[str, str]:
    """Execute a snippet and give what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<snippet>", "exec"), {"__name__": "__main__"})
    return dict(line.split(" = ", 1) for line in out.getvalue().splitlines() if " = " in line)


def experiments_hold(module: ModuleType) -> None:
    """Run every experiment: its claim must hold, and its question must be answerable."""
    scenes = {scene.id for scene in module.SCENES}
    for experiment in module.EXPERIMENTS:
        assert experiment.scene in scenes
        assert 0 <= experiment.answer < len(experiment.choices) >= 2
        results = experiment.results(module)
        verdict = experiment.check(*results)
        assert isinstance(verdict, bool | np.bool_), experiment.id
        assert verdict, experiment.id
        for language in ("ja", "en"):
            assert experiment.evidence(*results)(language)


def controls_are_sound(module: ModuleType) -> None:
    """Check that each scene's controls exist, that a first look shows at most four, and that URLs round-trip."""
    fields = dict(ps.controls(module.Params))
    for scene in module.SCENES:
        for params in (module.Params(), *ps.corners(module.Params)):
            assert 1 <= sum(ps.applies(fields[name], params) for name in scene.controls) <= 4
        assert set(scene.controls) | set(scene.more) <= set(fields)
        assert not set(scene.controls) & set(scene.more)
    assert not set(fields) & {"scene", "lang", "view", "hide", "at", "embed", "embed_options"}
    assert len({scene.id for scene in module.SCENES}) == len(module.SCENES)
    for params in ps.corners(module.Params):
        back, wild = ps.parse(module.Params, ps.query(params))
        assert not wild
        assert back == params


def wild_urls_fall_back(module: ModuleType) -> None:
    """Whatever a URL brings gives parameters that compute."""
    for name, _ in ps.controls(module.Params):
        for text in WILD:
            params, wild = ps.parse(module.Params, {name: text})
            if getattr(params, name) == getattr(module.Params(), name):
                continue
            assert name not in wild
            assert ps.parse(module.Params, ps.query(params))[0] == params
