// Holds the frames of a stage, which travel apart from its figures (see `ui/stage/__init__.py`).

import { unpack } from './wire.js';

const kept = new Map(); // id -> {source, shift}; the last few, since an update may overtake another
const waiting = new Map(); // id -> resolvers

export default function (c) {
  const source = unpack(c.data);
  const { id } = source.header;
  kept.delete(id);
  kept.set(id, { source, shift: 0 });
  for (const old of [...kept.keys()].slice(0, -6)) kept.delete(old);
  waiting.get(id)?.forEach((go) => go());
  waiting.delete(id);
}

export function frames(id) {
  if (kept.has(id)) return Promise.resolve(kept.get(id));
  return new Promise((go) => {
    if (!waiting.has(id)) waiting.set(id, []);
    waiting.get(id).push(() => go(kept.get(id)));
  });
}
