"""The front door: Streamlit's pages and, beside them in the same process, the lane that answers moves, and rooms.

`make run` and `streamlit run app.py` find `app` here and serve it; Streamlit then runs this same file for each visit.
A host that knows nothing of `app` runs the file as a plain script: it gets the same pages, without lane and rooms.
"""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import early, front, lane
from ui.room import hall

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=[*lane.routes(), *hall.routes()], middleware=[Middleware(early.Early)])
else:
    front.visit()
