// Holds what travels apart from a stage's figures: its frames, and what is kept (see `ui/stage/__init__.py`).

import { unpack, view } from './wire.js';

// The window's, not the module's: where one of the two was lost and came at a second try, stage and carrier have a module each.
const { kept, waiting } = (window.sawaruCargo ??= {
  kept: new Map(), // id -> {source, shift}; the last few, since an update may overtake another
  waiting: new Map(), // id -> resolvers
});

export default function (c) {
  const source = unpack(c.data);
  const { id } = source.header;
  kept.delete(id);
  const arrays = new Map(); // the same object each time, so that what is made of it can be cached
  const array = (reference) => {
    const name = String(reference);
    if (!arrays.has(name)) arrays.set(name, view(source, reference));
    return arrays.get(name);
  };
  kept.set(id, { source, shift: 0, array });
  for (const old of [...kept.keys()].slice(0, -8)) kept.delete(old);
  waiting.get(id)?.forEach((go) => go());
  waiting.delete(id);
}

export function frames(id) {
  const held = kept.get(id);
  if (held) { // what is drawn leaves last: the lane does not send it again
    kept.delete(id);
    kept.set(id, held);
    return Promise.resolve(held);
  }
  return new Promise((go) => {
    if (!waiting.has(id)) waiting.set(id, []);
    waiting.get(id).push(() => go(kept.get(id)));
  });
}
