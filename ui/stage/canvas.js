// Paints the traces of a figure's `under` (see `figures/spec.py`) in the pixels of its plot area.

import { written } from './label.js';
import { CLASSES } from './theme.js';
import { at, places } from './wire.js';

const SYMBOLS = ['circle', 'triangle-up', 'square', 'diamond', 'cross'];
const TAU = 2 * Math.PI;

// An axis as a pair of functions between data and pixels. `flip` for y, which grows upwards.
export function scale(axis, flip) {
  const [a, b] = axis.range;
  const length = axis._length;
  const log = axis.type === 'log';
  const to = (v) => {
    const p = (((log ? Math.log10(v) : v) - a) / (b - a)) * length;
    return flip ? length - p : p;
  };
  const from = (p) => {
    const v = a + ((flip ? length - p : p) / length) * (b - a);
    return log ? 10 ** v : v;
  };
  return { to, from, length };
}

export function paint(g, view, traces, k, color, selection = null) {
  for (const trace of traces) {
    if (PAINTERS[trace.type]) {
      g.save();
      g.beginPath(); g.rect(0, 0, view.x.length, view.y.length); g.clip();
      PAINTERS[trace.type](g, view, trace, k, color);
      g.restore();
    }
    MARKERS[trace.type]?.(g, view, trace, k, color, selection);
  }
  written(g, view, traces, k, color);
}

export const BLEED = 10; // px, times the zoom: a mark whose middle is in view is whole, also where it reaches over the edge
const seen = ({ x, y }, px, py) => px > -1 && py > -1 && px < x.length + 1 && py < y.length + 1;

const pick = (value, i) => (value !== null && typeof value === 'object' ? value[i] : value);

const path = (g, symbol, x, y, r) => { g.beginPath(); outline(g, symbol, x, y, r); };

function outline(g, symbol, x, y, r) {
  if (symbol === 'triangle-up') {
    g.moveTo(x, y - 1.15 * r); g.lineTo(x + 1.1 * r, y + 0.8 * r); g.lineTo(x - 1.1 * r, y + 0.8 * r); g.closePath();
  } else if (symbol === 'square') {
    g.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r);
  } else if (symbol === 'diamond') {
    g.moveTo(x, y - 1.25 * r); g.lineTo(x + 1.25 * r, y); g.lineTo(x, y + 1.25 * r); g.lineTo(x - 1.25 * r, y); g.closePath();
  } else if (symbol === 'cross') {
    const a = 1.15 * r, b = 0.42 * r;
    g.moveTo(x - b, y - a); g.lineTo(x + b, y - a); g.lineTo(x + b, y - b); g.lineTo(x + a, y - b); g.lineTo(x + a, y + b);
    g.lineTo(x + b, y + b); g.lineTo(x + b, y + a); g.lineTo(x - b, y + a); g.lineTo(x - b, y + b); g.lineTo(x - a, y + b);
    g.lineTo(x - a, y - b); g.lineTo(x - b, y - b); g.closePath();
  } else {
    g.moveTo(x + r, y);
    g.arc(x, y, r, 0, TAU);
  }
}

function cross(g, x, y, r, ink, ground) {
  g.lineCap = 'round';
  for (const [width, style] of [[4.5, ground], [2, ink]]) {
    g.beginPath();
    g.moveTo(x - r, y - r); g.lineTo(x + r, y + r); g.moveTo(x + r, y - r); g.lineTo(x - r, y + r);
    g.lineWidth = width; g.strokeStyle = style; g.stroke();
  }
  g.lineCap = 'butt';
}

function arrowhead(g, x, y, angle, size) {
  g.save();
  g.translate(x, y); g.rotate(angle);
  g.beginPath();
  g.moveTo(0, 0); g.lineTo(-size, size * 0.45); g.lineTo(-size * 0.75, 0); g.lineTo(-size, -size * 0.45); g.closePath();
  g.fill();
  g.restore();
}

export const swatch = (g, label, x, y, r, color) => {
  path(g, SYMBOLS[label % 5], x, y, r);
  g.fillStyle = color(CLASSES[label % 5]);
  g.fill();
};

const MANY = 600; // points; more are painted class by class, without outlines

