// A replay in real time, over and over: the cart as a policy of each moment of training drives it.

import { paint } from './play.js';

// The shell's playhead tells the moment. data: x, theta (moments, n), one in `every` steps; lengths, reasons and words of each moment.
export default function (node, api) {
  const canvas = document.createElement('canvas'), says = document.createElement('p');
  Object.assign(canvas.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', fontSize: 'var(--type, 13px)' });
  Object.assign(says.style, { position: 'absolute', right: '8px', top: '4px', margin: '0', textAlign: 'right', fontSize: 'var(--type, 13px)' });
  node.append(canvas, says);
  let data = null, moment = -1, began = 0, closed = false, asked = 0;
  const PAUSE = 0.9; // seconds at the end of an episode

  function tick(now) {
    if (closed) return;
    asked = requestAnimationFrame(tick);
    if (!data?.lengths.length || !canvas.clientWidth) return;
    const m = Math.min(api.frame, data.lengths.length - 1);
    if (m !== moment) { moment = m; began = now; }
    const columns = data.x.shape[1], length = data.lengths[m], kept = Math.min(columns, Math.ceil(length / data.every) + 1);
    const lasting = (kept - 1) * data.every * 0.02, t = api.reduced ? lasting : ((now - began) / 1000) % (lasting + PAUSE);
    const at = Math.min(kept - 1, t / (data.every * 0.02)), k = Math.floor(at), share = at - k, base = m * columns;
    const between = (values, span) => { // sixteen bits over ± span
      const a = values[base + k], b = values[base + Math.min(k + 1, kept - 1)];
      return ((a + share * (b - a)) / 65535 * 2 - 1) * span;
    };
    const step = Math.min(length, Math.round(at * data.every));
    paint(canvas, [{ x: between(data.x, 3), theta: between(data.theta, 0.3), color: '$now', ghost: false }], { length: 0.5, color: api.color, count: step });
    says.textContent = t >= lasting ? data.ends[data.reasons[m]] : data.moments[m];
  }
  asked = requestAnimationFrame(tick);

  return {
    update(given) { data = given; if (moment >= data.lengths.length) moment = -1; },
    close() { closed = true; cancelAnimationFrame(asked); canvas.remove(); says.remove(); },
  };
}
