"""Imports made late, one thread at a time.

Heavy packages are imported where they are needed first, and on a server that may be in several threads at once. Python
raises `_DeadlockError` in one of two threads that import modules which import each other, as many of SciPy's and
scikit-learn's do. So whoever imports a package of others below the top of a file holds `IMPORTS` meanwhile.
"""

import importlib
import sys
import threading
from types import ModuleType

IMPORTS = threading.RLock()

_opened: dict[str, ModuleType] = {}


def load(name: str) -> ModuleType:
    """Import a module; one that this has imported before is given without waiting for the imports of others."""
    module = _opened.get(name)
    if module is None or sys.modules.get(name) is not module:  # Streamlit drops a module whose file was edited
        with IMPORTS:
            module = _opened[name] = importlib.import_module(name)
    return module
