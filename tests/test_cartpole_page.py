"""What the page on CartPole says in numbers is what was measured, and what it shows while training comes in time."""

import time
from itertools import pairwise

import pytest

from core import ahead
from core.reinforcement import cartpole as core
from core.reinforcement.film import FORCES, HALF_LENGTHS
from ui import catalog
from ui.jobs import Cancelled


@pytest.fixture(scope="module")
def lesson():
    return catalog.lesson("cartpole")


def said(lesson, number):
    return all(number in lesson.words[language]["notes"] for language in ("ja", "en"))


def test_what_the_notes_say_of_the_limit(lesson):
    made = ahead.load("cartpole/limit")
    assert said(lesson, f"{-made['cut'].mean():.1f}")
    assert said(lesson, f"{made['bootstrap'].mean():.1f}".replace("-", "−"))
    assert f"{len(made['cut'])} seeds" in lesson.words["en"]["notes"]


def test_what_the_notes_say_of_a_long_pole(lesson):
    steps = ahead.load("cartpole/worlds")["steps"]
    module = lesson.module()
    long = HALF_LENGTHS.index(2.0), FORCES.index(10.0)
    assert said(lesson, f"{steps[module.MADE.index('lqr')][long]:.0f}")
    assert steps[module.MADE.index("ppo")][long] == 500


@pytest.mark.parametrize("rule", ["random", "angle", "speed"])
def test_what_the_notes_say_of_rules(lesson, rule):
    run = core.train("random", steps=10) if rule == "random" else core.train("rule", steps=10, rule=rule)
    assert said(lesson, f"{core.evaluate(run.policy).mean():.1f}")


def test_what_was_made_ahead_was_made_with_todays_settings(lesson):
    module = lesson.module()
    for agent in module.MADE:
        film = module.own_film(agent)
        settings = core.SETTINGS[agent]()
        assert film.budget == settings.budget
        if isinstance(film.policy, core.NetworkPolicy):
            assert film.policy.actor.sizes == (4, settings.hidden, 1)
        if isinstance(film.policy, core.TablePolicy):
            assert film.policy.boxes.bins == settings.bins


def test_a_training_is_cancelled_within_half_a_second(lesson):
    module = lesson.module()
    run = module.training(module.Params(agent="sarsa", seed=5))
    assert module.made(run) is None
    asked = []

    def report(progress, partial=None):
        now = time.perf_counter()
        if len(asked) >= 5:
            raise Cancelled
        asked.append(now)

    with pytest.raises(Cancelled):
        module.work(run, report)
    gaps = [b - a for a, b in pairwise(asked)]
    assert max(gaps) < 0.5
