// A word that explains itself: on hover, on a tap, on the keyboard's focus. Escape puts it away.

import { put } from './put.js';

let count = 0;

// `node` is what one points at, `tip` what then shows: CSS does that for `.term` beside or around `.tip`.
export function explains(node, tip) {
  tip.id = `sawaru-tip-${(count += 1)}`;
  tip.className = 'tip-text';
  tip.setAttribute('role', 'tooltip');
  node.addEventListener('keydown', (event) => { if (event.key === 'Escape') node.blur(); });
  return (text) => {
    put(tip, { textContent: text });
    node.classList.toggle('term', Boolean(text));
    if (text) {
      node.tabIndex = 0;
      node.setAttribute('aria-describedby', tip.id);
    } else {
      node.removeAttribute('tabindex');
      node.removeAttribute('aria-describedby');
    }
  };
}