// Many points, or some of them lit: one path for each class and light. Mistakes are not crossed here.
function crowd(g, view, trace, x, y, size, color, selection) {
  const dot = (i, label) => {
    const px = view.x.to(x[i]), py = view.y.to(y[i]);
    if (seen(view, px, py)) outline(g, SYMBOLS[label % 5], px, py, (pick(size, i) / 2) * view.zoom);
  };
  if (trace.muted) {
    g.globalAlpha = 0.4;
    g.beginPath();
    for (let i = 0; i < x.length; i += 1) {
      if (trace.muted[i]) dot(i, trace.label[i]);
    }
    g.fillStyle = color('$muted');
    g.fill();
  }
  for (const lit of selection ? [0, 1] : [1]) {
    g.globalAlpha = lit ? 0.9 : 0.12;
    for (let c = 0; c < trace.names.length; c += 1) {
      g.beginPath();
      for (let i = 0; i < x.length; i += 1) {
        if (trace.label[i] !== c || trace.muted?.[i] || (selection && selection[trace.rows[i]] !== lit)) continue;
        dot(i, c);
      }
      tinted(g, c, color, 1.4 * view.zoom);
    }
  }
  g.globalAlpha = 1;
}

// From the sixth class on, colour and shape come again, hollow.
function tinted(g, label, color, width) {
  g.fillStyle = g.strokeStyle = color(CLASSES[label % 5]);
  if (label >= 5) { g.fillStyle = color('$paper'); g.lineWidth = width; }
  g.fill();
  if (label >= 5) g.stroke();
}

// Marks, and the rest; both of some traces.
const MARKERS = {
  points(g, view, trace, k, color, selection) {
    const x = at(trace.x, k), y = at(trace.y, k), size = at(trace.size, k);
    if (x.length > MANY || (selection && trace.rows)) { crowd(g, view, trace, x, y, size, color, selection); return; }
    const mistake = at(trace.mistake, k), ring = at(trace.ring, k)?.[0] ?? -1;
    const ground = color('$paper'), ink = color('$ink'), muted = color('$muted');
    g.lineWidth = 1;
    for (let i = 0; i < x.length; i++) {
      const px = view.x.to(x[i]), py = view.y.to(y[i]), r = (pick(size, i) / 2) * view.zoom;
      if (!seen(view, px, py)) continue;
      path(g, SYMBOLS[trace.label[i] % 5], px, py, r);
      if (trace.label[i] >= 5 && !trace.muted?.[i]) { tinted(g, trace.label[i], color, 1.6 * view.zoom); g.lineWidth = 1; continue; }
      g.fillStyle = trace.muted?.[i] ? muted : color(CLASSES[trace.label[i] % 5]);
      g.globalAlpha = trace.muted?.[i] ? 0.45 : 1;
      g.fill();
      g.strokeStyle = ground; g.stroke();
      g.globalAlpha = 1;
    }
    if (mistake) {
      for (let i = 0; i < x.length; i++) {
        const px = view.x.to(x[i]), py = view.y.to(y[i]);
        if (mistake[i] && seen(view, px, py)) cross(g, px, py, pick(size, i) * 0.55 * view.zoom, ink, ground);
      }
    }
    for (const [i, style, width, grow] of [[ring, color('$now'), 3, 4], [trace.chosen ?? -1, ink, 1.5, 8]]) {
      if (i < 0 || i >= x.length || !seen(view, view.x.to(x[i]), view.y.to(y[i]))) continue;
      g.beginPath();
      g.arc(view.x.to(x[i]), view.y.to(y[i]), (pick(size, i) / 2 + grow) * view.zoom, 0, TAU);
      g.lineWidth = width * view.zoom; g.strokeStyle = style; g.stroke();
    }
  },

  handles(g, view, trace, k, color) {
    const x = at(trace.x, k), y = at(trace.y, k), ink = color('$ink'), now = color('$now');
    for (let i = 0; i < x.length; i += 1) {
      const px = view.x.to(x[i]), py = view.y.to(y[i]), r = 8 * view.zoom;
      if (!seen(view, px, py)) continue;
      if (trace.values) {
        g.beginPath(); g.arc(px, py, 3 * view.zoom, 0, TAU); g.fillStyle = now; g.fill();
        g.beginPath(); g.arc(px, py, r, 0, TAU); g.lineWidth = 3 * view.zoom; g.strokeStyle = now; g.stroke();
        continue;
      }
      path(g, SYMBOLS[trace.label[i] % 5], px, py, r);
      g.fillStyle = color(CLASSES[trace.label[i] % 5]); g.fill();
      g.lineWidth = 2.5 * view.zoom; g.strokeStyle = ink; g.stroke();
    }
  },

  press(g, view, trace, k, color) { // the scene draws the boxes; here only the one that the keyboard chose
    const i = trace.chosen ?? -1, x = at(trace.x, k), y = at(trace.y, k), [wide, high] = trace.half;
    if (i < 0) return;
    const left = view.x.to(x[i] - wide), right = view.x.to(x[i] + wide), top = view.y.to(y[i] + high), bottom = view.y.to(y[i] - high);
    g.lineWidth = 1.5 * view.zoom; g.strokeStyle = color('$ink');
    g.strokeRect(left - 4, top - 4, right - left + 8, bottom - top + 8);
  },

  scatter(g, view, trace, k, color) {
    if (!trace.mode?.includes('markers')) return;
    const [x, y] = places(trace, k);
    g.globalAlpha = trace.opacity ?? 1;
    const m = trace.marker ?? {}, sizes = at(m.size ?? 8, k), colors = at(m.color ?? '$ink', k);
    const shapes = at(m.symbol ?? 'circle', k), opacity = at(m.opacity ?? 1, k);
    for (let i = 0; i < x.length; i++) {
      if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
      const px = view.x.to(x[i]), py = view.y.to(y[i]), shape = pick(shapes, i), r = (pick(sizes, i) / 2) * view.zoom;
      if (r <= 0 || !seen(view, px, py)) continue;
      g.globalAlpha = pick(opacity, i);
      g.fillStyle = color(pick(colors, i));
      if (shape === 'x') { cross(g, px, py, r, g.fillStyle, color('$paper')); continue; }
      if (shape === 'arrow') {
        if (i === 0) continue;
        const dx = px - view.x.to(x[i - 1]), dy = py - view.y.to(y[i - 1]);
        if (Math.hypot(dx, dy) > 1) arrowhead(g, px, py, Math.atan2(dy, dx), 2 * r);
        continue;
      }
      path(g, shape.replace('-open', ''), px, py, r);
      if (shape.endsWith('-open')) { g.lineWidth = (m.line?.width ?? 2.5) * view.zoom; g.strokeStyle = g.fillStyle; g.stroke(); continue; }
      g.fill();
      if (m.line?.width) { g.lineWidth = m.line.width * view.zoom; g.strokeStyle = color(m.line.color ?? '$paper'); g.stroke(); }
    }
    g.globalAlpha = 1;
  },
};

