// Back-pressure, shared by sliders and hand-moved points: the next value leaves when the picture of the last one has
// been painted; of those that come meanwhile the newest wins; the last one always leaves.

const PATIENCE = 1500; // ms, in case no picture comes (an error, a lost answer)
let last = 0;
let waits = 0; // pumps that wait for a picture; told on the document, so that a test knows when all is settled

export function pump(key, send) {
  let waiting = null; // number of the value that is on its way
  let next; // the newest value that could not leave yet
  let timer;

  const tell = (by) => {
    waits += by;
    document.documentElement.dataset.sawaruWaits = waits;
  };
  const go = (value) => {
    if (waiting === null) tell(1);
    last = Math.max(last + 1, Date.now()); // unique over all controls and page loads
    waiting = last;
    next = undefined;
    clearTimeout(timer);
    timer = setTimeout(release, PATIENCE);
    send(value, waiting);
  };
  const release = () => {
    clearTimeout(timer);
    waiting = null;
    tell(-1);
    if (next !== undefined) go(next);
  };
  const painted = (event) => {
    if (waiting !== null && (event.detail?.[key] ?? 0) >= waiting) release();
  };
  window.addEventListener('sawaru:painted', painted);

  return {
    push: (value) => (waiting === null ? go(value) : (next = value)),
    drop: () => { next = undefined; },
    idle: () => waiting === null,
    close: () => {
      if (waiting !== null) tell(-1);
      waiting = null;
      clearTimeout(timer);
      window.removeEventListener('sawaru:painted', painted);
    },
  };
}
