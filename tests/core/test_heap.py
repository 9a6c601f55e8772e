"""The collector is kept still for as long as anybody asks, and is afterwards what it was before."""

import gc

import pytest

from core import heap


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_still_until_the_last_has_left(on):
    before = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        first, second = heap.still(), heap.still()
        first.__enter__()
        second.__enter__()
        assert not gc.isenabled()
        first.__exit__(None, None, None)
        assert not gc.isenabled()
        second.__exit__(None, None, None)
        assert gc.isenabled() == on
        with pytest.raises(ValueError, match="no table"), heap.still():
            raise ValueError("no table")
        assert gc.isenabled() == on
    finally:
        (gc.enable if before else gc.disable)()