const PAINTERS = {
  scatter(g, view, trace, k, color) {
    const [x, y] = places(trace, k), mode = trace.mode ?? 'lines';
    g.globalAlpha = trace.opacity ?? 1;
    if (trace.fill === 'toself' || mode.includes('lines')) {
      g.beginPath();
      let down = false, px, py;
      for (let i = 0; i < x.length; i++) {
        if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) { down = false; continue; }
        px = view.x.to(x[i]); py = view.y.to(y[i]);
        if (trace.line?.shape === 'hv' && down) g.lineTo(px, view.y.to(y[i - 1]));
        down ? g.lineTo(px, py) : g.moveTo(px, py);
        down = true;
      }
      if (trace.fill === 'toself') { g.fillStyle = color(trace.fillcolor); g.fill(); }
      if (mode.includes('lines')) {
        const width = (trace.line?.width ?? 2) * view.zoom;
        g.lineWidth = width; g.lineJoin = 'round';
        g.strokeStyle = color(trace.line?.color ?? '$ink');
        g.setLineDash({ dash: [7, 5], dot: [2, 4] }[trace.line?.dash] ?? []);
        g.stroke();
        g.setLineDash([]);
      }
    }
    g.globalAlpha = 1;
  },

  heatmap(g, view, trace, k, color) {
    const z = at(trace.z, k), [h, w] = z.shape;
    const left = view.x.to(trace.x0 - trace.dx / 2), right = view.x.to(trace.x0 + (w - 0.5) * trace.dx);
    const top = view.y.to(trace.y0 + (h - 0.5) * trace.dy), bottom = view.y.to(trace.y0 - trace.dy / 2);
    g.imageSmoothingEnabled = trace.zsmooth !== false;
    g.globalAlpha = trace.opacity ?? 1;
    g.drawImage(tint(z, trace, color), left, top, right - left, bottom - top);
    g.globalAlpha = 1;
  },

  picture(g, view, trace, k) {
    const left = view.x.to(trace.x0), top = view.y.to(trace.y1);
    g.imageSmoothingEnabled = trace.smooth;
    g.imageSmoothingQuality = 'high';
    g.drawImage(image(at(trace.z, k)), left, top, view.x.to(trace.x1) - left, view.y.to(trace.y0) - top);
  },

  quadric(g, view, trace, k, color) {
    const c = at(trace.c, k);
    if (!c.every(Number.isFinite)) return;
    const curved = c.length > 3 && (c[3] || c[4] || c[5]);
    (curved ? curve : half)(g, view, c, trace, color);
  },
};

