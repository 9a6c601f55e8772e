"""A slider that sends while it is dragged; `st.slider` sends only on release.

The browser owns the thumb. It sends `{"v": value, "ver": version, "n": number}` and lets the next value go only when the
stage has painted the picture of number n (`stage/pump.js`). The server can set the value: that makes a new version, the
only thing that moves a thumb from outside; messages of an older version are ignored.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

import streamlit as st

from ui import publish
from ui.params import Slider
from ui.text import word

_CSS = """
.sawaru-live_slider { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: 0 8px;
  font-family: var(--st-font); font-size: 14px; line-height: 1.4; color: var(--st-text-color); }
small { margin-left: .4em; opacity: .72; }
p { grid-column: 1 / -1; margin: 0; font-size: 12px; opacity: .72; }
[hidden] { display: none; }
.number { width: 5.2em; height: 26px; box-sizing: border-box; padding: 0 6px; text-align: right; font: inherit;
  font-variant-numeric: tabular-nums; color: inherit; border: 1px solid transparent; border-radius: 4px; background: transparent; }
.number:hover { border-color: var(--st-border-color); }
.range { grid-column: 1 / -1; width: 100%; height: 26px; margin: 0; accent-color: var(--st-primary-color); cursor: pointer; }
input:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; border-radius: 4px; }
input:disabled { opacity: .4; cursor: default; }
@media (pointer: coarse) { .range { height: 36px; } }
"""

_mount = st.components.v2.component(
    "sawaru_live_slider",
    html='<div class="sawaru-live_slider"></div>',
    css=_CSS,
    js=publish.loader("live_slider/live_slider.js"),
)


def live_slider(
    control: Slider,
    *,
    key: str,
    value: float,
    store: MutableMapping[str, Any],
    lang: str,
    on_change: Callable[[], None] = lambda: None,
) -> float:
    """Mount a slider and give its value.

    Parameters
    ----------
    key
        Unique on the page; also the name under which the stage acknowledges its values.
    value
        What the server holds. When it differs from what the slider last sent, the thumb moves there.
    store
        Where the slider keeps its version and the number of its last message; one per key, kept over reruns.
    lang
        Language of the label.
    on_change
        Called when the hand has moved it, before anything reruns.
    """
    if "version" not in store:
        store.update(version=1, held=value, ack=0)
    sent = st.session_state.get(key)
    message = sent.get("hand") if sent else None
    if message and message.get("ver") == store["version"] and message.get("n", 0) > store["ack"]:
        store["ack"] = message["n"]
        store["held"] = value = control.tidy(float(message["v"]))
    elif value != store["held"]:
        store.update(version=store["version"] + 1, held=value)
    _mount(
        key=key,
        data={
            "key": key,
            "label": control.label(lang),
            "unit": control.unit(lang),
            "help": control.help(lang) if control.help else "",
            "type_hint": word("type_a_number", lang),
            "low": control.low,
            "high": control.high,
            "step": control.step,
            "log": control.log,
            "whole": control.whole,
            "value": value,
            "version": store["version"],
        },
        default={"hand": None},
        on_hand_change=on_change,
    )
    return value
