"""What is special to the lesson on CartPole: which trainings are there at once, and the numbers that its words give."""

import numpy as np
import pytest

from core import ahead
from core.reinforcement import cartpole as core
from core.reinforcement.made import MADE, made
from pages.reinforcement.cartpole.agents import AGENTS, TABLE, repeats, training
from tests import lessons as contract
from ui import catalog

LESSON = catalog.lesson("cartpole")
LEARN, ROBUST = LESSON.scene("learn"), LESSON.scene("robust")
LONG = core.Physics(length=2.0)


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


@pytest.mark.parametrize("agent", ["ppo", "q_learning", "lqr"])
@pytest.mark.parametrize("name", ["learn", "episode", "robust"])
def test_the_code_prints_what_the_page_shows_also_of_what_was_made_ahead(name, agent):
    scene = LESSON.scene(name)
    contract.snippet_prints_the_readouts(scene, scene.Params(agent=agent))


# ---- the numbers in the notes


def numbers():
    """Compute what the notes say."""
    limit, steps = ahead.load("cartpole/limit"), ahead.load("cartpole/worlds")["steps"]
    long = core.HALF_LENGTHS.index(2.0), core.FORCES.index(10.0)
    rules = {rule: core.evaluate(core.Linear(weights)).mean() for rule, weights in core.RULES.items()}
    lqr = core.train("lqr", steps=1).policy
    way = np.concatenate([core.rollout(lqr, seed=seed).states[:-1] for seed in range(20)])
    solved = core.train("lqr", steps=1, physics=LONG).policy
    alike, short = 100 * repeats("alike")[:3], dict(zip(core.LEARNERS, repeats("short")[[3, 4, 2, 1, 0]], strict=True))
    (ppo,) = set(repeats("steps")[0, :, *long])  # the same on five seeds
    return {
        "cut": f"{-limit['cut'].mean():.1f}",
        "bootstrap": f"{limit['bootstrap'].mean():.1f}".replace("-", "−"),
        "long_lqr": f"{steps[MADE.index(('lqr', ()))][long]:.0f}",
        "long_loose": f"{steps[MADE.index(('lqr', (('position', 0.01),)))][long]:.0f}",
        "long_solved": f"{core.robustness(solved, [2.0], [10.0]).item():.0f}",
        "long_ppo": f"{ppo:.0f}",
        "alike_low": round(alike.min()),
        "alike_high": round(alike.max()),
        "alike_speed": round(100 * (core.Linear(core.RULES["speed"]).act(way) == lqr.act(way)).mean()),
        "short_ppo": f"{short['ppo'].min():.0f}",
        "short_reinforce": f"{short['reinforce'].min():.0f}",
        "short_actor_critic": f"{short['actor_critic'].min():.0f}",
        "short_q": f"{short['q_learning'].min():.0f}",
        "short_q_most": f"{short['q_learning'].max():.0f}",
        "short_sarsa": f"{short['sarsa'].min():.0f}",
        "short_sarsa_most": f"{short['sarsa'].max():.0f}",
        "random": f"{core.evaluate(core.Random()).mean():.1f}",
        "angle": f"{rules['angle']:.1f}",
        "speed": f"{rules['speed']:.1f}",
        "both": f"{rules['both']:.0f}",
    }


def test_the_notes_give_the_numbers_that_come_out():
    assert numbers() == LESSON.words["numbers"]
    assert len(ahead.load("cartpole/limit")["cut"]) == 5  # seeds
    assert (repeats("score")[:3] == 500).all()  # PPO, Actor-Critic and REINFORCE, five seeds each
    assert repeats("short")[[0, 2]].min() == 500
    assert repeats("short")[1].max() == 500
    assert TABLE.bins == (1, 3, 10, 10)


def test_why_a_long_pole_fells_the_lqr_of_a_short_one():
    """Its pushes make it want to push the same way even more: with the long pole, and this weight, alone."""

    def after_a_push(weight, physics):
        w = core.train("lqr", steps=1, position=weight).policy.weights
        return float(w @ core.linearize(physics)[1][:, 0])  # what w · s gains by a push to the right

    assert after_a_push(1.0, LONG) > 0
    assert max(after_a_push(1.0, core.Physics()), after_a_push(0.01, core.Physics()), after_a_push(0.01, LONG)) < 0
    lqr = core.train("lqr", steps=1).policy
    assert all(np.ptp(core.rollout(lqr, seed=seed, physics=LONG).actions) == 0 for seed in range(20))


def test_without_foresight_both_pushes_are_worth_the_same():
    q, visits = made("q_learning", (("gamma", 0.0),)).policy.q, made("q_learning", (("gamma", 0.0),)).policy.visits
    often = visits.min(axis=1) > 300
    assert often.sum() > 10
    assert np.abs(q[often] - 1).max() < 0.01
    assert repeats("right")[-1].min() > 0.6