const tints = new WeakMap(); // an array that is kept is tinted once
function tint(z, { colorscale, zmin, zmax }, color) {
  const key = JSON.stringify([color.key, colorscale, zmin, zmax]), known = tints.get(z);
  if (known?.key === key) return known.canvas;
  const [h, w] = z.shape, table = ramp(colorscale, color);
  const canvas = new OffscreenCanvas(w, h), g = canvas.getContext('2d'), rgba = g.createImageData(w, h);
  for (let r = 0; r < h; r += 1) {
    for (let c = 0; c < w; c += 1) {
      const v = z[(h - 1 - r) * w + c];
      const q = Math.max(0, Math.min(255, Math.round(((v - zmin) / (zmax - zmin)) * 255))) || 0;
      rgba.data.set(table.subarray(4 * q, 4 * q + 4), 4 * (r * w + c));
    }
  }
  g.putImageData(rgba, 0, 0);
  tints.set(z, { key, canvas });
  return canvas;
}

const images = new WeakMap();
function image(z) { // RGB bytes as something to draw
  const known = images.get(z);
  if (known) return known;
  const [h, w] = z.shape, canvas = new OffscreenCanvas(w, h), g = canvas.getContext('2d'), rgba = g.createImageData(w, h);
  for (let i = 0; i < w * h; i += 1) {
    rgba.data.set(z.subarray(3 * i, 3 * i + 3), 4 * i);
    rgba.data[4 * i + 3] = 255;
  }
  g.putImageData(rgba, 0, 0);
  images.set(z, canvas);
  return canvas;
}

// The i-th of a trace's `images` as RGB: colours as they are, amounts of ink between paper and ink.
export function thumbnail(trace, i, color) {
  const [, h, w, channels] = trace.images.shape, size = h * w * (channels ?? 1);
  const pixels = trace.images.subarray(i * size, (i + 1) * size);
  if (channels) return image(Object.assign(pixels, { shape: [h, w, 3] }));
  const table = ramp([[0, '$paper'], [1, '$ink']], color), rgb = new Uint8Array(3 * size);
  pixels.forEach((v, j) => rgb.set(table.subarray(4 * v, 4 * v + 3), 3 * j));
  return image(Object.assign(rgb, { shape: [h, w, 3] }));
}

const ramps = new Map();
function ramp(stops, color) { // 256 RGBA colours
  const key = JSON.stringify([color.key, stops]), known = ramps.get(key);
  if (known) return known;
  const strip = new OffscreenCanvas(256, 1).getContext('2d', { willReadFrequently: true });
  const gradient = strip.createLinearGradient(0, 0, 256, 0);
  for (const [where, name] of stops) gradient.addColorStop(where, color(name));
  strip.fillStyle = gradient; strip.fillRect(0, 0, 256, 1);
  const table = strip.getImageData(0, 0, 256, 1).data;
  ramps.set(key, table);
  return table;
}

function stroke(g, line, color, zoom) {
  g.lineWidth = line.width * zoom; g.strokeStyle = color(line.color);
  g.setLineDash(line.dash === 'dash' ? [7, 5] : []);
  g.stroke();
  g.setLineDash([]);
}

