"""One BLAS thread, as on the server: more of them fight over the cores with the browser and the servers under test.

What Python compiles is kept, even where the shell says otherwise: each worker and each of the servers under test would
compile the whole house again.
"""

import gc
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import numpy as np
import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

sys.dont_write_bytecode = False
threadpool_limits(1)
settings.register_profile("any machine", deadline=None)  # a loaded one takes its time over an example
settings.load_profile("any machine")


def pytest_sessionstart(session):
    """Say once, and not in each file, that a lesson cannot be read; keep all results of a topic under test."""
    from ui import cache, catalog

    cache.RESULTS.most = 4 * cache.BYTES

    try:
        catalog.lessons()
    except (LookupError, ValueError) as fault:
        raise pytest.UsageError(str(fault)) from None


def pytest_collection_modifyitems(items):
    """Keep what belongs together in one worker: a topic's tests of the core and the pages; the browser's by file."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            alone = item.path.parent.name == "browser"
            item.add_marker(pytest.mark.xdist_group(item.path.stem if alone else item.path.stem.split("_")[1]))


def pytest_collection_finish():
    """Take what is loaded by now out of the collector's sight: it would go over a million objects again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def rng():
    """Draws of a test's own: the same, whichever tests ran before."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session", autouse=True)
def no_package_is_searched(request):
    """Each run of an AppTest searches all installed packages for components of Streamlit; here none is of such."""
    if any("AppTest" in vars(item.module) for item in request.session.items):
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = lambda: []
