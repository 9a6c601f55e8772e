"""CartPole in a browser: the physics are Gymnasium's, keys and buttons push, ghosts play, the record is kept."""

import gymnasium
import numpy as np
import pytest

from core.reinforcement import cartpole as core
from core.reinforcement.made import own
from pages.reinforcement.cartpole.play import acts

pytestmark = pytest.mark.browser

HARD = "/cartpole?scene=play&lang=en&pace=1&ghosts=0&idle=last"


def module(page):
    """Give the address of the game's code, as the page loaded it."""
    files = page.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
    return next(name for name in files if name.endswith("cartpole/play.js"))


def test_one_step_is_gymnasiums(visit):
    rng = np.random.default_rng(0)
    states = rng.uniform([-2.4, -3, -0.2, -3], [2.4, 3, 0.2, 3], (10_000, 4))
    actions = rng.integers(0, 2, 10_000)
    env = gymnasium.make("CartPole-v1").unwrapped
    env.reset(seed=0)
    after = np.empty_like(states)
    for i, (state, action) in enumerate(zip(states, actions, strict=True)):
        env.state, env.steps_beyond_terminated = tuple(state), None
        env.step(int(action))
        after[i] = env.state
    page = visit(HARD)
    physics = {"gravity": 9.8, "masscart": 1.0, "masspole": 0.1, "length": 0.5, "force": 10.0, "tau": 0.02}
    theirs = page.evaluate(
        """async ([where, states, actions, physics]) => {
            const { step } = await import(where);
            return states.map((s, i) => step(s, actions[i], physics));
        }""",
        [module(page), states.tolist(), actions.tolist(), physics],
    )
    np.testing.assert_allclose(theirs, after, rtol=0, atol=1e-12)


def test_the_same_150_actions_end_in_the_same_state(visit):
    actions = np.random.default_rng(1).integers(0, 2, 150)
    env = gymnasium.make("CartPole-v1").unwrapped
    env.reset(seed=7)
    start, path = list(env.state), []
    for action in actions:
        env.steps_beyond_terminated = None
        env.step(int(action))
        path.append(env.state)
    page = visit(HARD)
    physics = {"gravity": 9.8, "masscart": 1.0, "masspole": 0.1, "length": 0.5, "force": 10.0, "tau": 0.02}
    theirs = page.evaluate(
        """async ([where, start, actions, physics]) => {
            const { step } = await import(where);
            let s = start;
            return actions.map((a) => (s = step(s, a, physics)));
        }""",
        [module(page), [float(v) for v in start], actions.tolist(), physics],
    )
    np.testing.assert_allclose(theirs, path, rtol=0, atol=1e-6)


def test_agents_act_as_in_python(visit):
    states = np.random.default_rng(2).uniform(-1, 1, (2_000, 4)) * [2.4, 2.0, 0.2, 2.0]
    page = visit(HARD)
    for agent in ("lqr", "ppo", "q_learning"):
        policy = own(agent).policy
        plain = {
            key: [{k: v.ravel().tolist() for k, v in layer.items()} for layer in value]
            if key == "layers"
            else np.asarray(value).tolist()
            for key, value in acts(policy).items()
        }
        theirs = page.evaluate(
            """async ([where, agent, states]) => {
                const { act } = await import(where);
                return states.map((s) => act(agent, s, null));
            }""",
            [module(page), plain, states.tolist()],
        )
        ours = policy.act(states.astype(np.float32))
        assert np.mean(np.array(theirs) == ours) > 0.998, agent  # a state may lie on the border to the last bit


def test_holding_a_key_ends_where_gymnasium_ends(visit):
    state = core.start_states([3])[0]
    steps = 0
    while not core.fallen(state):
        state = core.step_physics(state, 1)
        steps += 1
    page = visit(HARD)
    page.locator(".cartpole-play .world").focus()
    page.keyboard.down("ArrowRight")
    page.wait_for_function("document.querySelector('.says').textContent.includes('terminated')")
    page.keyboard.up("ArrowRight")
    assert page.locator(".says").inner_text().startswith(f"{steps} steps")
    assert page.locator("tr.me td").nth(2).inner_text() == str(steps)
    page.locator(".keys button").nth(2).click()  # again
    assert page.locator("tr.me td").nth(1).inner_text() == "0"
    assert page.locator("tr.me td").nth(2).inner_text() == str(steps)  # the record of this visit stays
    page.locator(".keys button").nth(1).hover()
    page.mouse.down()
    page.wait_for_function("Number(document.querySelector('tr.me td:nth-child(2)').textContent.replace('…', '')) > 0")


def test_ghosts_play_on_to_their_end(visit):
    page = visit("/cartpole?scene=play&lang=ja&pace=1&idle=last")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.says').textContent.includes('terminated')")
    cells = "[...document.querySelectorAll('.side tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))"
    rows = {row[0]: row[2] for row in page.evaluate(cells)}
    assert rows["LQR"] == "500"
    assert int(rows["ランダム"]) < 200


def test_the_cart_rides_while_the_playhead_waits(visit):
    page = visit("/cartpole?lang=en")
    picture = "document.querySelector('[data-name=\"cart\"] canvas').toDataURL()"
    still = page.evaluate(picture)
    page.locator(".playhead input").focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"(still) => {picture} !== still", arg=still)
