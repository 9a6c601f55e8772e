// Slow work behind a picture: how far it is, a button that stops it (or starts it again), and a tick now and then by which
// the server learns that somebody still looks, and sends what there is by now.

import { lane } from './lane.js';
import { pump } from './pump.js';
import { put } from './put.js';

const EVERY = 250; // ms from a picture to the next tick

export function waiting(stage, node) {
  const ticks = pump('tick', (value, n) => {
    stage.c.setStateValue('tick', { ...value, n });
    lane.flushes();
  }, undefined, false);
  const rows = new Map(); // work's name -> its nodes
  let timer;
  node.hidden = true;

  // Again until a picture comes: the answer to a tick may be lost.
  function tick() {
    if (ticks.idle() && !lane.leaving) ticks.push({ press: null });
    timer = setTimeout(tick, EVERY);
  }

  function row(name) {
    const made = { node: document.createElement('div') };
    made.text = document.createElement('span');
    made.bar = document.createElement('progress');
    made.button = document.createElement('button');
    made.button.type = 'button';
    made.button.onclick = () => ticks.push({ press: name });
    made.text.setAttribute('role', 'status');
    made.node.append(made.text, made.bar, made.button);
    rows.set(name, made);
    return made;
  }

  return {
    take(list) {
      clearTimeout(timer);
      put(node, { hidden: !list }); // an empty list keeps the place
      for (const [name, { node: old }] of rows) {
        if (list?.some((work) => work.name === name)) continue;
        old.remove();
        rows.delete(name);
      }
      for (const work of list ?? []) {
        const { node: line, text, bar, button } = rows.get(work.name) ?? row(work.name);
        put(text, { textContent: work.text });
        put(bar, { hidden: !work.running, value: work.progress, 'aria-label': work.title });
        put(button, { textContent: work.button });
        if (!line.isConnected) node.append(line);
      }
      if (list?.some((work) => work.running)) timer = setTimeout(tick, EVERY);
    },
    close() {
      clearTimeout(timer);
      ticks.close();
    },
  };
}
