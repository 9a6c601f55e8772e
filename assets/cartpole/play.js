// "You play": CartPole in real time, by hand, beside the agents' ghosts. The stage calls the default export.

// One step of CartPole-v1: Gymnasium's equations and its order of operations, in 64 bits (Euler's method).
export function step(state, action, physics) {
  const [x, xDot, theta, thetaDot] = state;
  const { gravity, masscart, masspole, length, force, tau } = physics;
  const totalMass = masspole + masscart, polemassLength = masspole * length;
  const push = action === 1 ? force : -force;
  const cos = Math.cos(theta), sin = Math.sin(theta);
  // a = (F + m l θ̇² sin θ) / (m + M);  θ̈ = (g sin θ − a cos θ) / (l (4/3 − m cos² θ / (m + M)));  ẍ = a − m l θ̈ cos θ / (m + M)
  const temp = (push + polemassLength * (thetaDot * thetaDot) * sin) / totalMass;
  const thetaAcc = (gravity * sin - cos * temp) / (length * (4.0 / 3.0 - (masspole * (cos * cos)) / totalMass));
  const xAcc = temp - (polemassLength * thetaAcc * cos) / totalMass;
  return [x + tau * xDot, xDot + tau * xAcc, theta + tau * thetaDot, thetaDot + tau * thetaAcc];
}

export const X_LIMIT = 2.4, ANGLE_LIMIT = (12 * 2 * Math.PI) / 360;

// Why a state ends the episode: 'angle', 'position', or null.
export function ended([x, , theta]) {
  if (theta < -ANGLE_LIMIT || theta > ANGLE_LIMIT) return 'angle';
  return x < -X_LIMIT || x > X_LIMIT ? 'position' : null;
}

// A sudden push: the cart's speed jumps by `by` (m/s), and the pole, a rod held at its foot, turns against it.
export function jolt([x, xDot, theta, thetaDot], by, { length }) {
  // Δθ̇ = −m l cos θ Δv / (4/3 m l²)
  return [x, xDot + by, theta, thetaDot - (0.75 * Math.cos(theta) * by) / length];
}

// What an agent does; like Gymnasium's agents it sees the state in 32 bits.
export function act(agent, state, coin) {
  const s = state.map(Math.fround);
  if (agent.kind === 'random') return coin() < 0.5 ? 0 : 1;
  if (agent.kind === 'linear') return agent.weights.reduce((sum, w, i) => sum + w * s[i], 0) >= 0 ? 1 : 0;
  if (agent.kind === 'table') { // boxes of equal size over ± edge
    let box = 0;
    agent.bins.forEach((bins, i) => {
      box = box * bins + Math.min(bins - 1, Math.max(0, Math.floor((s[i] / agent.edge[i] + 1) * 0.5 * bins)));
    });
    return agent.better[box];
  }
  let h = s.map((v, i) => v / agent.scale[i]); // layers of tanh, one output: log(P(right) / P(left))
  agent.layers.forEach(({ w, b }, n) => { // w (in, out), flat
    const out = Array.from(b);
    for (let i = 0; i < h.length; i += 1) for (let j = 0; j < out.length; j += 1) out[j] += h[i] * w[i * out.length + j];
    h = n < agent.layers.length - 1 ? out.map(Math.tanh) : out;
  });
  return h[0] >= 0 ? 1 : 0;
}

