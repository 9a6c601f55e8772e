"""One BLAS thread, as on the server: more of them fight over the cores with the browser and the servers under test."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from threadpoolctl import threadpool_limits

threadpool_limits(1)
