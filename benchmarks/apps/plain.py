"""The perceptron's plane through plain `st.slider` and `st.plotly_chart`: what the stage is measured against."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.classical import perceptron as lesson

noise = st.slider("noise", 0.0, 1.0, 0.0, 0.02)
params = lesson.Params(noise=noise)
result = lesson.SCENES[0].result(params)
x, y = result.problem.x, result.problem.y
w = result.weights[-1]
gx, gy = np.linspace(x[:, 0].min() - 1, x[:, 0].max() + 1, 100), np.linspace(x[:, 1].min() - 1, x[:, 1].max() + 1, 100)
field = w[0] + w[1] * gx[None, :] + w[2] * gy[:, None]
figure = go.Figure(
    go.Heatmap(x=gx, y=gy, z=np.sign(field).astype("f4"), colorscale="RdBu", showscale=False, opacity=0.3)
)
for label in (0, 1):
    figure.add_scatter(x=x[y == label, 0], y=x[y == label, 1], mode="markers")
st.plotly_chart(figure, key="plane")
counts = result.trace.mistakes
st.plotly_chart(go.Figure(go.Scatter(x=np.arange(1, len(counts) + 1), y=counts)), key="mistakes")