// A small generator of its own, so that the random ghost plays the same coin for the same start.
export function coins(seed) { // mulberry32
  let a = (seed + 1) * 0x9e3779b1;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// ---- the picture: carts {x, theta, color, ghost, action} on their track, to scale; the pole leans the way it falls

export function paint(canvas, carts, { length, color, count = null }) {
  const w = canvas.clientWidth, h = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
  if (!w || !h) return;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  const g = canvas.getContext('2d'), style = getComputedStyle(canvas), size = parseFloat(style.fontSize) || 13;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  const pole = 2 * length, unit = Math.min((w - 12) / 5.4, (h - 62) / (Math.max(pole, 1) + 0.3));
  if (unit <= 0) return; // on its way to its size
  const floor = h - 30, axle = floor - 0.22 * unit, px = (x) => w / 2 + x * unit;
  g.strokeStyle = color('$muted'); g.lineWidth = 1.5;
  g.beginPath(); g.moveTo(px(-X_LIMIT), floor); g.lineTo(px(X_LIMIT), floor); g.stroke();
  g.setLineDash([6, 5]); g.strokeStyle = color('$ink');
  for (const x of [-X_LIMIT, X_LIMIT]) { g.beginPath(); g.moveTo(px(x), floor); g.lineTo(px(x), floor - 0.9 * unit); g.stroke(); }
  g.setLineDash([]);
  g.fillStyle = color('$muted'); g.textAlign = 'center'; g.textBaseline = 'top'; g.font = `${size - 1}px ${style.fontFamily}`;
  for (const x of [-2.4, -1, 0, 1, 2.4]) g.fillText(`${String(x).replace('-', '−')}${x === 2.4 ? ' m' : ''}`, px(x), floor + 7);
  g.font = `${size - 1}px ${style.fontFamily}`;
  carts.forEach((cart, rank) => one(g, cart, px(cart.x), axle, unit, pole, color, rank * size));
  if (count !== null) {
    g.fillStyle = color('$ink'); g.textAlign = 'left'; g.textBaseline = 'top'; g.font = `600 ${size + 7}px ${style.fontFamily}`;
    g.fillText(String(count), 10, 8);
  }
}

function one(g, { theta, color: name, ghost, action, tag }, x, y, unit, pole, color, lift) {
  const half = 0.25 * unit, height = 0.22 * unit, style = color(name);
  if (!ghost) { // the angle at which it ends
    g.globalAlpha = 0.1; g.fillStyle = color('$ink');
    g.beginPath(); g.moveTo(x, y); g.arc(x, y, pole * unit, -Math.PI / 2 - ANGLE_LIMIT, -Math.PI / 2 + ANGLE_LIMIT); g.closePath(); g.fill();
  }
  g.globalAlpha = ghost ? 0.55 : 1;
  g.strokeStyle = style; g.fillStyle = color('$ink'); g.lineWidth = 1.5;
  g.beginPath(); g.rect(x - half, y, 2 * half, height * 0.78);
  if (ghost) g.stroke(); else g.fill();
  for (const dx of ghost ? [] : [-0.6, 0.6]) { g.beginPath(); g.arc(x + dx * half, y + height * 0.84, height * 0.16, 0, 2 * Math.PI); g.fill(); }
  g.lineCap = 'round'; g.lineWidth = ghost ? 4 : 7;
  g.beginPath(); g.moveTo(x, y); g.lineTo(x + pole * unit * Math.sin(theta), y - pole * unit * Math.cos(theta)); g.stroke();
  g.lineCap = 'butt'; g.globalAlpha = 1;
  if (tag) { // its name, each ghost at a height of its own along the pole
    const far = 1.04 * pole, up = y - far * unit * Math.cos(theta) - lift;
    g.fillStyle = style; g.textAlign = 'center'; g.textBaseline = 'bottom';
    g.fillText(tag, x + far * unit * Math.sin(theta), up);
  }
  if (action === null || action === undefined) return;
  const side = action === 1 ? 1 : -1, a = x + side * 0.3 * unit, b = x + side * 0.55 * unit, m = y + 0.1 * unit;
  g.strokeStyle = g.fillStyle = style; g.lineWidth = 2.5;
  g.beginPath(); g.moveTo(a, m); g.lineTo(b, m); g.stroke();
  g.beginPath(); g.moveTo(b + side * 8, m); g.lineTo(b, m - 6); g.lineTo(b, m + 6); g.closePath(); g.fill();
}

const WORDS = {
  ja: {
    you: 'あなた', start: 'はじめる', again: 'もう一度', left: '左へ', right: '右へ', nudge: 'つつく', steps: 'ステップ',
    angle: '棒が 12° を超えました（終了、terminated）', position: '台車が端を越えました（終了、terminated）',
    limit: '500 ステップで打ち切りです（truncated）', ready: '← → キーか下のボタンで始まります。',
    board: 'この訪問の記録', who: '名前', best: '長さ', seed: '初期', nudges: 'つつき', run: '今回', help: '← →: 押す、Z X: つつく、スペース: やり直す',
    fell: '倒れた', out: '外へ', whole: '満了', now: '立っている', world: '台車と棒。左右の矢印キーで押します。',
  },
  en: {
    you: 'You', start: 'Start', again: 'Again', left: 'Left', right: 'Right', nudge: 'Nudge', steps: 'steps',
    angle: 'The pole passed 12° (terminated)', position: 'The cart left the track (terminated)',
    limit: 'Cut off at 500 steps (truncated)', ready: 'Press ← or →, or a button below, to start.',
    board: 'This visit', who: 'Who', best: 'Steps', seed: 'Start', nudges: 'Nudges', run: 'Now', help: '← →: push, Z X: nudge, space: again',
    fell: 'fell', out: 'left', whole: 'full', now: 'up', world: 'Cart and pole. The left and right arrow keys push.',
  },
};

const visit = new Map(); // who -> best run of this visit; outlives the scene

const make = (tag, className, parent, text = '') => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  parent?.append(node);
  return node;
};

