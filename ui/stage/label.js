// Text in the plot area, and where the names of lines find room in it.

import { at, moving, places } from './wire.js';

const GAP = 7; // px between a place and its text, times the zoom
const AWAY = [0, 0.06, -0.06, 0.12, -0.12, 0.2, -0.2, 0.3, -0.3, 0.42, -0.42]; // shares of a line, from where its name was to stand
const SIDES = ['top left', 'bottom right', 'top right', 'bottom left', 'top center', 'bottom center'];

// Text at a place, kept inside the plot area: where it is written, and its box.
function laid(g, view, text, x, y, position) {
  const [vertical, horizontal] = position.split(' '), size = view.font, gap = GAP * view.zoom;
  g.font = `${size}px ${view.family}`;
  g.textAlign = { left: 'right', right: 'left', center: 'center' }[horizontal] ?? 'center';
  g.textBaseline = { top: 'bottom', bottom: 'top', middle: 'middle' }[vertical] ?? 'bottom';
  const width = g.measureText(text).width;
  let px = x + (horizontal === 'right' ? gap : horizontal === 'left' ? -gap : 0);
  let py = y + (vertical === 'bottom' ? gap : vertical === 'top' ? -gap : 0);
  const left = { left: 0, right: width, center: width / 2 }[g.textAlign];
  px = Math.max(left + 3, Math.min(view.x.length - (width - left) - 3, px));
  const above = { bottom: 1, middle: 0.5, top: 0 }[g.textBaseline] * size;
  py = Math.max(above + 2, Math.min(view.y.length - (size - above) - 3, py));
  const top = py - above;
  return { px, py, box: [px - left, top, px - left + width, top + size] };
}

// Text with a halo of the ground's colour.
function write(g, view, text, x, y, position, style, color) {
  const { px, py } = laid(g, view, text, x, y, position);
  g.lineJoin = 'round'; g.lineWidth = 4 * view.zoom; g.strokeStyle = color('$paper'); g.strokeText(text, px, py);
  g.fillStyle = style; g.fillText(text, px, py);
}

const rests = (trace) => !moving(trace.x) && !moving(trace.y); // though not all of it may show yet
const still = (trace) => rests(trace) && !moving(trace.meta?.until);
const known = new WeakMap(); // the names' places, as long as lines and view stay

// All text, over all else. A name whose line moves stands where the scene says; the others step aside for lines and texts that stay,
// so that they, too, stand still while the playhead runs.
export function written(g, view, traces, k, color) {
  for (const trace of traces) {
    for (const { text, px, py, position } of trace.mode?.includes('text') ? texts(view, trace, k) : []) {
      write(g, view, text, px, py, position, color(trace.textfont?.color ?? '$ink'), color);
    }
  }
  const named = traces.filter((trace) => trace.meta?.label && trace.name);
  if (!named.length) return;
  const key = `${[view.x, view.y].map((axis) => `${axis.length} ${axis.from(0)} ${axis.from(axis.length)}`)} ${view.font}`;
  let found = known.get(traces);
  if (found?.key !== key) {
    found = { key, spots: settle(g, view, traces, named.filter(still)) };
    known.set(traces, found);
  }
  for (const trace of named) {
    const spot = found.spots.get(trace) ?? own(view, trace, k);
    if (spot) write(g, view, trace.name, spot.px, spot.py, spot.position, color(trace.line?.color ?? '$ink'), color);
  }
}

function texts(view, trace, k) {
  const [x, y] = places(trace, k), position = trace.textposition ?? 'top center';
  return Array.from(x, (_, i) => ({
    text: typeof trace.text === 'string' ? trace.text : trace.text?.[i], px: view.x.to(x[i]), py: view.y.to(y[i]), position,
  })).filter(({ text, px, py }) => text && Number.isFinite(px) && Number.isFinite(py));
}

const inView = (view, px, py) => px >= -1 && px <= view.x.length + 1 && py >= -1 && py <= view.y.length + 1;

// Where the scene says: at the line's last point in view, or at the share `meta.at` of its points.
function own(view, trace, k) {
  const [x, y] = places(trace, k);
  for (let i = Math.round((x.length - 1) * (trace.meta.at ?? 1)); i >= 0; i -= 1) {
    const px = view.x.to(x[i]), py = view.y.to(y[i]);
    if (Number.isFinite(px) && Number.isFinite(py) && inView(view, px, py)) {
      return { px, py, position: trace.textposition ?? 'top left', share: x.length > 1 ? i / (x.length - 1) : 0 };
    }
  }
  return null;
}

// For each name the first place that no line and no text crosses; where there is none, that which is crossed least.
function settle(g, view, traces, named) {
  const lines = traces.filter((t) => t.type === 'scatter' && rests(t) && (t.meta?.label || (t.mode ?? 'lines').includes('lines'))).map((t) => path(view, t));
  const taken = traces.filter((t) => t.type === 'scatter' && still(t) && t.mode?.includes('text'))
    .flatMap((t) => texts(view, t, 0)).map(({ text, px, py, position }) => laid(g, view, text, px, py, position).box);
  const spots = new Map();
  for (const trace of named) {
    const first = own(view, trace, 0);
    if (!first) continue;
    let best = null, least = Infinity;
    for (const [n, spot] of candidates(view, trace, first).entries()) {
      const { box } = laid(g, view, trace.name, spot.px, spot.py, spot.position);
      const cost = taken.reduce((sum, other) => sum + (meets(box, other) ? 400 : 0), 0)
        + lines.reduce((sum, line) => sum + within(line, box), 0);
      if (cost + n / 8 < least) { least = cost + n / 8; best = { ...spot, box }; }
      if (cost === 0) break;
    }
    taken.push(best.box);
    spots.set(trace, best);
  }
  return spots;
}

function candidates(view, trace, first) {
  const [x, y] = places(trace, 0), last = x.length - 1, spots = [];
  for (const away of AWAY) {
    const t = (first.share + away) * last, i = Math.floor(t);
    if (t < 0 || t > last) continue;
    const mid = (axis, all) => axis.to(all[i] + (t > i ? (t - i) * (all[i + 1] - all[i]) : 0));
    const px = away ? mid(view.x, x) : first.px, py = away ? mid(view.y, y) : first.py;
    if (!Number.isFinite(px) || !Number.isFinite(py) || !inView(view, px, py)) continue;
    for (const position of new Set([first.position, ...SIDES])) spots.push({ px, py, position });
  }
  return spots;
}

function path(view, trace) {
  const x = at(trace.x, 0), y = at(trace.y, 0), line = new Float64Array(2 * x.length);
  for (let i = 0; i < x.length; i += 1) {
    line[2 * i] = view.x.to(x[i]);
    line[2 * i + 1] = view.y.to(y[i]);
  }
  return line;
}

const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// Pixels of a line within a box: each piece is cut at the box' sides (Liang & Barsky).
function within(line, [left, top, right, bottom]) {
  let sum = 0;
  for (let i = 0; i + 3 < line.length; i += 2) {
    const x = line[i], y = line[i + 1], dx = line[i + 2] - x, dy = line[i + 3] - y;
    if (!(Math.min(x, x + dx) <= right && Math.max(x, x + dx) >= left && Math.min(y, y + dy) <= bottom && Math.max(y, y + dy) >= top)) continue;
    let from = 0, to = 1;
    for (const [step, room] of [[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]]) {
      if (step === 0) continue;
      if (step < 0) from = Math.max(from, room / step);
      else to = Math.min(to, room / step);
    }
    if (to > from) sum += 1 + (to - from) * Math.hypot(dx, dy);
  }
  return sum;
}
