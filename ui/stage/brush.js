// Linked brushing: a lasso in one figure lights the same rows in every figure of the stage. All in the browser.

const LEAST = 6; // px; a shorter drag is a click, which clears

export function brushing(figure) {
  const { stage, node } = figure;
  let drag = null, on = false;

  const spot = (event) => {
    const view = figure.view(), box = figure.plot.getBoundingClientRect();
    return [event.clientX - box.left - view.left, event.clientY - box.top - view.top];
  };
  // Shift-drag is left to Plotly's zoom.
  const down = (event) => {
    if (!on || event.button || event.shiftKey || !figure.place(event) || event.target === figure.back) return;
    drag = { id: event.pointerId, polygon: [spot(event)], before: stage.selection };
    node.setPointerCapture(event.pointerId);
  };
  const stop = (event) => {
    if (!drag) return;
    event.stopImmediatePropagation();
    if (event.type === 'mousedown') event.preventDefault(); // a finger that goes up or down scrolls the page
  };
  const move = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    drag.polygon.push(spot(event));
    cancelAnimationFrame(drag.frame);
    drag.frame = requestAnimationFrame(() => light());
  };
  const light = () => {
    if (!drag) return;
    figure.lasso = drag.polygon;
    const [a, ...rest] = drag.polygon;
    if (rest.every(([x, y]) => Math.hypot(x - a[0], y - a[1]) < LEAST)) return;
    stage.select(figure.rowsWithin(drag.polygon));
  };
  const up = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const short = drag.polygon.every(([x, y]) => Math.hypot(x - drag.polygon[0][0], y - drag.polygon[0][1]) < LEAST);
    cancelAnimationFrame(drag.frame);
    if (!short) light();
    drag = null;
    figure.lasso = null;
    if (short) stage.select(null);
    else stage.paintAll();
  };
  const cancel = () => {
    if (!drag) return;
    cancelAnimationFrame(drag.frame);
    stage.selection = drag.before;
    drag = figure.lasso = null;
    stage.paintAll();
  };
  const keydown = (event) => { if (on && event.key === 'Escape') stage.select(null); };

  node.addEventListener('pointerdown', down, true);
  for (const name of ['mousedown', 'touchstart']) node.addEventListener(name, stop, { capture: true, passive: false });
  node.addEventListener('pointermove', move, true);
  node.addEventListener('pointercancel', cancel, true);
  node.addEventListener('keydown', keydown);
  window.addEventListener('pointerup', up, true);

  return {
    get on() { return on; },
    take(trace) { on = Boolean(trace); node.classList.toggle('brushed', on); },
    close() { window.removeEventListener('pointerup', up, true); },
  };
}

// Even-odd rule: how many of the polygon's edges a ray to the right crosses.
export function within(polygon, px, py) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i], [xj, yj] = polygon[j];
    if (yi > py !== yj > py && px < ((xj - xi) * (py - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
