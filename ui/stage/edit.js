// Points made by hand: click to add, drag to move, shift-click to flip the class, Delete to remove. The browser owns the
// points while they are moved and tells the server through the stage's pump; the server's points count again once it has
// nothing newer to hear. On a touch screen a tap chooses a point, and the buttons flip or delete it.

import { swatch } from './canvas.js';
import { ARROWS } from './handle.js';
import { lane } from './lane.js';
import { put } from './put.js';

// Rounded to a thousandth of what is in view or finer, however large or small the numbers are.
const seen = (value, { range: [a, b] }) => Number(value.toFixed(Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(b - a)))))));

const REACH = { mouse: 12, pen: 16, touch: 24 };
const STILL = { touch: 12 }; // px; a finger's tap is not quite still

const TRASH = '<svg viewBox="0 0 24 24" width="17" height="17" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2" d="M4 6h16M9 6V4h6v2M6 6l1 14h10l1-14M10 10v6M14 10v6"/></svg>';

export function editing(figure) {
  const { stage, node } = figure;
  let trace = null, drag = null, chosen = -1, brush = 0, version = 0;
  const past = []; // points before each gesture, for undo
  let origin = ''; // the link before the first of them: the data that were edited
  let held = -1; // the point that the arrows move since it was chosen: one gesture
  const keys = document.createElement('div');
  keys.className = 'by-keys';
  const said = document.createElement('div'); // the chosen point, for who does not see it
  said.className = 'unseen';
  said.setAttribute('role', 'status');
  const bar = document.createElement('div');
  bar.className = 'brush';
  bar.setAttribute('role', 'toolbar');
  bar.hidden = true;
  node.append(bar, keys, said);

  const titles = () => [...['xaxis', 'yaxis'].map((axis) => figure.spec.layout[axis].title.text), ...trace.names];
  const list = () => Array.from(trace.x, (x, i) => [x, trace.y[i], trace.label[i]]);
  const redraw = () => figure.paint();

  function set(points, more = {}) {
    trace.x = Float32Array.from(points, (p) => p[0]);
    trace.y = Float32Array.from(points, (p) => p[1]);
    trace.label = Uint8Array.from(points, (p) => p[2]);
    trace.mistake = undefined; // the server knows which are mistakes only after the next answer
    trace.ring = undefined;
    redraw();
    const { xaxis, yaxis } = figure.plot._fullLayout;
    stage.edits.push({ window: [...xaxis.range, ...yaxis.range], points: points.map(([x, y, label]) => [seen(x, xaxis), seen(y, yaxis), label]), names: titles(), ver: stage.editVersion, ...more });
  }
  function choose(i) {
    chosen = i;
    held = -1;
    trace.chosen = i;
    for (const button of bar.querySelectorAll('[data-needs]')) button.disabled = i < 0;
    tell();
    redraw();
  }
  function tell() {
    const [across, up] = trace ? titles() : [], [x, y, label] = trace && chosen >= 0 ? list()[chosen] : [];
    const text = x === undefined ? '' : `${chosen + 1} / ${trace.x.length}: ${across} ${Number(x.toPrecision(4))}, ${up} ${Number(y.toPrecision(4))}, ${trace.names[label]}`;
    put(said, { textContent: text });
  }
  function remember() {
    if (!past.length) origin = lane.page?.search ?? '';
    past.push(list());
    if (past.length > 100) past.shift();
    for (const button of bar.querySelectorAll('[data-past]')) button.disabled = false;
  }
  function undo() {
    if (!past.length) return;
    choose(-1);
    const points = past.pop();
    set(points, past.length ? {} : { back: origin }); // the first undone, the data are what they were, with their name
    for (const button of bar.querySelectorAll('[data-past]')) button.disabled = !past.length;
  }
  function flip(i) {
    remember();
    const points = list();
    points[i][2] = (points[i][2] + 1) % trace.names.length;
    set(points);
  }
  function remove(i) {
    remember();
    const points = list();
    points.splice(i, 1);
    choose(-1);
    set(points);
  }

  // The points as they were typed; what lies beyond the picture widens it.
  function replace(points) {
    remember();
    choose(-1);
    const { xaxis, yaxis } = figure.plot._fullLayout;
    const within = ({ range: [a, b] }, j) => {
      const low = Math.min(a, ...points.map((p) => p[j])), high = Math.max(b, ...points.map((p) => p[j])), by = 0.04 * (high - low);
      return [low < a ? low - by : a, high > b ? high + by : b];
    };
    set(points, { points: points.map((p) => [...p]), window: [...within(xaxis, 0), ...within(yaxis, 1)] });
    stage.fill();
  }

  function tools() {
    const words = stage.words ?? {};
    const key = JSON.stringify([trace.names, words.flip, stage.color.key]);
    if (bar.dataset.key === key) return;
    bar.dataset.key = key;
    bar.setAttribute('aria-label', words.edit);
    keys.textContent = words.edit_keys;
    bar.replaceChildren();
    trace.names.forEach((name, label) => {
      const button = document.createElement('button'), mark = document.createElement('canvas');
      button.type = 'button';
      button.title = `${words.add}: ${name}`;
      button.setAttribute('aria-label', button.title);
      button.setAttribute('aria-pressed', String(label === brush));
      mark.width = mark.height = 36;
      const g = mark.getContext('2d');
      swatch(g, label, 18, 18, 11, stage.color);
      button.append(mark);
      button.onclick = () => {
        brush = label;
        bar.querySelectorAll('[aria-pressed]').forEach((b, i) => b.setAttribute('aria-pressed', String(i === label)));
      };
      bar.append(button);
    });
    for (const [sign, text, act] of [['⇄', words.flip, () => flip(chosen)], [TRASH, words.remove, () => remove(chosen)]]) {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', innerHTML: sign, title: text, disabled: chosen < 0, onclick: act });
      button.dataset.needs = 'point';
      button.setAttribute('aria-label', text);
      bar.append(button);
    }
    const back = document.createElement('button');
    Object.assign(back, { type: 'button', textContent: '↶', title: words.undo, disabled: !past.length, onclick: undo });
    back.dataset.past = '';
    back.setAttribute('aria-label', words.undo);
    bar.append(back);
  }

  const still = (event, { x, y }) => Math.hypot(event.clientX - x, event.clientY - y) <= (STILL[event.pointerType] ?? 4);
  const down = (event) => {
    if (!trace || event.button || bar.contains(event.target) || event.target === figure.back) return;
    const spot = figure.place(event);
    if (!spot) return;
    const i = figure.nearest(trace, spot, REACH[event.pointerType] ?? 12);
    // A finger may be about to scroll the page: it moves only a point that a tap chose before.
    const held = i >= 0 && (event.pointerType !== 'touch' || i === chosen);
    drag = { i, held, id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
    if (!held) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
  };
  // Plotly listens to mousedown and touchstart: on a point it must not start a zoom.
  const stop = (event) => {
    if (!drag?.held) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  const move = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!still(event, drag)) drag.moved = true;
    if (!drag.held || !drag.moved) return;
    if (!drag.remembered) { remember(); drag.remembered = true; }
    const view = figure.view(), box = figure.plot.getBoundingClientRect();
    const px = Math.max(0, Math.min(view.x.length, event.clientX - box.left - view.left));
    const py = Math.max(0, Math.min(view.y.length, event.clientY - box.top - view.top));
    const points = list();
    points[drag.i] = [view.x.from(px), view.y.from(py), points[drag.i][2]];
    set(points);
  };
  // On window: after a press on empty ground Plotly lays a cover over the page, and the release never reaches the node.
  const up = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { i, moved } = drag, tap = !moved && still(event, drag);
    drag = null;
    if (!tap) return;
    if (i >= 0) {
      if (event.shiftKey) flip(i);
      else choose(i === chosen ? -1 : i);
      return;
    }
    const spot = figure.place(event);
    if (!spot) return;
    node.focus({ preventScroll: true });
    const points = list();
    if (points.length >= trace.limit) { figure.stage.note.textContent = stage.words.full; figure.stage.note.hidden = false; return; }
    remember();
    points.push([spot.view.x.from(spot.px), spot.view.y.from(spot.py), event.shiftKey ? (brush + 1) % trace.names.length : brush]);
    set(points);
  };
  const cancel = () => {
    if (drag?.remembered) set(past.pop());
    drag = null;
  };
  const keydown = (event) => {
    if (trace && (event.ctrlKey || event.metaKey) && event.key === 'z') { event.preventDefault(); undo(); return; }
    if (!trace || event.target !== node || event.ctrlKey || event.metaKey || event.altKey) return;
    const n = trace.x.length, [dx, dy] = ARROWS[event.key] ?? [0, 0], key = event.key.toLowerCase();
    if (key === 'n' && n) choose((chosen + (event.shiftKey ? n - 1 : 1) + (chosen < 0 && event.shiftKey ? 1 : 0)) % n);
    else if (key === 'escape' && chosen >= 0) choose(-1);
    else if (key === 'f' && chosen >= 0) flip(chosen);
    else if (['delete', 'backspace'].includes(key) && chosen >= 0) remove(chosen);
    else if (key === 'enter') add(chosen < 0 ? figure.handles.where() ?? cursor() : [trace.x[chosen], trace.y[chosen]]);
    else if (ARROWS[event.key] && chosen >= 0) {
      if (held !== chosen) { remember(); held = chosen; }
      const points = list();
      points[chosen] = [...shifted(points[chosen], dx, dy, event.shiftKey), points[chosen][2]];
      set(points);
      tell();
    } else if (ARROWS[event.key] && !figure.handles.where()) {
      figure.cursor = shifted(cursor(), dx, dy, event.shiftKey);
      redraw();
    } else return;
    event.preventDefault();
  };
  const cursor = () => {
    const view = figure.view();
    return (figure.cursor ??= [view.x.from(view.x.length / 2), view.y.from(view.y.length / 2)]);
  };
  // A place some pixels on, within the view.
  const shifted = ([x, y], dx, dy, far) => {
    const view = figure.view(), by = far ? 40 : 8, within = (p, length) => Math.max(0, Math.min(length, p));
    return [view.x.from(within(view.x.to(x) + by * dx, view.x.length)), view.y.from(within(view.y.to(y) + by * dy, view.y.length))];
  };
  function add([x, y]) {
    const points = list();
    if (points.length >= trace.limit) { stage.note.textContent = stage.words.full; stage.note.hidden = false; return; }
    remember();
    points.push([x, y, brush]);
    choose(-1);
    set(points);
  }

  node.addEventListener('pointerdown', down, true);
  for (const name of ['mousedown', 'touchstart']) node.addEventListener(name, stop, { capture: true, passive: false });
  node.addEventListener('pointermove', move, true);
  node.addEventListener('pointercancel', cancel, true);
  node.addEventListener('keydown', keydown);
  window.addEventListener('pointerup', up, true);

  return {
    get on() { return trace !== null; },
    get chosen() { return chosen >= 0; },
    get points() { return list().map(([x, y, label]) => [seen(x, figure.plot._fullLayout.xaxis), seen(y, figure.plot._fullLayout.yaxis), label]); },
    get names() { return trace.names; },
    get titles() { return titles().slice(0, 2); },
    get limit() { return trace.limit; },
    middle: () => [...cursor(), brush],
    replace,
    // A new picture: keep the hand's own points while it holds one or while newer ones are still on their way.
    take(incoming) {
      const mine = trace;
      trace = incoming ?? null;
      put(bar, { hidden: !trace });
      put(keys, { hidden: !trace });
      if (!trace) { chosen = -1; drag = null; return; }
      const fresh = stage.editVersion !== version; // reset, experiment or link: what the hand did before is past
      version = stage.editVersion;
      if (fresh) { chosen = -1; drag = null; past.length = 0; stage.edits.drop(); }
      else if (mine && mine !== trace && (drag?.moved || !stage.edits.idle()) && !(mine.x.moves || trace.x.moves)) {
        Object.assign(trace, { x: mine.x, y: mine.y, label: mine.label });
        if (trace.mistake && (trace.mistake.moves ? trace.mistake.shape[1] : trace.mistake.length) !== trace.x.length) trace.mistake = undefined;
      }
      if (chosen >= trace.x.length) chosen = -1;
      trace.chosen = chosen;
      tools();
    },
    close() { window.removeEventListener('pointerup', up, true); },
  };
}
