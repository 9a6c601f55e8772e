"""The floor: the least a Streamlit app can do — one slider, one chart of three points."""

import plotly.graph_objects as go
import streamlit as st

value = st.slider("value", 0, 100, 50)
st.plotly_chart(go.Figure(go.Scatter(x=[0, 1, 2], y=[0, value, 1])), key="chart")
