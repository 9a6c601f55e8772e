"""One BLAS thread, as on the server: more of them fight over the cores with the browser and the servers under test."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

threadpool_limits(1)
settings.register_profile("any machine", deadline=None)  # a loaded one takes its time over an example
settings.load_profile("any machine")


def pytest_collection_modifyitems(items):
    """Keep what belongs together in one worker: a lesson's tests by their mark, all else by its file."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
