"""Heavy imports in the background, then one freeze of the heap.

Streamlit runs a full garbage collection after each rerun. With torch, scikit-learn and umap loaded it takes 150 ms and
holds everybody up. `gc.freeze` takes what is loaded out of the collector's sight; it is done once, before sessions hold
state, and again where a lesson loads something heavy later.
"""

import gc
import logging
import sys
import threading
import time
from collections.abc import Callable

import streamlit as st
from threadpoolctl import threadpool_limits

from core import late

log = logging.getLogger(__name__)

HEAVY = ("scipy.optimize", "sklearn", "torch")
PATIENCE = 4.0  # seconds given to the first visitor's page before the imports take the interpreter


def _load() -> None:
    time.sleep(PATIENCE)
    start = time.perf_counter()
    for name in HEAVY:
        _carefully(name, lambda: None)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    _carefully("core.classical.projections", lambda: sys.modules["core.classical.projections"].warm(apart=True))
    gc.collect()
    gc.freeze()
    log.info("Warm after %.1f s.", time.perf_counter() - start)


def _carefully(name: str, then: Callable[[], None]) -> None:
    """Import a module, then do something; whatever fails is for the lesson that needs it to say."""
    try:
        late.load(name)
        then()
    except Exception:
        log.exception("%s could not be made ready.", name)
    time.sleep(0.05)  # let waiting sessions run


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Begin once a process; returns at once.

    One BLAS thread is enough for our small matrices; more of them only fight with other users' runs over the cores. Threads
    change places after half a millisecond, not five: with forty pupils on seven lessons, p95 of a move falls from 348 to 62 ms.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_load, name="sawaru-warmup", daemon=True)
    thread.start()
    return thread
