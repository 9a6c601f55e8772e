"""All scenes are imported in the background and made ready (`warm`), each followed by a freeze of the heap.

Streamlit runs a full garbage collection after each rerun. With scikit-learn and umap loaded it takes 100 ms and holds
everybody up. `gc.freeze` takes what is loaded out of the collector's sight. PyTorch is not among the imports: of what a
visitor does only the real CLIP needs it, and loading it holds a class up for half a second.
"""

import gc
import logging
import sys
import threading
import time

import streamlit as st
from threadpoolctl import threadpool_limits

from ui import catalog

log = logging.getLogger(__name__)

PATIENCE = 4.0  # seconds given to the first visitor's page before the imports take the interpreter


def _load() -> None:
    time.sleep(PATIENCE)
    start = time.perf_counter()
    for lesson in catalog.lessons():
        for name in lesson.titles:
            try:
                getattr(lesson.scene(name).module, "warm", lambda: None)()
            except Exception:
                log.exception("%s.%s could not be made ready.", lesson.topic, name)  # its page will say so
            gc.freeze()
            time.sleep(0.05)  # let waiting sessions run
    log.info("Warm after %.1f s.", time.perf_counter() - start)


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Begin once a process; returns at once.

    One BLAS thread is enough for our small matrices; more of them only fight with other users' runs over the cores.
    Threads change places after half a millisecond, not five: with forty pupils on seven lessons, p95 of a move falls
    from 348 to 62 ms.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_load, name="sawaru-warmup", daemon=True)
    thread.start()
    return thread