// A straight border: cut the view's rectangle in two (Sutherland–Hodgman with one edge).
function half(g, view, c, trace, color) {
  const w = view.x.length, h = view.y.length;
  const f = ([px, py]) => c[0] + c[1] * view.x.from(px) + c[2] * view.y.from(py);
  const corners = [[0, 0], [w, 0], [w, h], [0, h]], values = corners.map(f);
  const cut = [], sides = { negative: [], positive: [] };
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % 4], a = values[i], b = values[(i + 1) % 4];
    sides[a >= 0 ? 'positive' : 'negative'].push(p);
    if (a >= 0 !== b >= 0) {
      const t = a / (a - b), m = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
      sides.positive.push(m); sides.negative.push(m); cut.push(m);
    }
  });
  g.globalAlpha = trace.tint;
  for (const side of ['negative', 'positive']) {
    if (!trace.tint || sides[side].length < 3) continue;
    g.beginPath();
    sides[side].forEach(([px, py], i) => (i ? g.lineTo(px, py) : g.moveTo(px, py)));
    g.fillStyle = color(trace[side]); g.fill();
  }
  g.globalAlpha = 1;
  if (cut.length === 2 && trace.line.width) {
    g.beginPath(); g.moveTo(...cut[0]); g.lineTo(...cut[1]);
    stroke(g, trace.line, color, view.zoom);
  }
}

// A curved border: evaluate on a lattice; marching squares give both the regions' edges and the line.
function curve(g, view, c, trace, color) {
  const step = 4, w = view.x.length, h = view.y.length, nx = Math.ceil(w / step) + 1, ny = Math.ceil(h / step) + 1;
  const value = new Float64Array(nx * ny), xs = Float64Array.from({ length: nx }, (_, i) => view.x.from(i * step));
  for (let j = 0; j < ny; j++) {
    const y = view.y.from(j * step);
    for (let i = 0; i < nx; i++) {
      const x = xs[i];
      value[j * nx + i] = c[0] + c[1] * x + c[2] * y + c[3] * x * x + c[4] * x * y + c[5] * y * y;
    }
  }
  const border = new Path2D(), inside = new Path2D();
  for (let j = 0; j < ny - 1; j++) {
    let run = -1; // start of a run of cells wholly positive, filled as one rectangle
    for (let i = 0; i < nx; i++) {
      const full = i < nx - 1 && value[j * nx + i] >= 0 && value[j * nx + i + 1] >= 0 &&
        value[(j + 1) * nx + i] >= 0 && value[(j + 1) * nx + i + 1] >= 0;
      if (full && run < 0) run = i;
      if (!full && run >= 0) { inside.rect(run * step, j * step, (i - run) * step, step); run = -1; }
      if (i === nx - 1 || full) continue;
      const ring = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], v = ring.map(([a, b]) => value[b * nx + a]);
      if (v.every((q) => q < 0)) continue;
      const polygon = [], ends = [];
      ring.forEach(([a, b], n) => {
        const [a2, b2] = ring[(n + 1) % 4], p = v[n], q = v[(n + 1) % 4];
        if (p >= 0) polygon.push([a * step, b * step]);
        if (p >= 0 !== q >= 0) {
          const t = p / (p - q), m = [(a + t * (a2 - a)) * step, (b + t * (b2 - b)) * step];
          polygon.push(m); ends.push(m);
        }
      });
      polygon.forEach(([px, py], n) => (n ? inside.lineTo(px, py) : inside.moveTo(px, py)));
      inside.closePath();
      for (let n = 0; n + 1 < ends.length; n += 2) { border.moveTo(...ends[n]); border.lineTo(...ends[n + 1]); }
    }
  }
  if (trace.tint) {
    const outside = new Path2D();
    outside.rect(0, 0, w, h);
    outside.addPath(inside);
    g.globalAlpha = trace.tint;
    g.fillStyle = color(trace.positive); g.fill(inside);
    g.fillStyle = color(trace.negative); g.fill(outside, 'evenodd');
    g.globalAlpha = 1;
  }
  g.lineWidth = trace.line.width * view.zoom; g.strokeStyle = color(trace.line.color);
  g.setLineDash(trace.line.dash === 'dash' ? [7, 5] : []);
  g.stroke(border);
  g.setLineDash([]);
}