const CSS = `
.cartpole-play { position: absolute; inset: 0; display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); gap: 8px; font-size: var(--type, 13px); }
.cartpole-play .world { position: relative; min-height: 0; border-radius: 6px; outline-offset: 2px; touch-action: pan-y; cursor: pointer; }
.cartpole-play .world:focus-visible { outline: 3px solid var(--st-primary-color); }
.cartpole-play canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.cartpole-play .says { position: absolute; left: 10px; top: 2.7em; width: calc(100% - 18em); margin: 0; padding: 0; font-size: calc(var(--type, 13px) + 2px); line-height: 1.5; pointer-events: none; }
.cartpole-play .keys { display: grid; grid-template-columns: auto 1fr auto 1fr auto; gap: 8px; align-items: center; }
.cartpole-play button { min-width: 0; min-height: 44px; padding: 0 10px; border: 1px solid var(--st-border-color); border-radius: 6px; background: var(--st-background-color); color: inherit; font: inherit; font-size: calc(var(--type, 13px) + 1px); cursor: pointer; touch-action: none; user-select: none; white-space: nowrap; }
.cartpole-play button:focus-visible { outline: 3px solid var(--st-primary-color); }
.cartpole-play button.held { border-color: var(--st-primary-color); box-shadow: inset 0 0 0 1px var(--st-primary-color); }
.cartpole-play .side { position: absolute; right: 0; top: 0; width: 17.3em; max-height: 56%; box-sizing: border-box; overflow: auto; border: 1px solid var(--st-border-color); border-radius: 6px; padding: 6px 10px; pointer-events: none; }
.cartpole-play h4 { margin: 0 0 4px; padding: 0; font-size: inherit; font-weight: 600; }
.cartpole-play table { width: 100%; margin: 0; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: inherit; line-height: 1.5; }
.cartpole-play :is(th, td) { padding: 1px 0 1px 8px; text-align: right; font-weight: 400; white-space: nowrap; border: 0; }
.cartpole-play :is(th, td):first-child { padding-left: 0; text-align: left; white-space: normal; }
.cartpole-play th { opacity: .72; }
.cartpole-play tr.me td { font-weight: 600; }
.cartpole-play .dot { display: inline-block; width: .75em; height: .75em; margin-right: .45em; border-radius: 50%; }
.cartpole-play .help { margin: 6px 0 0; padding: 0; opacity: .72; font-size: calc(var(--type, 13px) - 1px); line-height: 1.4; }
.narrow .cartpole-play { grid-template: minmax(0, 1fr) auto auto / minmax(0, 1fr); gap: 4px; }
.narrow .cartpole-play .side { position: static; grid-row: 3; width: auto; max-height: 72px; padding: 0 8px; border: 0; }
.narrow .cartpole-play :is(.help, h4, thead) { display: none; }
.narrow .cartpole-play tbody { display: flex; flex-wrap: wrap; gap: 0 12px; }
.narrow .cartpole-play .says { top: 6px; left: 44px; width: auto; right: 4px; font-size: 13px; }
.narrow .cartpole-play .keys { gap: 4px; grid-template-columns: auto 1fr 1fr 1fr auto; }
.narrow .cartpole-play button { padding: 0 4px; font-size: 13px; }
`;

