"""What stands below the stage: experiments to predict and try, words, mathematics, notes, code."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ui.catalog import Lesson
from ui.scene import Experiment, Scene
from ui.state import State, kept, take
from ui.text import lang, word

CODE = "sawaru.code"  # the fragment that follows the values
REPOSITORY = "SAWARU_REPOSITORY"  # the variable with the address where others find this code
PARTS = ("idea", "maths", "notes", "code")


def experiments(lesson: Lesson, scene: Scene, state: State) -> None:
    """Offer the scene's experiments."""
    elsewhere = [n for n, words in lesson.scene_words.items() if n != scene.id and words.get("experiment")]
    if not scene.experiments and not elsewhere:
        return
    st.markdown(f"## {word('try', lang())}")
    wide = 2 if len(scene.experiments) in (1, 2, 4) else 3
    for first in range(0, len(scene.experiments), wide):  # row by row: a phone shows them one below the other
        for column, experiment in zip(
            st.columns(wide, gap="small"), scene.experiments[first : first + wide], strict=False
        ):
            with column, st.container(border=True, key=f"experiment-{experiment.id}"):
                _experiment(lesson, state, experiment)
    if elsewhere:
        with st.expander(word("elsewhere", lang())), st.container(gap="xsmall"):
            for name in elsewhere:
                _elsewhere(lesson, state, name)


def _experiment(lesson: Lesson, state: State, experiment: Experiment) -> None:
    key = f"{lesson.topic}.experiment.{experiment.id}"
    choices = [choice(lang()) for choice in experiment.choices]
    question = experiment.question(lang())
    st.markdown(question)
    if experiment.id in state.tried:
        _answered(verdict(state, experiment, lang()), choices)
        st.button(word("try_again", lang()), key=f"{key}.again", on_click=state.forget, args=(experiment,))
        return
    predicted = st.radio(
        question,
        range(len(choices)),
        format_func=choices.__getitem__,
        index=None,
        key=key,
        label_visibility="collapsed",
    )

    def run() -> None:
        if predicted is not None:
            take(lesson, state)
            state.tried[experiment.id] = predicted
            state.play(experiment)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(word("try_it", lang()), key=f"{key}.run", on_click=run, disabled=predicted is None)
        if predicted is None:
            st.caption(word("choose_first", lang()))


def _answered(said: Mapping[str, Any], choices: Sequence[str]) -> None:
    """Show the choices, of which the right one and one's own are marked, and what was found."""
    marked = {choice: choice for choice in choices}
    marked[said["answer"]] = f"**{said['answer']}** ✓ {word('answer', lang())}"
    if said["predicted"]:
        marked[said["predicted"]] += f" ← {word('predicted', lang())}"
    st.markdown("\n".join(f"- {line}" for line in marked.values()))
    st.markdown(f"{said['opinion']} {said['claim']}  \n**{said['measured']}**: {said['shows']}")


def _elsewhere(lesson: Lesson, state: State, name: str) -> None:
    def go() -> None:
        take(lesson, state)
        state.put(lesson.scene(name), {})

    asked = [experiment["ask"][lang() == "en"] for experiment in lesson.scene_words[name]["experiment"].values()]
    st.button(
        lesson.titles[name](lang()),
        key=f"{lesson.topic}.elsewhere.{name}",
        on_click=go,
        icon=":material/arrow_forward:",
        type="tertiary",
    )
    st.markdown("\n".join(f"- {ask}" for ask in asked))


def verdict(state: State, experiment: Experiment, lang: str) -> dict[str, Any]:
    """Say what one predicted, what is right, and what was measured; an experiment is run once a visit."""
    store, key = state.store(f"{experiment.scene.id}.verdicts"), f"{experiment.id} {lang}"
    if key not in store:
        results = experiment.results()
        store[key] = {
            "ask": experiment.question(lang),
            "answer": experiment.choices[experiment.answer](lang),
            "claim": experiment.claim(results)(lang),
            "measured": word("holds" if experiment.check.holds(*results) else "fails", lang),
            "shows": experiment.evidence(results)(lang),
        }
    predicted = state.tried[experiment.id]
    if predicted is None:  # a room revealed it to someone who had not voted
        return {**store[key], "id": experiment.id, "predicted": "", "opinion": ""}
    opinion = word("you_were_right" if predicted == experiment.answer else "you_were_wrong", lang)
    return {**store[key], "id": experiment.id, "predicted": experiment.choices[predicted](lang), "opinion": opinion}


