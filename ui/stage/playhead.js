// The shared time of a stage: play, pause, step, scrub, speed. Playing needs no server.

import { sliding } from './finger.js';
import { put } from './put.js';

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const ICONS = {
  play: 'M7 4v16l13-8z', pause: 'M6 4h4v16H6zM14 4h4v16h-4z', back: 'M18 5v14l-9-7zM6 5h2v14H6z', next: 'M6 5v14l9-7zM16 5h2v14h-2z',
};
const icon = (name) => `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function playhead(stage, bar) {
  let count = 0, steps = null, seconds = 8, unit = '', words = {};
  let follow = 'end'; // 'end', or the step the reader paused at
  let playing = false, speed = 1, position = 0, last = 0, key = null, begun = false, wish = false, again = false, sight;
  bar.hidden = true;

  const button = (name, act) => {
    const node = document.createElement('button');
    node.type = 'button';
    node.innerHTML = icon(name);
    node.onclick = act;
    bar.append(node);
    return node;
  };
  const back = button('back', () => step(-1));
  const toggle = button('play', () => (playing ? pause() : play()));
  const next = button('next', () => step(1));
  const range = document.createElement('input');
  Object.assign(range, { type: 'range', min: 0, step: 1 });
  sliding(range, () => { const k = Number(range.value); pause(); hold(k); });
  const counter = document.createElement('output');
  const rate = document.createElement('select');
  for (const s of SPEEDS) rate.append(new Option(`× ${s}`, s, s === 1, s === 1));
  rate.onchange = () => { speed = Number(rate.value); };
  bar.append(range, counter, rate);

  const say = () => {
    const k = stage.frame, text = count < 2 ? '' : `${unit} ${steps.all[k]} / ${steps.all[count - 1]}`;
    put(range, { value: String(k), 'aria-valuetext': text });
    put(counter, { textContent: text });
    const [name, does] = playing ? ['pause', words.pause] : ['play', words.play];
    if (toggle.dataset.icon !== name) toggle.innerHTML = icon(toggle.dataset.icon = name);
    put(toggle, { 'aria-label': does, title: does });
  };
  const tell = () => {
    if (follow === 'end') window.sawaruPlayed = window.sawaruLooked;
    window.dispatchEvent(new CustomEvent('sawaru:frame', { detail: follow === 'end' ? null : stage.frame }));
  };

  function show(k) {
    const frame = Math.max(0, Math.min(count - 1, Math.round(k)));
    if (frame === stage.frame && bar.dataset.shown === String(frame)) { say(); return; }
    bar.dataset.shown = frame;
    stage.seek(frame);
    say();
    window.dispatchEvent(new CustomEvent('sawaru:shown', { detail: frame === count - 1 ? null : frame }));
  }
  function hold(k) {
    show(k);
    follow = stage.frame === count - 1 ? 'end' : steps.all[stage.frame];
    tell();
  }
  function step(by) { pause(); hold(stage.frame + by); }
  function pause() {
    if (!playing) return;
    playing = false;
    hold(stage.frame);
  }
  function play() {
    if (count < 2) return;
    if (still()) { step(stage.frame === count - 1 ? -count : 1); return; }
    if (stage.frame === count - 1) show(0);
    position = stage.frame;
    playing = true;
    last = performance.now();
    say();
    requestAnimationFrame(tick);
  }
  function tick(now) {
    if (!playing || stage.closed) return;
    position += ((now - last) / 1000) * speed * ((count - 1) / (seconds * Math.min(1, Math.max(0.25, count / 24))));
    last = now;
    if (position >= count - 1) {
      playing = false;
      hold(count - 1);
      return;
    }
    if (Math.floor(position) !== stage.frame) show(Math.floor(position));
    requestAnimationFrame(tick);
  }

  const keys = (event) => {
    const inside = stage.root.contains(event.target), nowhere = event.target === document.body;
    if (!count || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(inside || nowhere)) return;
    if (event.target.closest?.('input, select, textarea') || (event.key === ' ' && event.target.closest?.('button'))) return;
    const act = { ' ': () => (playing ? pause() : play()), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
      Home: () => step(-count), End: () => step(count) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  window.addEventListener('keydown', keys);

  return {
    take(spec) {
      words = spec.words ?? words;
      const head = spec.playhead;
      put(bar, { hidden: !head });
      stage.frameKey = spec.frames ?? '';
      if (again) follow = 'end';
      if (!head) { playing = false; count = 0; stage.frame = 0; return; }
      const changed = key !== spec.frames;
      key = spec.frames;
      ({ steps, count, seconds, unit } = head);
      if (!begun && spec.at !== null && spec.at !== undefined && spec.at < count - 1) follow = steps.all[spec.at];
      wish = !begun && spec.autoplay && follow === 'end';
      for (const node of [back, toggle, next, range, rate]) put(node, { disabled: count < 2 }); // what plays is still to come
      put(range, { max: String(count - 1), 'aria-label': words.time });
      for (const [node, text] of [[back, words.back], [next, words.next]]) put(node, { title: text, 'aria-label': text });
      put(rate, { 'aria-label': words.speed });
      if (changed) {
        if (playing) { playing = false; follow = 'end'; } // the hand changes the run: show where it ends
        let frame = count - 1;
        if (follow !== 'end') {
          frame = 0;
          while (frame < count - 1 && steps.all[frame + 1] <= follow) frame += 1;
        }
        stage.frame = frame;
        bar.dataset.shown = frame;
      }
      if (again) { stage.frame = still() ? count - 1 : 0; bar.dataset.shown = stage.frame; }
      stage.frame = Math.min(stage.frame, count - 1);
      say();
    },
    begin() {
      begun = true;
      const replayed = again, due = wish;
      wish = again = false;
      if (replayed) { if (count > 1 && !still()) play(); else tell(); return; }
      if (!due || count < 2 || still()) return;
      sight = new IntersectionObserver(([{ isIntersecting }]) => { // not before one can see it
        if (!isIntersecting) return;
        sight.disconnect();
        if (follow === 'end' && stage.frame === count - 1) play();
      }, { threshold: 0.8 });
      sight.observe(stage.grid);
    },
    // Play from the start: the picture that comes, or the one that is there.
    replay(comes) {
      playing = false;
      again = comes;
      if (comes) return;
      follow = 'end';
      if (count < 2 || still()) { if (count) show(count - 1); tell(); return; }
      show(0);
      play();
    },
    toggle: () => (playing ? pause() : play()),
    step,
    // Someone else's hand: a frame, or null for the end.
    lead(k) {
      if (!count) return;
      playing = false;
      hold(k ?? count - 1);
    },
    close() {
      playing = false;
      sight?.disconnect();
      window.removeEventListener('keydown', keys);
    },
  };
}
