// Things one can take hold of and move, without adding or deleting any: a query, the centroids. A moved handle either sets
// one or two parameters (`values`, each a linear function of its coordinate) or moves a point of a set of its own (`field`). Where one
// mark is all there is to move, a click on the ground brings it there.

import { at } from './wire.js';

const sets = (trace) => trace.field ?? String(trace.values.map((set) => set?.[0]));
const REACH = { mouse: 16, pen: 20, touch: 30 };
const STILL = { touch: 12 }; // px; a finger's tap is not quite still

export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function handling(figure) {
  const { stage, node } = figure;
  let traces = [], drag = null, click = null;

  const grab = (spot, reach) => {
    for (const trace of traces) {
      const i = figure.nearest(trace, spot, reach);
      if (i >= 0) return { trace, i };
    }
    return null;
  };
  const down = (event) => {
    const spot = traces.length && !event.button ? figure.place(event) : null;
    const held = spot && grab(spot, REACH[event.pointerType] ?? 16);
    click = spot && !held ? { x: event.clientX, y: event.clientY } : null;
    if (!held) return;
    figure.tip.hidden = true; // it would stay where it was: what moves now is no longer hovered over
    drag = { ...held, id: event.pointerId, from: [at(held.trace.x, 0)[held.i], at(held.trace.y, 0)[held.i]] };
    event.preventDefault();
    event.stopImmediatePropagation(); // before brush and point editing
    node.focus({ preventScroll: true, focusVisible: false }); // the keys are told to those who use them
    node.setPointerCapture(event.pointerId);
  };
  const stop = (event) => {
    if (!drag) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  const move = (event) => {
    if (!drag || event.pointerId !== drag.id) {
      const spot = traces.length && !event.buttons ? figure.place(event) : null;
      if (traces.length) node.style.cursor = spot && grab(spot, 16) ? 'grab' : '';
      return;
    }
    event.stopImmediatePropagation();
    drag.moved = true;
    put(event, drag);
  };
  const put = (event, { trace, i }) => {
    const view = figure.view(), box = figure.plot.getBoundingClientRect();
    const px = Math.max(0, Math.min(view.x.length, event.clientX - box.left - view.left));
    const py = Math.max(0, Math.min(view.y.length, event.clientY - box.top - view.top));
    set(trace, i, view.x.from(px), view.y.from(py));
  };
  const set = (trace, i, across, up) => {
    const x = Float32Array.from(at(trace.x, 0)), y = Float32Array.from(at(trace.y, 0));
    if (trace.values?.[0] !== null) x[i] = across; // null: held along that axis
    if (trace.values?.[1] !== null) y[i] = up;
    Object.assign(trace, { said: trace.said ?? { x: trace.x, y: trace.y }, x, y });
    figure.paint();
    const message = { ver: stage.editVersion };
    if (trace.values) {
      const place = [x[i], y[i]];
      message.values = Object.fromEntries(trace.values.flatMap((set, axis) => (set ? [[set[0], set[1] + set[2] * place[axis]]] : [])));
    } else {
      message.field = trace.field;
      message.points = Array.from(x, (v, n) => [v, y[n], trace.label[n]]);
    }
    stage.edits.push(message);
  };
  const alone = () => traces.length === 1 && traces[0].values && !figure.edit.on;
  const up = (event) => {
    const still = click && Math.hypot(event.clientX - click.x, event.clientY - click.y) < (STILL[event.pointerType] ?? 4);
    click = null;
    if (still && alone()) put(event, { trace: traces[0], i: 0 });
    if (!drag || event.pointerId !== drag.id) return;
    event.stopImmediatePropagation();
    drag = null;
    settle();
  };
  // The browser took the finger, for scrolling say: all is as it was.
  const cancel = (event) => {
    click = null;
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.moved) set(drag.trace, drag.i, ...drag.from);
    drag = null;
    settle();
  };
  // Where no hand holds them and no answer is to come, they stand where the picture has them, which may be no further than a bound.
  const settle = () => {
    const moved = drag || !stage.edits.idle() ? [] : traces.filter((trace) => trace.said);
    for (const trace of moved) Object.assign(trace, trace.said, { said: null });
    if (moved.length) figure.paint();
  };

  node.addEventListener('pointerdown', down, true);
  for (const name of ['mousedown', 'touchstart']) node.addEventListener(name, stop, { capture: true, passive: false });
  node.addEventListener('pointermove', move, true);
  node.addEventListener('pointercancel', cancel, true);
  window.addEventListener('pointerup', up, true);
  // By the keyboard: arrows move the first of them, N goes on to the next, where no point is chosen.
  let number = 0;
  const each = () => traces.flatMap((trace) => Array.from(at(trace.x, 0), (_, i) => ({ trace, i })));
  const where = () => {
    const held = each()[number % Math.max(1, each().length)];
    return held ? [at(held.trace.x, 0)[held.i], at(held.trace.y, 0)[held.i]] : null;
  };
  const keydown = (event) => {
    if (!traces.length || event.target !== node || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || figure.edit.chosen) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const { trace, i } = each()[number % each().length], view = figure.view(), [x, y] = where(), by = event.shiftKey ? 40 : 8;
      set(trace, i, view.x.from(Math.max(0, Math.min(view.x.length, view.x.to(x) + by * arrow[0]))), view.y.from(Math.max(0, Math.min(view.y.length, view.y.to(y) + by * arrow[1]))));
    } else if (event.key.toLowerCase() === 'n' && !figure.edit.on && each().length > 1) number += 1;
    else return;
    event.preventDefault();
  };
  node.addEventListener('keydown', keydown);

  return {
    where,
    // A new picture: what the hand holds stays under the hand.
    take(incoming) {
      if (drag) {
        const same = incoming.find((trace) => sets(trace) === sets(drag.trace));
        if (same && same.x.length === drag.trace.x.length) Object.assign(same, { said: { x: same.x, y: same.y }, x: drag.trace.x, y: drag.trace.y });
        drag.trace = same ?? drag.trace;
        if (!same) drag = null;
      }
      traces = incoming;
      node.classList.toggle('handled', traces.length > 0);
    },
    settle,
    close() { window.removeEventListener('pointerup', up, true); },
  };
}
