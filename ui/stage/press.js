// Boxes to press: a click, or a finger's tap, sets parameters, such as what is known of a node. By the keyboard: N goes on to the next, Enter presses it.

import { at } from './wire.js';

const STILL = { touch: 12 }; // px; a finger's tap is not quite still

export function pressing(figure) {
  const { stage, node } = figure;
  let trace = null, from = null, chosen = -1;

  const under = (event) => {
    const spot = trace ? figure.place(event) : null;
    if (!spot) return -1;
    const x = at(trace.x, 0), y = at(trace.y, 0), [wide, high] = trace.half, { view, px, py } = spot;
    const within = (axis, middle, half, p) => Math.abs(p - axis.to(middle)) <= Math.abs(axis.to(middle + half) - axis.to(middle));
    return x.findIndex((_, i) => within(view.x, x[i], wide, px) && within(view.y, y[i], high, py));
  };
  const press = (i) => stage.edits.push({ ver: stage.editVersion, values: trace.values[i] });
  const down = (event) => {
    from = under(event) < 0 || event.button || event.target === figure.back ? null : { i: under(event), x: event.clientX, y: event.clientY };
    if (from) node.focus({ preventScroll: true });
  };
  const up = (event) => {
    const still = from && Math.hypot(event.clientX - from.x, event.clientY - from.y) < (STILL[event.pointerType] ?? 4);
    if (still && trace?.values[from.i]) press(from.i);
    from = null;
  };
  const move = (event) => { if (trace) node.style.cursor = under(event) < 0 ? '' : 'pointer'; };
  const keydown = (event) => {
    if (!trace || event.target !== node || event.ctrlKey || event.metaKey || event.altKey) return;
    const n = trace.values.length, key = event.key.toLowerCase();
    if (key === 'n') choose((chosen + (event.shiftKey ? n - 1 : 1) + (chosen < 0 && event.shiftKey ? 1 : 0)) % n);
    else if (key === 'escape' && chosen >= 0) choose(-1);
    else if (key === 'enter' && chosen >= 0) press(chosen);
    else return;
    event.preventDefault();
  };
  const choose = (i) => {
    trace.chosen = chosen = i;
    figure.paint();
  };

  node.addEventListener('pointerdown', down, true);
  node.addEventListener('pointermove', move, true);
  node.addEventListener('pointercancel', () => { from = null; }, true);
  node.addEventListener('keydown', keydown);
  window.addEventListener('pointerup', up, true); // Plotly may lay a cover over the page after a press

  return {
    take(incoming) {
      trace = incoming ?? null;
      if (trace && chosen < trace.values.length) trace.chosen = chosen;
      else chosen = -1;
      node.classList.toggle('pressed', Boolean(trace));
    },
    close() { window.removeEventListener('pointerup', up, true); },
  };
}
