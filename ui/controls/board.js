// The view for a projector: its buttons, and the keys for whoever stands beside it.

import { lane } from '../stage/lane.js';

const make = (tag, props = {}) => Object.assign(document.createElement(tag), props);
const ASK = 'sawaruAsk'; // on the document: the question lies over the controls

export function board(panel) {
  const { documentElement: root } = document, list = make('dl', { className: 'keys', hidden: true });
  let on = false;

  const press = (selector) => document.querySelector(selector)?.click();
  const toggle = () => panel.pump.push({ board: !on });
  const ask = () => { if (ASK in root.dataset) delete root.dataset[ASK]; else root.dataset[ASK] = ''; };
  const scene = (by) => {
    const all = [...document.querySelectorAll('.st-key-sawaru-scenes [role="radio"]')];
    all[all.findIndex((one) => one.getAttribute('aria-checked') === 'true') + by]?.click();
  };
  const close = () => {
    list.hidden = true;
    delete root.dataset[ASK];
    if (!panel.share.node.hidden) panel.share.toggle();
  };
  const acts = {
    ArrowLeft: () => scene(-1), ArrowRight: () => scene(1), PageUp: () => scene(-1), PageDown: () => scene(1),
    ' ': () => lane.stage?.playhead.toggle(), ',': () => lane.stage?.playhead.step(-1), '.': () => lane.stage?.playhead.step(1),
    e: ask, q: () => panel.share.toggle(), n: () => press('.st-key-sawaru-next a'), p: () => press('.st-key-sawaru-last a'),
    '?': () => { list.hidden = !list.hidden; }, Escape: close, b: toggle,
  };
  // Where one writes or chooses, keys are for that; and a figure that the keyboard reached has its arrows.
  const theirs = 'input, select, textarea, summary, .st-key-sawaru-ask, .figure:focus-visible';
  const keydown = (event) => {
    const act = acts[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !(on || act === toggle)) return;
    if (act !== close && event.composedPath()[0].closest?.(theirs)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  };
  window.addEventListener('keydown', keydown, true);
  // What was tried plays, and the verdict stands where the question lay.
  const tried = (event) => { if (event.target.closest?.('.st-key-sawaru-ask [class*="-run"]')) delete root.dataset[ASK]; };
  window.addEventListener('click', tried);

  const button = (onclick) => make('button', { type: 'button', onclick });
  const buttons = [button(ask), button(acts['?']), button(toggle)];
  list.onclick = close;

  return {
    buttons,
    list,
    update({ words, board: shown }) {
      if (on && !shown) close();
      on = shown;
      [`${words.question} (E)`, `${words.keys} (?)`, `${words.leave_board} (B)`].forEach((text, i) => {
        if (buttons[i].textContent !== text) buttons[i].textContent = text;
        buttons[i].hidden = !on;
      });
      const key = words.key_list;
      if (list.dataset.key === key) return;
      list.dataset.key = key;
      list.replaceChildren(...key.split('\n').flatMap((line) => line.split(': ').map((text, i) => make(i ? 'dd' : 'dt', { textContent: text }))));
    },
    close() {
      window.removeEventListener('keydown', keydown, true);
      window.removeEventListener('click', tried);
      delete root.dataset[ASK];
    },
  };
}
