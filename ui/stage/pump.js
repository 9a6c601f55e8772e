// Back-pressure, shared by sliders and hand-moved points: the next value leaves when the last one has been answered: by the lane, or
// by the picture that was painted. Of those that come meanwhile the newest wins; the last one always leaves.

import { busy } from './busy.js';

const PATIENCE = 1500; // ms, in case no picture comes (an error, a lost answer)
let last = 0;

// `join` makes one value of two that wait. With `told`, what is asked counts as under way until its picture is painted
// (`busy.js`), however long that takes.
export function pump(key, send, join = (old, value) => value, told = true) {
  let waiting = null; // number of the last value, until its picture has come
  let open = true; // whether the next one may leave
  let asked = null; // number of the last value without a picture; it may be waited for no more
  let next; // the newest value that could not leave yet
  let timer;

  const ask = (n) => {
    if (told && (asked === null) !== (n === null)) busy(n === null ? -1 : 1);
    asked = n;
  };
  const go = (value) => {
    last = Math.max(last + 1, Date.now()); // unique over all controls and page loads
    waiting = last;
    ask(waiting);
    open = false;
    next = undefined;
    clearTimeout(timer);
    timer = setTimeout(release, PATIENCE);
    send(value, waiting);
    return waiting;
  };
  const pass = () => {
    open = true;
    if (next !== undefined) go(next);
  };
  const release = () => {
    clearTimeout(timer);
    waiting = null;
    pass();
  };
  const answered = (event) => { if (waiting !== null && (event.detail?.[key] ?? 0) >= waiting) pass(); };
  const painted = (event) => {
    const answered = event.detail?.[key] ?? 0;
    if (asked !== null && answered >= asked) ask(null);
    if (waiting !== null && answered >= waiting) release();
  };
  window.addEventListener('sawaru:answered', answered);
  window.addEventListener('sawaru:painted', painted);

  return {
    push: (value) => (open ? go(value) : (next = join(next, value))),
    now: go, // whatever is on its way; gives its number
    drop: () => { next = undefined; },
    idle: () => waiting === null,
    close: () => {
      ask(null);
      waiting = null;
      clearTimeout(timer);
      window.removeEventListener('sawaru:answered', answered);
      window.removeEventListener('sawaru:painted', painted);
    },
  };
}
