// The block of bytes of `ui/stage/__init__.py` (`pack`): header length, JSON header, arrays.

const VIEWS = { f4: Float32Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array };

export function unpack(bytes) {
  const buffer = bytes.slice().buffer; // own copy: arrays need an offset that is a multiple of eight
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, buffer, base: 4 + length };
}

// The header alone.
export function headed(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
}

export const view = (source, [type, offset, ...shape], shift = 0) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const array = new VIEWS[type](source.buffer, source.base + shift + offset, size);
  array.shape = shape;
  return array;
};

// Put arrays in the place of references. An array that moves becomes {moves: true, all, shape, every, since}.
export function resolve(value, source, frames, kept) {
  if (Array.isArray(value)) return value.map((item) => resolve(item, source, frames, kept));
  if (value === null || typeof value !== 'object') return value;
  if (value.$a) return view(source, value.$a);
  if (value.$f || value.$k || value.$s) {
    const moved = (place) => view(frames.source, place, frames.shift);
    const all = value.$f ? moved(value.$f) : value.$s ? scaled(...value.$s.map(moved)) : kept.array(value.$k);
    if (value.$k && !value.moves) return all;
    return { moves: true, all, shape: all.shape, every: value.every ?? 1, since: value.since ?? 0 };
  }
  const out = {};
  for (const key in value) out[key] = resolve(value[key], source, frames, kept);
  return out;
}

// Rows offset + scale × shape.
function scaled(shape, scale, offset) {
  const n = shape.length, all = new Float32Array(n * scale.length);
  for (let r = 0; r < scale.length; r += 1) {
    for (let i = 0; i < n; i += 1) all[r * n + i] = Math.fround(scale[r] * shape[i]) + offset[r];
  }
  return Object.assign(all, { shape: [scale.length, n] });
}

// One frame of an array that moves; anything else as it is.
export function at(value, k) {
  if (!value?.moves) return value;
  const [count, ...shape] = value.shape;
  const size = shape.reduce((a, b) => a * b, 1);
  const row = Math.min(Math.floor(k / value.every), count - 1), shows = k % value.every >= value.since;
  const array = shows ? value.all.subarray(row * size, (row + 1) * size) : new Float32Array(size).fill(NaN);
  array.shape = shape;
  return array;
}

// The places of a trace's marks at a frame: those that `until` lets show, of a band on both its edges.
export function places(trace, k) {
  const n = at(trace.meta?.until, k)?.[0];
  return ['x', 'y'].map((axis) => {
    const all = at(trace[axis], k);
    if (n === undefined || n >= all.length) return all;
    if (trace.fill !== 'toself') return all.subarray(0, n);
    return Float32Array.from([...all.subarray(0, n), ...all.subarray(all.length - n)]);
  });
}

// A trace as Plotly takes it: no moving arrays, two-dimensional ones as rows, colour names replaced.
export function still(value, k, color) {
  if (typeof value === 'string') return color(value);
  if (value === null || typeof value !== 'object') return value;
  if (value.moves) return still(at(value, k), k, color);
  if (ArrayBuffer.isView(value)) {
    if (value.shape?.length !== 2) return value;
    const [rows, columns] = value.shape;
    return Array.from({ length: rows }, (_, r) => value.subarray(r * columns, (r + 1) * columns));
  }
  if (Array.isArray(value)) return value.map((item) => still(item, k, color));
  const out = {};
  for (const key in value) out[key] = still(value[key], k, color);
  return out;
}

export const moving = (value) =>
  value !== null && typeof value === 'object' && !ArrayBuffer.isView(value) &&
  (value.moves || Object.values(value).some(moving));
