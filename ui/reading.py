"""What stands below the stage: experiments to predict and try, words, mathematics, notes, code."""

import os
import re
from pathlib import Path

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
    if not scene.experiments:
        return
    st.markdown(f"## {word('try', lang())}")
    columns = st.columns(2 if len(scene.experiments) in (1, 2, 4) else 3, gap="small")
    for i, experiment in enumerate(scene.experiments):
        with columns[i % len(columns)], st.container(border=True, key=f"experiment-{experiment.id}"):
            _experiment(lesson, state, experiment)


def _experiment(lesson: Lesson, state: State, experiment: Experiment) -> None:
    key = f"{lesson.topic}.experiment.{experiment.id}"
    choices = [choice(lang()) for choice in experiment.choices]
    predicted = st.radio(
        experiment.question(lang()), range(len(choices)), format_func=choices.__getitem__, index=None, key=key
    )

    def run() -> None:
        if predicted is not None:
            take(lesson, state)
            state.tried[experiment.id] = predicted
            state.play(experiment)

    st.button(word("try_it", lang()), key=f"{key}.run", on_click=run, disabled=predicted is None)
    if predicted is None or state.tried.get(experiment.id) != predicted:
        return
    results = experiment.results()
    holds = experiment.check.holds(*results)
    verdict = f"{'✓' if holds else '✕'} {word('holds' if holds else 'fails', lang())}"
    opinion = word("you_were_right" if predicted == experiment.answer else "you_were_wrong", lang())
    claim, evidence = experiment.claim(results)(lang()), experiment.evidence(results)(lang())
    st.markdown(f"{opinion}  \n**{verdict}**: {claim}  \n{evidence}")


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