export default function (node, api) {
  const root = make('div', 'cartpole-play', node);
  make('style', '', root, CSS);
  const world = make('div', 'world', root);
  world.tabIndex = 0;
  world.setAttribute('role', 'application');
  const canvas = make('canvas', '', world), says = make('p', 'says', world);
  says.setAttribute('role', 'status');
  const keys = make('div', 'keys', root), side = make('div', 'side', root);

  let data = null, carts = [], running = false, over = true, held = [], last = 1, count = 0, nudges = 0, clock = 0, before = 0;
  let closed = false, asked = 0, words = WORDS.ja, reason = null;

  // ---- the run

  function fresh() {
    count = 0; nudges = 0; clock = 0; reason = null; over = false; running = false;
    const begin = (agent) => ({ agent, state: [...data.start], was: [...data.start], steps: 0, why: null, coin: coins(data.seed), action: null });
    carts = [begin(null), ...data.agents.map(begin)];
    says.textContent = words.ready;
    table();
    show();
  }

  function go() {
    if (!data) return;
    if (over) fresh();
    if (running) return;
    running = true;
    says.textContent = '';
    before = performance.now();
    asked = requestAnimationFrame(tick);
  }

  // The hand always pushes one way or the other, as the agents must: CartPole has no "nothing". Without a key the cart
  // goes on as before, or is pushed left and right by turns.
  function wanted() {
    if (held.length) return held[held.length - 1];
    return data.idle === 'alternate' ? count % 2 : last;
  }

  function advance(cart, action) {
    cart.was = cart.state;
    cart.action = action;
    cart.state = step(cart.state, action, data.physics);
    cart.steps += 1;
    cart.why = ended(cart.state) ?? (cart.steps >= data.limit ? 'limit' : null);
  }

  function tick(now) {
    if (!running || closed) return;
    clock += Math.min(0.1, (now - before) / 1000) * data.pace; // a hidden tab does not run ahead
    before = now;
    while (clock >= data.physics.tau && !over) {
      clock -= data.physics.tau;
      for (const cart of carts) if (!cart.why) advance(cart, cart.agent ? act(cart.agent, cart.state, cart.coin) : wanted());
      count += 1;
      if (carts[0].why) finish();
    }
    show();
    if (count % 10 === 0 || over) table();
    if (!over) asked = requestAnimationFrame(tick);
  }

  function finish() {
    over = true; running = false;
    reason = carts[0].why;
    for (const cart of carts) while (!cart.why) advance(cart, act(cart.agent, cart.state, cart.coin)); // the ghosts go on to their end
    for (const cart of carts) {
      const who = cart.agent?.name ?? '', old = visit.get(who);
      if (!old || cart.steps > old.steps) visit.set(who, { steps: cart.steps, seed: data.seed, nudges });
    }
    says.textContent = `${carts[0].steps} ${words.steps} — ${words[reason]}`;
    table();
  }

  function nudge(way) {
    if (!running || over) return;
    nudges += 1;
    for (const cart of carts) if (!cart.why) cart.state = jolt(cart.state, way * data.nudge, data.physics);
  }

  // ---- hands

  const LEFT = ['ArrowLeft', 'a', 'A'], RIGHT = ['ArrowRight', 'd', 'D'];
  function press(way) {
    if (!held.includes(way)) held.push(way);
    last = way;
    go();
    hint();
  }
  function release(way) { held = held.filter((w) => w !== way); hint(); }
  const way = (key) => (LEFT.includes(key) ? 0 : RIGHT.includes(key) ? 1 : null);
  function down(event) {
    if (!data || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = event.composedPath()[0];
    if (from.closest?.('input, select, textarea, [role="slider"], [contenteditable]')) return;
    if (!(root.contains(from) || from === document.body || running)) return;
    const which = way(event.key);
    if (which !== null) {
      event.preventDefault();
      if (!event.repeat && !(over && reason && performance.now() - before < 700)) press(which); // a key still held after the fall is no new start
      return;
    }
    if (event.repeat) return;
    if (event.key === 'z' || event.key === 'Z') nudge(-1);
    else if (event.key === 'x' || event.key === 'X') nudge(1);
    else if (event.key === ' ' && from.tagName !== 'BUTTON') { event.preventDefault(); fresh(); }
  }
  const up = (event) => { const which = way(event.key); if (which !== null) release(which); };
  const blur = () => { held = []; hint(); };
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  window.addEventListener('blur', blur);

  const button = (act, hold = null) => {
    const b = make('button', '', keys);
    b.type = 'button';
    if (hold === null) b.onclick = act;
    else {
      b.onpointerdown = (event) => { event.preventDefault(); b.setPointerCapture(event.pointerId); press(hold); };
      for (const name of ['onpointerup', 'onpointercancel', 'onlostpointercapture']) b[name] = () => release(hold);
      b.onkeydown = (event) => { if (event.key === 'Enter' && !event.repeat) press(hold); };
      b.onkeyup = (event) => { if (event.key === 'Enter') release(hold); };
    }
    return b;
  };
  const pushLeft = () => nudge(-1), pushRight = () => nudge(1);
  const nl = button(pushLeft), bl = button(null, 0), again = button(() => fresh()), br = button(null, 1), nr = button(pushRight);
  // A touch on the picture pushes towards the side it is on.
  world.onpointerdown = (event) => {
    const box = world.getBoundingClientRect(), which = event.clientX < box.left + box.width / 2 ? 0 : 1;
    world.setPointerCapture(event.pointerId);
    if (over && reason && performance.now() - before < 700) return;
    press(which);
    world.onpointerup = world.onpointercancel = () => release(which);
  };
  function hint() {
    bl.classList.toggle('held', held.includes(0));
    br.classList.toggle('held', held.includes(1));
  }

  // ---- pictures

  function show() {
    const share = over || !running ? 1 : Math.min(1, clock / data.physics.tau); // between two steps, for smoothness
    const seen = carts.filter((cart) => !cart.agent || !cart.why).reverse().map((cart) => ({
      x: cart.was[0] + share * (cart.state[0] - cart.was[0]), theta: cart.was[2] + share * (cart.state[2] - cart.was[2]),
      color: cart.agent?.color ?? '$now', ghost: Boolean(cart.agent), tag: cart.agent?.name ?? '', action: !cart.agent && running ? cart.action : null,
    }));
    paint(canvas, seen, { length: data.physics.length, color: api.color, count: running || count ? carts[0].steps : null });
  }

  // Who stands how long now, and the best of this visit.
  function table() {
    const rows = carts.map((cart) => ({ name: cart.agent?.name ?? words.you, who: cart.agent?.name ?? '', cart, best: visit.get(cart.agent?.name ?? '') }));
    rows.sort((a, b) => (b.best?.steps ?? -1) - (a.best?.steps ?? -1));
    const sheet = make('table', ''), head = make('tr', '', make('thead', '', sheet)), body = make('tbody', '', sheet);
    for (const text of [words.who, words.run, words.best]) make('th', '', head, text);
    for (const { name, cart, best } of rows) {
      const line = make('tr', cart.agent ? '' : 'me', body), who = make('td', '', line);
      make('span', 'dot', who).style.background = api.color(cart.agent?.color ?? '$now');
      who.append(name);
      make('td', '', line, `${cart.steps}${cart.why ? '' : running ? '…' : ''}`);
      make('td', '', line, best ? String(best.steps) : '–');
    }
    const mine = visit.get('');
    side.replaceChildren(make('h4', '', null, words.board), sheet);
    if (mine) make('p', 'help', side, `${words.you}: ${mine.steps} ${words.steps} (${words.seed} ${mine.seed}, ${words.nudges} ${mine.nudges})`);
    make('p', 'help', side, words.help);
  }

  const observer = new ResizeObserver(() => show());
  observer.observe(world);

  return {
    update(given) {
      const key = JSON.stringify([given.start, given.seed, given.physics, given.limit, given.agents.map((a) => a.name), api.lang]);
      const changed = root.dataset.key !== key;
      data = given;
      words = WORDS[api.lang] ?? WORDS.ja;
      world.setAttribute('aria-label', words.world);
      for (const [b, text] of [[nl, `↤ ${words.nudge}`], [bl, `← ${words.left}`], [again, words.again], [br, `${words.right} →`], [nr, `${words.nudge} ↦`]]) b.textContent = text;
      if (changed) { root.dataset.key = key; fresh(); } // pace, nudge and the like change without a new start
      show();
      table();
    },
    close() {
      closed = true; running = false;
      cancelAnimationFrame(asked);
      observer.disconnect();
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', blur);
      root.remove();
    },
  };
}
