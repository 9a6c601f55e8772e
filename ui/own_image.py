"""A picture of one's own for a lesson that looks at pictures: cut to a small square that a link can carry."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.images import MAX_MEGABYTES, ImageError, read_image
from core.text import T
from ui import params as ps
from ui.scene import Scene

WORDS = {
    "open": T("自分の画像を使う", "Use a picture of your own"),
    "choose": T("画像を選ぶ", "Choose a picture"),
    "about": T(
        "真ん中の正方形を {side} × {side} 画素に縮めます。その小さな画像は、共有リンクの中に入ります。",
        "Its middle square is shrunk to {side} × {side} pixels. That small picture travels in the link you share.",
    ),
    "use": T("この画像を使う", "Use this picture"),
    "back": T("自分の画像をやめる", "Back to the lesson's own picture"),
}

Place = Callable[[dict[str, Any]], None]


def offer(scene: Scene, params: Any, lang: str, place: Place) -> None:
    """Show the control, where the scene takes a picture; `place` gets the fields to set."""
    name, control = next(((n, c) for n, c in scene.fields.items() if isinstance(c, ps.Picture)), ("", None))
    if control is None:
        return
    with st.expander(WORDS["open"](lang), key="sawaru-own-image", on_change="rerun") as box:
        if not box.open:
            return
        st.warning(control.warning(lang))
        if getattr(params, name):
            st.button(WORDS["back"](lang), on_click=place, args=({name: ""},), key="sawaru-own-image-back")
        file = st.file_uploader(WORDS["choose"](lang), key="sawaru-own-image-file", max_upload_size=MAX_MEGABYTES)
        if file is None:
            st.caption(WORDS["about"](lang).format(side=control.side))
            return
        try:
            pixels = read_image(file.getvalue(), control.side)
        except ImageError as error:
            st.info(error.sentence(lang))
            return
        st.image(pixels, width=2 * control.side)
        fields = {**control.sets, name: control.pack(pixels)}
        st.button(WORDS["use"](lang), on_click=place, args=(fields,), key="sawaru-own-image-use")
