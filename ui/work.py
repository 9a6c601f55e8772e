"""A scene's slow work in a session: jobs start and end as its keys come and go, and the stage says how they stand."""

import functools
from typing import Any

from ui import jobs
from ui.scene import Part, Scene
from ui.state import State
from ui.text import lang


def parts_of(state: State, scene: Scene, params: Any) -> tuple[dict[str, Part], list[dict[str, Any]]]:
    """Give what there is of the scene's slow work.

    Returns
    -------
    parts, work
        By name; and what the stage says of each that is not done.
    """
    parts: dict[str, Part] = {}
    work: list[dict[str, Any]] = []
    wanted = {}
    for name, task in scene.tasks(params).items():
        made = task.made(task.key)
        if made is None:
            wanted[name] = task
        else:
            parts[name] = Part(made, done=True)
    user = jobs.visitor()
    for name, job in list(state.running.items()):
        if name not in wanted or job.key != (wanted[name].work, wanted[name].key):
            job.cancel(user)
            del state.running[name]
            state.stopped.discard(name)
    for name, task in wanted.items():
        start = functools.partial(jobs.start, (task.work, task.key), functools.partial(task.work, task.key))
        job = state.running.get(name) or start()
        view = job.poll(user)
        if view.state is jobs.State.CANCELLED and name not in state.stopped:  # the browser slept, and it was given up
            job = start()
            view = job.poll(user)
        state.running[name] = job
        done = view.state is jobs.State.DONE
        parts[name] = Part(view.result if done else view.partial, done)
        if not done:
            text, button = jobs.says(view, task.title, lang())
            shown = {"text": text, "button": button, "running": not view.ended, "progress": view.progress}
            work.append({"name": name, "title": task.title(lang()), **shown})
    return parts, work
