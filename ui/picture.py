"""One function makes a picture's bytes, for a page's run and for the lane: compute, draw, put in the words, encode.

They depend on the link and the language alone, so all who ask for the same picture share the bytes.
"""

import functools
import logging
from collections.abc import Mapping
from typing import Any

from figures.spec import Stage
from ui import publish, stage
from ui.cache import Cache
from ui.scene import Part, Scene
from ui.text import WORDS, word

log = logging.getLogger(__name__)

STAGE_WORDS = (
    *(
        "play",
        "pause",
        "back",
        "next",
        "time",
        "speed",
        "reset_view",
        "edit",
        "add",
        "flip",
        "remove",
        "undo",
        "full",
        "edit_keys",
    ),
    *("as_table", "table", "first_rows", "columns", "at_end", "tools"),
    *("typing", "class", "remove_short", "new_point"),
)
PICTURES = Cache(32_000_000)  # encoded


@functools.cache
def _words(lang: str) -> dict[str, str]:
    return {name: word(name, lang) for name in STAGE_WORDS}


def encoded(scene: Scene, params: Any, lang: str, *, parts: Mapping[str, Part] | None = None) -> stage.Encoded | None:
    """Make a picture, or give the one that somebody asked for before; None where the scene could not be drawn.

    Parameters
    ----------
    parts
        What there is of the scene's slow work; all of it by default.
    """

    def make() -> stage.Encoded:
        result = scene.result(params, parts)
        drawn = scene.picture(result, params)
        extra = {"words": _words(lang), "plotly": publish.plotly_file(), "readouts": told(scene, result, drawn, lang)}
        return stage.encode(drawn, lang, extra=extra)

    try:
        if all(part.done for part in (parts or {}).values()):
            picture: stage.Encoded = PICTURES.get(key(scene, params, lang), make)
            return picture
        return make()
    except Exception:
        log.exception("%s.%s could not draw %r", scene.topic, scene.id, params)
        return None


def told(scene: Scene, result: Any, drawn: Stage, lang: str) -> list[dict[str, Any]]:
    """Give the readouts as they travel: label, explanation, and what it says from which frame of the playhead on."""
    frames = len(drawn.playhead.steps) if drawn.playhead else 1
    sent = []
    for readout in scene.read(result):
        hint = scene.hint("readout", readout.key)
        texts = readout.texts(result, lang, frames)
        sent.append({"label": readout.label(lang), "hint": hint(lang) if hint else "", "texts": texts})
    return sent


def key(scene: Scene, params: Any, lang: str) -> tuple[Any, ...]:
    """Name a picture whose slow work, if it has any, is done."""
    return scene.module, params, lang


def fault(lang: str) -> dict[str, Any]:
    """Give what the header says over the last good picture where the present one could not be drawn."""
    return {"note": WORDS["fault"](lang), "readouts": [], "fault": True}
