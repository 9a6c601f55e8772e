"""One function makes a picture's bytes: compute, draw, put in the words, encode."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from figures.spec import Stage
from ui import publish, stage
from ui.scene import Part, Scene
from ui.text import WORDS, word

log = logging.getLogger(__name__)

STAGE_WORDS = (
    *("play", "pause", "back", "next", "time", "speed", "reset_view", "edit", "add", "flip", "remove", "undo", "full"),
    *("as_table", "table", "first_rows", "columns"),
)


def header(lang: str) -> dict[str, Any]:
    """Give what every picture's header says in a language."""
    return {"words": {name: word(name, lang) for name in STAGE_WORDS}, "plotly": publish.plotly_file()}


def encoded(
    scene: Scene,
    params: Any,
    lang: str,
    *,
    parts: Mapping[str, Part] | None = None,
    extra: Mapping[str, Any] | None = None,
    last: Stage | None = None,
) -> tuple[stage.Encoded | None, Stage | None]:
    """Compute, draw and encode; a fault keeps the page alive and the last good picture on it.

    Parameters
    ----------
    parts
        What there is of the scene's slow work; all of it by default.
    extra
        What else the header carries.
    last
        The picture to go back to.

    Returns
    -------
    bytes, picture
        The second is None after a fault; the first as well where there is no last picture.
    """
    extra = {**header(lang), **(extra or {})}
    try:
        result = scene.result(params, parts)
        readouts = [(readout.label(lang), readout.text(result, lang)) for readout in scene.read(result)]
        picture = scene.picture(result, params)
        return stage.encode(picture, lang, extra={**extra, "readouts": readouts}), picture
    except Exception:
        log.exception("%s.%s could not draw %r", scene.topic, scene.id, params)
    if last is None:
        return None, None
    return stage.encode(replace(last, note=WORDS["fault"]), lang, extra={**extra, "readouts": [], "fault": True}), None
