// A figure that a lesson's own module fills (`figures.spec.Live`): a game, say.

import { put } from './put.js';

export function live(stage, node, name) {
  const figure = { node, spec: null, update, paint() {}, seek: async () => {}, close };
  const code = window.sawaru.ask((as) => import(as(new URL(`../${name}`, import.meta.url).href)));
  let inside, closed = false;
  node.classList.add('live');
  node.setAttribute('role', 'group');

  async function update(spec) {
    figure.spec = spec;
    put(node, { 'aria-label': spec.alt });
    const module = await code;
    if (closed) return;
    inside ??= module.default(node, {
      color: (colour) => stage.color(colour),
      get lang() { return stage.root.lang; },
      get frame() { return stage.spec?.playhead ? stage.frame : Infinity; },
      reduced: matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
    inside.update(figure.spec.live);
  }

  function close() {
    closed = true;
    inside?.close();
  }

  return figure;
}