def beside(scene: Scene, state: State, lang: str) -> dict[str, Any] | None:
    """Give the verdict that stands beside the picture: of the experiment that was tried last, in its scene."""
    shown = state.shown
    experiment = next((e for e in scene.experiments if shown and e.id == shown.experiment), None)
    if shown is None or experiment is None or experiment.id not in state.tried:
        return None
    return {**verdict(state, experiment, lang), "n": state.look, "past": state.params(scene) != shown.params}


def words(lesson: Lesson, state: State) -> None:
    """Show what people read, one part at a time; `st.tabs` would measure itself at every move, which costs 7 ms."""
    parts = {name: word(name, lang()) for name in PARTS}
    key = "sawaru-words"
    if st.session_state.get(key) not in parts:
        st.session_state[key] = PARTS[0]
    part = st.segmented_control(
        word("read", lang()),
        list(parts),
        format_func=parts.__getitem__,
        key=key,
        label_visibility="collapsed",
        required=True,
    )
    part = part or PARTS[0]
    state.code_open = part == "code"
    with st.container(key=f"sawaru-prose-{part}"):
        if part == "code":
            st.markdown(word("code_lead", lang()).format(where=where()))
            _code(lesson)
            return
        if part == "notes":
            st.caption(word("notes_lead", lang()))
        st.markdown(prose(lesson, part, lang()))
        if part == "idea":
            st.markdown(_references(lesson))


@st.fragment(key=CODE)
def _code(lesson: Lesson) -> None:
    state = kept(lesson)
    scene = lesson.scene(state.scene)
    code = scene.code(state.params(scene))
    st.code(code, language="python")
    name = f"sawaru_{lesson.topic}_{scene.id}.py"
    st.download_button(word("download", lang()), file(code, name), name, "text/x-python", on_click="ignore")


def where() -> str:
    """Say where `core/` is: an address, or the folder on this machine."""
    address = os.environ.get(REPOSITORY, "")
    return f"<{address}>" if address else f"`{Path(__file__).resolve().parent.parent}`"


def file(code: str, name: str) -> str:
    """Make a snippet a file that runs in the folder of `core/`, wherever the file itself is."""
    return f"""\
# In the folder that holds core/, after `pip install -r requirements.txt`: python {name}
# core/ is in {where().strip("<>`")}
import os
import sys

sys.path.insert(0, os.getcwd())

{code}"""


def prose(lesson: Lesson, part: str, lang: str) -> str:
    """Give one of a lesson's texts, with its formulas and its numbers, each written once, in their places.

    A formula stands as {name} on a line of its own, a number as {name} anywhere.
    """
    text: str = lesson.words[lang][part]
    formulas, numbers = lesson.words.get("formulas", {}), lesson.words.get("numbers", {})
    text = re.sub(r"(?<=[、。])\n(?=[^\n{*#-])", "", text)  # Markdown would make a space of the line's end
    text = re.sub(r"(?m)^\{(\w+)\}$", lambda m: f"$$\n{formulas[m[1]]}\n$$" if m[1] in formulas else m[0], text)
    return re.sub(r"\{(\w+)\}", lambda m: _number(numbers[m[1]]) if m[1] in numbers else m[0], text)


def _number(value: float | str) -> str:
    return f"{value:,}".replace("-", "−") if isinstance(value, int | float) else value


def _references(lesson: Lesson) -> str:
    lines = (f"- [{e['text']}]({e['url']})" if "url" in e else f"- {e['text']}" for e in lesson.words["references"])
    return f"**{word('references', lang())}**\n\n" + "\n".join(lines)
