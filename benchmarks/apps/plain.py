"""A lesson's picture through plain `st.slider` and `st.plotly_chart`: what the stage is measured against.

`?topic=…` says which; the slider is the one that the benches move. The numbers are the same, computed and drawn by
the same functions. Layers that only our canvas has (pictures, handles, half planes) are left out, so the plain page
draws a little less.
"""

import dataclasses
import math

import streamlit as st

from benchmarks.latency import main_slider
from figures.spec import Figure, Trace
from tests.lessons import as_plotly
from ui import catalog
from ui.scene import Part


def plainly(trace: Trace) -> Trace:
    """Give our points as Plotly's markers."""
    return (
        {"type": "scatter", "mode": "markers", "x": trace["x"], "y": trace["y"]} if trace["type"] == "points" else trace
    )


topic = st.query_params.get("topic", "perceptron")
name, slider = main_slider(topic)
scene = catalog.lesson(topic).scene(name)
field, params = scene.fields[slider], scene.Params()
now, low, high, step = getattr(params, slider), field.low, field.high, field.step
kind = type(now)
if field.log:
    now = kind(
        round(
            10 ** st.slider(slider, math.log10(low), math.log10(high), math.log10(now), step), 0 if kind is int else 12
        )
    )
else:
    now = st.slider(slider, kind(low), kind(high), now, kind(step))
params = dataclasses.replace(params, **{slider: now})
parts = {task: Part(t.made(t.key), done=True) for task, t in scene.tasks(params).items()}
picture = scene.picture(scene.result(params, parts), params)
figures = [figure for figure in picture.figures if isinstance(figure, Figure)]
for column, figure in zip(st.columns(len(figures)), figures, strict=True):
    plain = dataclasses.replace(figure, under=tuple(plainly(trace) for trace in figure.under))
    column.plotly_chart(as_plotly(plain), key=figure.name)
