"""Heavy imports in the background, then one freeze of the heap.

Streamlit runs a full garbage collection after each rerun. With torch, scikit-learn and umap loaded it takes 150 ms and
holds everybody up. `gc.freeze` takes what is loaded out of the collector's sight; it is done once, before sessions hold
state, and again where a lesson loads something heavy later.
"""

import gc
import importlib
import logging
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import streamlit as st
from threadpoolctl import threadpool_limits

log = logging.getLogger(__name__)

HEAVY = ("scipy.optimize", "sklearn", "torch", "umap")
PATIENCE = 4.0  # seconds given to the first visitor's page before the imports take the interpreter


def _load() -> None:
    time.sleep(PATIENCE)
    # numba writes its cache beside the code, which a server may not allow.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "sawaru-numba"))
    start = time.perf_counter()
    for name in HEAVY:
        try:
            importlib.import_module(name)
        except ImportError:
            log.warning("%s is not installed; lessons that need it will say so.", name)
        time.sleep(0.05)  # let waiting sessions run
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    gc.collect()
    gc.freeze()
    log.info("Warm after %.1f s.", time.perf_counter() - start)


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Begin once a process; returns at once.

    One BLAS thread is enough for our small matrices; more of them only fight with other users' runs over the cores.
    """
    threadpool_limits(1)
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_load, name="sawaru-warmup", daemon=True)
    thread.start()
    return thread
