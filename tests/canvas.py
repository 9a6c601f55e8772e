"""What `ui/stage/canvas.js` can paint: a key or a symbol that it does not know would be lost in silence."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.text import T
from figures.spec import CLASS_SYMBOLS, Frames, Kept, Scaled, Trace

SYMBOLS = {*CLASS_SYMBOLS, *(f"{symbol}-open" for symbol in CLASS_SYMBOLS), "x", "arrow"}
MODES = {"lines", "markers", "text", "none"}
SIDES = re.compile(r"(top|middle|bottom) (left|center|right)")
COLORS = {
    f"${name}" for name in ["blue", "orange", "green", "purple", "sky", "now", "other", "ink", "muted", "grid", "paper"]
}
PLACES = {"x", "y"}
KEYS = {
    "scatter": {
        "required": PLACES,
        "optional": {
            *("mode", "opacity", "fill", "fillcolor", "line", "marker"),
            *("text", "textposition", "textfont", "name", "meta"),
        },
    },
    "heatmap": {
        "required": {"z", "x0", "dx", "y0", "dy", "zmin", "zmax", "colorscale"},
        "optional": {"opacity", "zsmooth"},
    },
    "points": {
        "required": {*PLACES, "label", "names", "size", "editable", "limit"},
        "optional": {"mistake", "ring", "muted", "rows", "images"},
    },
    "handles": {"required": PLACES, "optional": {"label", "names", "field", "values"}},
    "press": {"required": {*PLACES, "half", "values"}, "optional": set()},
    "picture": {"required": {"z", "x0", "y0", "x1", "y1", "smooth"}, "optional": set()},
    "quadric": {"required": {"c", "negative", "positive", "tint", "line"}, "optional": set()},
}  # fmt: skip
IGNORED = {"hoverinfo", "hovertemplate", "hovertext", "showlegend", "customdata"}  # Plotly's, of no matter to a canvas


def is_painted(trace: Trace) -> None:
    """Check a trace of a figure's `under`."""
    kind = trace["type"]
    assert kind in KEYS, f"the canvas paints no {kind}"
    known, given = KEYS[kind], set(trace) - {"type"} - IGNORED
    assert known["required"] <= given, f"{kind} lacks {known['required'] - given}"
    assert given <= known["required"] | known["optional"], f"{kind}: {given - known['required'] - known['optional']}"
    if "x" in trace:
        lengths = {_row(trace[axis]).shape[-1] for axis in PLACES}
        assert len(lengths) == 1, f"{kind}: x and y differ in length"
        for key in ("label", "mistake", "muted", "rows"):
            assert trace.get(key) is None or _row(trace[key]).shape[-1] in lengths, key
    for color in _colors(trace):
        assert color in COLORS or re.fullmatch(r"#[0-9a-fA-F]{6}|rgba?\([\d., ]+\)", color), color
    if kind == "scatter":
        _scatter(trace)
    if kind in ("heatmap", "picture"):
        _image(trace)
    if kind == "quadric":
        assert _row(trace["c"]).shape[-1] in (3, 6)
        assert trace["line"]["dash"] in ("solid", "dash")


def _scatter(trace: Trace) -> None:
    modes = set(trace.get("mode", "lines").split("+"))
    assert modes <= MODES, modes
    assert modes != {"none"} or trace.get("fill") == "toself" or trace.get("meta", {}).get("label")
    assert trace.get("fill") in (None, "toself")
    n = _row(trace["x"]).shape[-1]
    line, marker = trace.get("line", {}), trace.get("marker", {})
    assert set(line) <= {"color", "width", "dash", "shape"}, line
    assert line.get("dash") in (None, "solid", "dash", "dot"), line
    assert line.get("shape") in (None, "linear", "hv"), line
    assert set(marker) <= {"color", "size", "symbol", "opacity", "line"}, marker
    for symbol in np.atleast_1d(_values(marker.get("symbol", "circle"))).ravel():
        assert symbol in SYMBOLS, symbol
    for key in ("size", "opacity", "symbol", "color"):
        value = marker.get(key)
        if isinstance(value, list | tuple | np.ndarray | Frames | Kept):
            assert _row(value).shape[-1] == n, key
    if "text" in modes:
        assert isinstance(trace["text"], str | T) or len(trace["text"]) == n
    if "textposition" in trace:
        assert SIDES.fullmatch(trace["textposition"]), trace["textposition"]
    if trace.get("meta", {}).get("label"):
        assert isinstance(trace.get("name"), str | T)
        assert 0 <= trace["meta"].get("at", 1.0) <= 1


def _image(trace: Trace) -> None:
    z = _values(trace["z"])
    z = z[-1] if isinstance(trace["z"], Frames) else z
    assert z.dtype == np.uint8
    assert z.ndim == (3 if trace["type"] == "picture" else 2), z.shape
    for key in ("x0", "y0", *(("dx", "dy") if trace["type"] == "heatmap" else ("x1", "y1"))):
        assert np.isfinite(trace[key]), key


def _values(value: Any) -> Any:
    if isinstance(value, Frames):
        return value.array
    return value.values if isinstance(value, Kept | Scaled) else value


def _row(value: Any) -> np.ndarray:
    return np.atleast_1d(np.asarray(_values(value)))


def _colors(value: Any, key: str = "") -> Any:
    """Find all colours: strings under a key that names one, and the second of each row of a scale."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _colors(item, name)
    elif key == "colorscale":
        yield from (row[1] for row in value)
    elif key in ("color", "fillcolor", "negative", "positive"):
        yield from [value] if isinstance(value, str) else [c for c in np.ravel(_values(value)) if isinstance(c, str)]
