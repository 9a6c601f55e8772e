"""What is special to the lesson on CartPole: which trainings are there at once, and the numbers that its words give."""

import pytest

from core import ahead
from core.reinforcement import cartpole as core
from core.reinforcement.made import OWN, made
from pages.reinforcement.cartpole.agents import AGENTS, training
from ui import catalog

LESSON = catalog.lesson("cartpole")
LEARN, ROBUST = LESSON.scene("learn"), LESSON.scene("robust")


def waits(scene, **fields):
    return [task for task in scene.tasks(scene.Params(**fields)).values() if task.made(task.key) is None]


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_with_its_own_settings_is_there_at_once(agent):
    assert not waits(LEARN, agent=agent)
    assert not waits(ROBUST, agent=agent)
    assert waits(LEARN, agent=agent, budget=0.5)
    assert waits(ROBUST, agent=agent, gravity=3.0)


def test_only_what_an_agent_takes_is_a_new_training():
    assert training(LEARN.Params(agent="lqr", rate=5.0, gamma=0.5, seed=7, epochs=3)) == training(
        LEARN.Params(agent="lqr")
    )
    assert training(LEARN.Params(agent="ppo", position=9.0, rule="angle")) == training(LEARN.Params())
    assert training(LEARN.Params(rate=2.0)).options == (("rate", 0.02),)
    assert training(LEARN.Params(agent="actor_critic", rate=0.1)).options == (("rate", 0.0005), ("critic_rate", 0.002))


def test_each_rule_of_thumb_is_its_own():
    scores = [LEARN.result(LEARN.Params(agent="rule", rule=rule)).film.score for rule in ("angle", "speed", "both")]
    assert scores == [made("rule", (("rule", "angle"),)).score, made("rule", (("rule", "speed"),)).score, 500.0]
    assert scores == sorted(scores)


def test_what_learns_holds_475_on_nearly_all_seeds():
    scores = ahead.load("cartpole/seeds")["score"].reshape(5, 20)  # of PPO, actor-critic, REINFORCE with a baseline …
    assert (scores[0] >= 475).all()
    assert ((scores[1:3] >= 475).mean(axis=1) >= 0.9).all()


# ---- the numbers in the notes


def numbers():
    """Compute what the notes say."""
    limit, steps = ahead.load("cartpole/limit"), ahead.load("cartpole/worlds")["steps"]
    long = core.HALF_LENGTHS.index(2.0), core.FORCES.index(10.0)
    rules = {rule: core.evaluate(core.Linear(weights)).mean() for rule, weights in core.RULES.items()}
    return {
        "cut": f"{-limit['cut'].mean():.1f}",
        "bootstrap": f"{limit['bootstrap'].mean():.1f}".replace("-", "−"),
        "long_lqr": f"{steps[OWN.index('lqr')][long]:.0f}",
        "long_ppo": f"{steps[OWN.index('ppo')][long]:.0f}",
        "random": f"{core.evaluate(core.Random()).mean():.1f}",
        "angle": f"{rules['angle']:.1f}",
        "speed": f"{rules['speed']:.1f}",
        "both": f"{rules['both']:.0f}",
    }


def test_the_notes_give_the_numbers_that_come_out():
    assert numbers() == LESSON.words["numbers"]
    assert len(ahead.load("cartpole/limit")["cut"]) == 5  # seeds
