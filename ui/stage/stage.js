// The stage: figures in a grid, updated in place, with one shared playhead. Streamlit calls the default export at each
// change of data or theme, always with the same DOM; the last call's return value cleans up when the stage goes away.

import { brushing, within } from './brush.js';
import { frames as carried } from './carrier.js';
import { busy } from './busy.js';
import { BLEED, paint, scale, thumbnail } from './canvas.js';
import { editing } from './edit.js';
import { csv, png, save, table } from './export.js';
import { handling } from './handle.js';
import { joined, lane } from './lane.js';
import { live } from './live.js';
import { playhead } from './playhead.js';
import { pressing } from './press.js';
import { pump } from './pump.js';
import { put } from './put.js';
import { scenes } from './scenes.js';
import { explains } from './term.js';
import { typing } from './typing.js';
import { palette } from './theme.js';
import { waiting } from './waiting.js';
import { at, headed, moving, places, resolve, still, unpack } from './wire.js';

const NARROW = 560; // px; below it one figure shows at a time
const PHONE = 640; // px of the window, as in `ui/style.css`: controls stand below the stage, not beside it
const CONTROL = 72; // px that a phone leaves below the stage: one control
const MARGIN = 8; // px below the stage elsewhere

const AXES = ['xaxis', 'yaxis'], VIEWS = ['range', 'tickvals', 'ticktext']; // as in `__init__.py`

const stages = new WeakMap();
let library;

// What is asked for through `sawaru.ask` comes in the end: see the loader in `ui/publish.py`.
function plotly(file) {
  return (library ??= window.sawaru.ask(async (as) => (await early(file)) ?? new Promise((ready, failed) => {
    const script = document.createElement('script');
    script.src = as(new URL(`../../${file}`, import.meta.url).href);
    const theirs = window.Plotly; // Streamlit has one of its own
    script.onload = () => {
      const ours = window.Plotly;
      if (theirs) window.Plotly = theirs;
      ready(ours);
    };
    script.onerror = () => { script.remove(); failed(new Error(script.src)); };
    document.head.append(script);
  })));
}

// It may have come with the page (`ui/early.py`), or still be on its way.
async function early(file) {
  const script = document.querySelector(`script[defer][src$="${file}"]`);
  if (!script) return null;
  if (!window.Plotly && document.readyState !== 'complete') {
    await new Promise((go) => {
      for (const [from, name] of [[script, 'load'], [script, 'error'], [window, 'load']]) from.addEventListener(name, go);
    });
  }
  script.removeAttribute('defer'); // not twice
  return window.Plotly;
}

function rootClasses(root, spec) {
  root.classList.toggle('fault', Boolean(spec.fault));
  root.classList.toggle('board', Boolean(spec.board));
}

const make = (tag, className, parent, before = null) => {
  const node = document.createElement(tag);
  node.className = className;
  parent?.insertBefore(node, before);
  return node;
};

function stylesheet() {
  if (document.querySelector('link[data-sawaru]')) return;
  window.sawaru.ask((as) => new Promise((ready, failed) => {
    const link = make('link', '', document.head);
    link.onload = ready;
    link.onerror = () => { link.remove(); failed(new Error(link.href)); };
    link.dataset.sawaru = 'stage';
    Object.assign(link, { rel: 'stylesheet', href: as(new URL('stage.css', import.meta.url).href) });
  }));
}

export default function (c) {
  stylesheet();
  const root = c.parentElement.querySelector('.sawaru-stage');
  let stage = stages.get(root);
  if (!stage) {
    stage = new Stage(root);
    stages.set(root, stage);
  }
  stage.update(c);
  return () => {
    stages.delete(root);
    stage.close();
  };
}

class Stage {
  constructor(root) {
    this.root = root;
    this.figures = new Map();
    this.cards = new Map();
    this.closed = false;
    this.frame = 0;
    this.told = []; // the readouts: where each stands, and what it says from which frame on
    this.tabs = make('div', 'tabs', root);
    this.tabs.setAttribute('role', 'tablist');
    this.lid = make('button', 'lid', root); // on a phone the tools below the picture open and close
    Object.assign(this.lid, { type: 'button', textContent: '⋯', onclick: () => this.opened(!root.classList.contains('tooled')) });
    this.selection = null; // rows that a brush lit, as a mask; null lights all
    this.numbers = make('dl', 'numbers', root);
    this.bubble = make('div', 'bubble', root); // what a readout means, over what stands below
    this.bubble.hidden = true;
    this.note = make('p', 'note', root);
    this.note.setAttribute('role', 'status');
    this.grid = make('div', 'grid', root);
    this.grid.addEventListener('scroll', () => this.swiped(), { passive: true });
    this.playhead = playhead(this, make('div', 'playhead', root));
    this.foot = make('div', 'foot', root);
    this.work = waiting(this, make('div', 'work', this.foot));
    this.tools = make('div', 'tools', this.foot);
    this.sheet = make('div', 'sheet', root);
    this.sheet.hidden = true;
    this.typed = typing();
    this.numbersTable = make('div', '');
    this.sheet.append(this.typed.node, this.numbersTable);
    const tell = (message, n) => this.c.setStateValue('edit', { ...message, n });
    this.edits = pump('edit', (value, n) => lane.act('edit', value, n, tell), joined.edit);
    lane.stage = this;
    this.resized = () => this.resize();
    this.observer = new ResizeObserver(this.resized);
    const page = root.closest('.block-container');
    if (page) this.observer.observe(page, { box: 'border-box' }); // its padding moves the stage, too
    for (const node of [root, this.numbers, this.note]) this.observer.observe(node);
    window.addEventListener('resize', this.resized);
  }

  // Never more than one update runs; of those that wait the newest wins.
  update(c) {
    this.c = c;
    this.run = headed(c.data);
    if (!this.spec || !lane.ahead(this.run)) this.next({ bytes: c.data });
    else this.work.take(this.run.work); // it knows less than what is shown: a tick of slow work, say
  }

  // A picture from the lane; the envelope says what a run's header says besides.
  answer(bytes, envelope) {
    this.next({ bytes, envelope });
  }

  next(picture) {
    this.waiting = picture;
    if (this.running) return;
    busy(1);
    this.running = this.catchUp().finally(() => { this.running = null; busy(-1); });
  }

  async catchUp() {
    while (this.waiting && !this.closed) {
      const picture = this.waiting;
      this.waiting = null;
      await this.draw(picture);
    }
  }

  async draw({ bytes, envelope, anew = false }) {
    performance.mark('sawaru:received');
    const source = unpack(bytes), header = Object.assign(source.header, envelope);
    if (!anew && this.shows(header)) {
      this.acknowledge(header);
      return;
    }
    const inline = header.inline === undefined ? null : { source, shift: header.inline };
    const [P, frames, kept] = await Promise.all([
      plotly(header.plotly),
      header.frames ? (inline ?? carried(header.frames)) : null,
      header.kept ? carried(header.kept) : null,
    ]);
    if (this.closed) return;
    const spec = resolve(header, source, frames, kept);
    this.P = P;
    this.envelope = envelope;
    this.color ??= palette(this.root);
    this.editVersion = spec.version ?? 0;
    this.words = spec.words ?? this.words;
    rootClasses(this.root, spec);
    this.look(spec, true);
    this.playhead.take(spec); // decides which frame shows
    this.layout(spec);
    const jobs = [];
    for (const figure of spec.figures) jobs.push(this.figure(figure));
    for (const card of spec.cards) this.card(card);
    await Promise.all(jobs);
    if (this.closed) return;
    this.spec = spec;
    this.readouts(spec.readouts ?? []);
    this.work.take(spec.work);
    this.fill();
    performance.mark('sawaru:drawn');
    this.paintAll();
    performance.mark('sawaru:canvas');
    await new Promise((next) => requestAnimationFrame(next));
    performance.mark('sawaru:painted');
    // Looked at now, when the page's styles are settled: before, it would have the browser settle them twice.
    const color = palette(this.root);
    if (color !== this.color) {
      this.color = color;
      this.waiting ??= { bytes, envelope, anew: true };
    }
    window.dispatchEvent(new CustomEvent('sawaru:painted', { detail: spec.acks }));
    this.playhead.begin();
  }

  // Whether a picture is the one that is shown; a link may still ask for another frame of it.
  shows(header) {
    const { spec } = this;
    return spec && header.picture && header.picture === spec.picture && !header.fault && !spec.fault
      && Boolean(header.board) === Boolean(spec.board) && (header.version === spec.version || header.at === null);
  }

  // What was done elsewhere on the page is answered here: come into view, and play an experiment's picture once it is whole.
  look({ look, work }, comes) {
    if (look?.n > (window.sawaruLooked ?? 0)) {
      window.sawaruLooked = look.n;
      this.due = look.plays;
      (this.root.closest('.st-key-sawaru-play') ?? this.root).scrollIntoView({ block: 'start' });
    }
    if (!this.due || work?.length) return;
    this.due = false;
    this.playhead.replay(comes);
  }

  acknowledge(header) {
    const fresh = this.editVersion !== header.version;
    this.editVersion = header.version;
    for (const name of ['acks', 'version', 'work', 'at', 'autoplay']) this.spec[name] = header[name];
    this.work.take(header.work);
    this.look(header, false);
    performance.mark('sawaru:painted');
    window.dispatchEvent(new CustomEvent('sawaru:painted', { detail: header.acks }));
    for (const figure of this.figures.values()) figure.agree?.(fresh);
  }

  // ---- layout

  layout(spec) {
    const { root, grid } = this;
    put(this.note, { textContent: spec.note ?? '', hidden: !spec.note });
    const key = JSON.stringify([spec.grid, spec.columns, spec.height, spec.lang, spec.figures.map((f) => f.title)]);
    if (this.layoutKey === key) return;
    this.layoutKey = key;
    root.lang = spec.lang;
    grid.style.setProperty('--areas', spec.grid.map((row) => `"${row}"`).join(' '));
    grid.style.setProperty('--columns', spec.columns || 'none');
    grid.style.setProperty('--height', `${spec.height}px`);
    const parts = [...spec.figures, ...spec.cards];
    const names = new Set(parts.map((part) => part.name));
    for (const [name, figure] of this.figures) {
      if (names.has(name)) continue;
      figure.close(this.P);
      figure.node.remove();
      this.figures.delete(name);
    }
    for (const [name, card] of this.cards) {
      if (!names.has(name)) { card.node.remove(); this.cards.delete(name); }
    }
    this.toolbar();
    this.tabs.replaceChildren();
    this.tabs.hidden = parts.length < 2;
    const shown = parts.some((part) => part.name === this.shown) ? this.shown : parts[0].name;
    this.order = parts.map((part) => part.name);
    for (const { node } of [...this.figures.values(), ...this.cards.values()]) this.arrange(node);
    for (const part of parts) {
      const tab = make('button', '', this.tabs);
      Object.assign(tab, { type: 'button', textContent: part.title });
      tab.dataset.shows = part.name;
      tab.setAttribute('role', 'tab');
      tab.onclick = () => this.show(part.name);
    }
    this.readouts(spec.readouts ?? []);
    this.work.take(spec.work);
    root.classList.toggle('works', Boolean(spec.work));
    this.fit(); // now that all is there that takes room
    scenes();
    this.show(shown);
  }

  // The strip of a narrow screen has its figures in the order of their tabs.
  arrange(node) {
    node.style.order = this.order.indexOf(node.dataset.name);
  }

  // The grid takes what room there is: of the window, what the words above leave; on a phone, where the stage stays in sight while
  // the page scrolls, half of the window at most, and with one control below it.
  fit() {
    const { root, grid, foot } = this, narrow = root.clientWidth < NARROW, phone = narrow && innerWidth <= PHONE;
    root.classList.toggle('phone', phone);
    if (root.classList.contains('narrow') !== narrow) {
      root.classList.toggle('narrow', narrow);
      this.numbers.tabIndex = narrow ? 0 : -1; // there it scrolls
      this.show(this.shown);
    }
    this.type = parseFloat(getComputedStyle(root).getPropertyValue('--type')) || 13; // px; on a board it grows with the screen
    this.inLine();
    const page = root.closest('[data-testid="stMain"]'), play = root.closest('.st-key-sawaru-play') ?? root;
    const top = play.getBoundingClientRect().top + (page?.scrollTop ?? 0);
    const own = foot.getBoundingClientRect().bottom - root.getBoundingClientRect().top - grid.clientHeight;
    const room = Math.floor(Math.min(innerHeight - top - own - (phone ? CONTROL : MARGIN), phone ? innerHeight / 2 - own : Infinity));
    if (this.room !== room) root.style.setProperty('--room', `${this.room = room}px`);
  }

  // The readouts take as few lines as leave them legible.
  inLine() {
    const { numbers } = this, { firstElementChild: first, lastElementChild: last } = numbers;
    let least = Infinity, best = 1;
    for (const share of first ? [1, 0.9, 0.8] : []) {
      numbers.style.setProperty('--told', share);
      const below = Math.round((last.offsetTop - first.offsetTop) / first.offsetHeight); // lines
      if (below < least) [least, best] = [below, share];
      if (!below) break;
    }
    numbers.style.setProperty('--told', best);
  }

  toolbar() {
    const { words } = this;
    const name = () => `sawaru-${location.pathname.split('/').pop() || 'stage'}`;
    const acts = [
      [words.as_table, () => { this.sheet.hidden = !this.sheet.hidden; this.fill(); }],
      ['PNG', async () => save(await png(this), `${name()}.png`)],
      ['CSV', () => save(csv(this), `${name()}.csv`)],
    ];
    put(this.lid, { title: words.tools, ariaLabel: words.tools });
    this.opened(false);
    this.tools.replaceChildren(...acts.map(([text, act]) => {
      const button = make('button', '');
      Object.assign(button, { type: 'button', textContent: text, onclick: act });
      return button;
    }));
  }

  opened(open) {
    this.root.classList.toggle('tooled', open);
    this.lid.setAttribute('aria-expanded', String(open));
    this.resize();
  }

  fill() {
    if (this.sheet.hidden) return;
    const edited = [...this.figures.values()].find((figure) => figure.edit?.on);
    this.typed.show(edited?.edit ?? null, this.words);
    this.numbersTable.replaceChildren(table(this));
  }

  // Light some rows in all figures; null lights all.
  select(rows) {
    this.selection = null;
    if (rows) {
      this.selection = new Uint8Array(Math.max(-1, ...this.brushable().flatMap((t) => [t.last])) + 1);
      for (const row of rows) this.selection[row] = 1;
    }
    this.selected = rows ? rows.length : null;
    this.paintAll();
    performance.mark('sawaru:brushed');
  }

  brushable() {
    return [...this.figures.values()].flatMap((f) => f.under ?? []).filter((t) => t.rows)
      .map((t) => ({ last: t.last ??= t.rows.reduce((a, b) => Math.max(a, b), -1) }));
  }

  readouts(list) {
    const key = JSON.stringify(list.map(({ label, hint }) => [label, hint]));
    let wider = this.numbersKey !== key;
    if (wider) {
      this.numbersKey = key;
      this.numbers.hidden = !list.length;
      this.numbers.replaceChildren();
      this.told = list.map(({ label, hint }) => {
        const cell = make('div', '', this.numbers), name = make('dt', '', cell);
        name.textContent = label;
        const value = make('dd', '', cell);
        explains(name, make('dd', '', cell))(hint);
        const tell = () => put(this.bubble, { textContent: hint, hidden: !hint }), end = () => { this.bubble.hidden = true; };
        Object.assign(name, { onpointerenter: tell, onfocus: tell, onpointerleave: end, onblur: end });
        return { value };
      });
    }
    list.forEach(({ texts }, i) => {
      const told = this.told[i];
      told.texts = texts;
      // Nothing jumps: the room that a longer number once took stays its own. A % is half as wide again as a digit.
      const widest = Math.max(told.widest ?? 0, ...texts.map(([, text]) => text.length + text.includes('%') / 2));
      if (widest === told.widest) return;
      wider = true;
      put(told.value.style, { minWidth: `${told.widest = widest}ch` });
    });
    this.tell();
    if (wider) this.inLine(); // it has the browser lay the page out
  }

  // The numbers of the frame that is shown; one of the end says so until it is there.
  tell() {
    for (const { value, texts } of this.told) {
      const [, text] = texts.findLast(([from]) => from <= this.frame);
      put(value, { textContent: text || this.words.at_end });
      value.classList.toggle('later', !text);
    }
    const { finale, playhead } = this.spec ?? {}; // none yet where the first picture is laid out
    this.note.style.visibility = finale && playhead && this.frame < playhead.count - 1 ? 'hidden' : '';
  }

  show(name) {
    this.shown = name;
    this.mark();
    const there = [...this.grid.children].find((child) => child.dataset.name === name);
    if (there) this.grid.scrollLeft = there.offsetLeft - this.grid.offsetLeft;
    this.resize();
  }

  mark() {
    for (const tab of this.tabs.children) {
      const chosen = tab.dataset.shows === this.shown;
      tab.setAttribute('aria-selected', String(chosen));
      if (chosen) this.tabs.scrollLeft = tab.offsetLeft - this.tabs.offsetLeft - 40;
    }
  }

  // A finger moved the strip: the tab of what is in sight now is the chosen one.
  swiped() {
    const { grid } = this, away = (child) => Math.abs(child.offsetLeft - grid.offsetLeft - grid.scrollLeft);
    const near = [...grid.children].reduce((a, b) => (away(b) < away(a) ? b : a));
    if (near.dataset.name === this.shown || away(near) > grid.clientWidth / 4) return;
    this.shown = near.dataset.name;
    this.mark();
  }

  resize() {
    if (this.closed || this.resizing) return;
    busy(1);
    this.resizing = requestAnimationFrame(async () => {
      this.resizing = null;
      if (!this.closed && this.layoutKey) this.fit(); // also while the first picture is still being drawn
      await Promise.all([...this.figures.values()].map(async (figure) => {
        const { plot } = figure;
        if (this.closed || !plot?._fullLayout || plot.clientWidth === 0) return;
        if (plot._fullLayout.width === plot.clientWidth && plot._fullLayout.height === plot.clientHeight) return;
        await figure.update(figure.spec);
        figure.paint();
      })).finally(() => busy(-1));
    });
  }

  // ---- figures

  async figure(spec) {
    let figure = this.figures.get(spec.name);
    if (!figure) {
      const node = make('div', 'figure', this.grid);
      node.dataset.name = spec.name;
      node.style.setProperty('--area', spec.name);
      figure = spec.module ? live(this, node, spec.module) : new Figure(this, node);
      this.figures.set(spec.name, figure);
      this.arrange(node);
    }
    await figure.update(spec);
  }

  paintAll() {
    for (const figure of this.figures.values()) figure.paint();
  }

  // Show a frame: canvases are painted, moving Plotly traces restyled in one call a figure.
  async seek(k) {
    this.frame = k;
    if (this.spec) this.tell();
    for (const card of this.cards.values()) card.show(k);
    this.fill();
    await Promise.all([...this.figures.values()].map((figure) => figure.seek(k)));
  }

  card(spec) {
    let card = this.cards.get(spec.name);
    if (!card) {
      card = new Card(this, spec.name);
      this.cards.set(spec.name, card);
      this.arrange(card.node);
    }
    card.update(spec);
    card.show(this.frame);
  }

  close() {
    this.closed = true;
    if (lane.stage === this) lane.stage = null;
    this.observer.disconnect();
    window.removeEventListener('resize', this.resized);
    this.playhead.close();
    this.edits.close();
    this.work.close();
    for (const figure of this.figures.values()) figure.close(this.P);
  }
}

class Figure {
  constructor(stage, node) {
    this.stage = stage;
    this.node = node;
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'group');
    this.area = make('div', 'under', this.node);
    this.canvas = make('canvas', '', this.area);
    this.plot = make('div', 'plot', this.node);
    this.tip = make('div', 'tip', this.node);
    this.tipImage = make('canvas', '', this.tip);
    this.tipText = make('span', '', this.tip);
    this.back = make('button', 'back', this.node);
    this.back.type = 'button';
    this.back.textContent = '⤢';
    this.back.hidden = true;
    this.back.onclick = () => this.reset();
    this.handles = handling(this); // first: a handle lies over points and ground
    this.press = pressing(this);
    this.edit = editing(this);
    this.brush = brushing(this);
    this.node.addEventListener('pointermove', (event) => this.hover(event));
    this.node.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    this.tip.hidden = true;
  }

  async update(spec) {
    const { stage } = this, { P, color } = stage;
    this.spec = spec;
    this.under = spec.under;
    this.moves = spec.data.map(moving);
    put(this.node, { 'aria-label': spec.alt });
    const title = stage.words?.reset_view ?? '';
    put(this.back, { title, 'aria-label': title });
    this.take();
    if (this.viewName !== spec.layout.uirevision) {
      this.viewName = spec.layout.uirevision;
      this.zoom = null;
      this.back.hidden = true;
    }
    const moves = this.moves.some(Boolean) ? `${stage.frameKey} ${stage.frame}` : '';
    this.handles.take(spec.under.filter((trace) => trace.type === 'handles'));
    this.press.take(spec.under.find((trace) => trace.type === 'press'));
    this.brush.take(spec.under.find((trace) => trace.type === 'points' && trace.rows));
    const key = `${spec.digest} ${color.key} ${this.edit.on} ${this.squeezed()} ${stage.type} ${moves}`;
    const views = JSON.stringify([this.zoom, this.size(), AXES.map((axis) => VIEWS.map((name) => spec.layout[axis]?.[name]))]);
    if (this.key === key && this.views === views) return;
    const same = this.key === key; // the figure as it is, seen otherwise
    Object.assign(this, { key, views });
    if (same) {
      const change = this.turned();
      if (Object.keys(change).length) await P.relayout(this.plot, change);
      return;
    }
    const first = !this.plot._fullLayout;
    await P.react(this.plot, this.traces(), this.plotlyLayout(), {
      displayModeBar: false, doubleClick: false, responsive: false, scrollZoom: false,
    });
    if (first && !stage.closed) {
      this.plot.on('plotly_relayout', (change) => { // the reader's zoom; our own updates do not tell
        if (!Object.keys(change).some((name) => name.includes('range['))) return;
        this.back.hidden = false;
        this.keepEqual();
        const { xaxis, yaxis } = this.plot._fullLayout;
        this.zoom = { x: [...xaxis.range], y: [...yaxis.range] };
      });
      this.plot.on('plotly_relayouting', () => this.paint());
      this.plot.on('plotly_afterplot', () => this.paint());
    }
  }

  // Whole pixels. Left to measure its place, Plotly waits for a tenth of a second, and lets be what is off by less than a pixel.
  size() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    return width && height ? { width, height } : {};
  }

  // What the axes are to show otherwise, as Plotly takes changes: a quarter of the work of all the figure's.
  turned() {
    const layout = this.plotlyLayout(), now = this.plot.layout, change = {};
    const note = (path, value, old) => { if (JSON.stringify(value) !== JSON.stringify(old)) change[path] = value; };
    for (const [name, value] of Object.entries(this.size())) note(name, value, now[name]);
    for (const axis of AXES) {
      for (const name of VIEWS) if (name in (layout[axis] ?? {})) note(`${axis}.${name}`, layout[axis][name], now[axis][name]);
    }
    return change;
  }

  take() {
    this.edit.take(this.under.find((trace) => trace.type === 'points' && trace.editable));
  }

  // The picture stays as it is; what hands moved in it is where the picture has it, and may be of a new version.
  agree(fresh) {
    if (fresh) this.take();
    this.handles.settle();
  }

  traces() {
    const { color, frame } = this.stage;
    const larger = Math.max(1, this.stage.type / 13);
    const grow = (all, name) => { if (all?.[name]) all[name] = ArrayBuffer.isView(all[name]) ? all[name].map((v) => v * larger) : all[name] * larger; };
    return this.spec.data.map((trace) => {
      const drawn = still(trace, frame, color);
      if (larger > 1 && trace.type === 'scatter3d') { grow(drawn.marker, 'size'); grow(drawn.line, 'width'); }
      return drawn;
    });
  }

  plotlyLayout() {
    const { color, root } = this.stage, style = getComputedStyle(root);
    const layout = still(this.spec.layout, 0, color); // a fresh object: Plotly writes into it
    layout.paper_bgcolor = 'rgba(0,0,0,0)';
    layout.plot_bgcolor = 'rgba(0,0,0,0)';
    const larger = this.stage.type / 13; // the board's type is
    this.squeezed().forEach((by, i) => { if (by < 1) layout[i ? 'yaxis' : 'xaxis'].title.font.size *= by; });
    grown(layout, larger);
    layout.font = { color: color('$ink'), family: style.fontFamily, size: this.stage.type };
    Object.assign(layout, this.size());
    for (const side in layout.margin) layout.margin[side] *= Math.max(1, larger);
    if (this.edit.on) layout.margin.t += root.classList.contains('narrow') ? 26 : 36; // the tools stand above the points
    if (layout.xaxis) delete layout.uirevision; // a zoom is kept by us: Plotly's forgets a range that `keepEqual` widened
    if (this.zoom) {
      layout.xaxis.range = [...this.zoom.x];
      layout.yaxis.range = [...this.zoom.y];
    } else if (layout.meta?.equal) this.equalise(layout.xaxis, layout.yaxis, layout.margin);
    layout.hoverlabel = { bgcolor: color('$paper'), bordercolor: color('$muted'), font: { color: color('$ink') } };
    for (const name of this.under.length ? ['xaxis', 'yaxis'] : []) layout[name].showgrid = false; // `paint` draws it, below
    const coarse = matchMedia('(pointer: coarse)').matches;
    if (coarse) layout.dragmode = false;
    this.node.classList.toggle('grab', this.edit.on);
    return layout;
  }

  // How much smaller the titles of both axes are to be whole: they stand in the middle of the plot area.
  squeezed() {
    const { layout: { margin, ...axes } } = this.spec, { type, root } = this.stage, g = this.canvas.getContext('2d');
    g.font = `${type}px ${getComputedStyle(root).fontFamily}`;
    return [['xaxis', this.plot.clientWidth, 'l', 'r'], ['yaxis', this.plot.clientHeight, 'b', 't']].map(([name, size, far, near]) => {
      const title = axes[name]?.title;
      if (!title?.text || !title.font || !size) return 1;
      const room = size - (margin[far] - margin[near]) * Math.max(1, type / 13);
      return Math.max(0.7, Math.min(1, Math.floor((20 * room) / g.measureText(title.text).width) / 20));
    });
  }

  // Widen one range so that a unit is as long on both axes; true if it was not.
  equalise(xaxis, yaxis, { l, r, t, b }) {
    const width = this.plot.clientWidth - l - r, height = this.plot.clientHeight - t - b;
    if (width <= 0 || height <= 0) return false;
    const dx = xaxis.range[1] - xaxis.range[0], dy = yaxis.range[1] - yaxis.range[0];
    const unit = Math.max(dx / width, dy / height);
    const widen = (axis, by) => { axis.range = [axis.range[0] - by / 2, axis.range[1] + by / 2]; };
    widen(xaxis, unit * width - dx);
    widen(yaxis, unit * height - dy);
    return Math.abs(dx / width - dy / height) > 1e-3 * unit;
  }

  async seek(k) {
    this.paint();
    const restyled = {}, which = [];
    this.spec.data.forEach((trace, i) => {
      if (!this.moves[i]) return;
      which.push(i);
      for (const [name, value] of flat(trace)) {
        (restyled[name] ??= {})[i] = still(at(value, k), k, this.stage.color);
      }
    });
    if (!which.length) return;
    const update = {};
    for (const name in restyled) update[name] = which.map((i) => restyled[name][i]);
    await this.stage.P.restyle(this.plot, update, which);
  }

  view() {
    const full = this.plot._fullLayout;
    if (!full?.xaxis?._length) return null;
    const { type, root } = this.stage, zoom = Math.max(1, type / 13);
    return {
      x: scale(full.xaxis, false), y: scale(full.yaxis, true), left: full.xaxis._offset, top: full.yaxis._offset,
      font: type, family: getComputedStyle(root).fontFamily, zoom,
      bleed: Math.min(BLEED * zoom, full.width - full.xaxis._offset - full.xaxis._length), // within the figure
    };
  }

  paint() {
    const view = this.view();
    if (!view || !this.under || this.plot.clientWidth === 0) return;
    const w = view.x.length, h = view.y.length, ratio = window.devicePixelRatio || 1, { bleed } = view;
    Object.assign(this.area.style, { left: `${view.left}px`, top: `${view.top}px`, width: `${w}px`, height: `${h}px` });
    this.area.style.setProperty('--bleed', `${bleed}px`);
    const { canvas } = this;
    const width = Math.round((w + 2 * bleed) * ratio), height = Math.round((h + 2 * bleed) * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const g = canvas.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, bleed * ratio, bleed * ratio);
    g.clearRect(-bleed, -bleed, w + 2 * bleed, h + 2 * bleed);
    if (this.under.length) gridlines(g, view, this.plot._fullLayout, this.stage.color('$grid'));
    paint(g, view, this.under, this.stage.frame, this.stage.color, this.stage.selection);
    if (this.cursor && this.edit.on && document.activeElement === this.node) {
      const [x, y] = [view.x.to(this.cursor[0]), view.y.to(this.cursor[1])];
      g.beginPath();
      g.moveTo(x - 9, y); g.lineTo(x + 9, y); g.moveTo(x, y - 9); g.lineTo(x, y + 9);
      g.lineWidth = 2; g.strokeStyle = this.stage.color('$ink'); g.stroke();
    }
    if (this.lasso) {
      g.beginPath();
      this.lasso.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
      g.closePath();
      g.setLineDash([5, 4]);
      g.lineWidth = 1.5; g.strokeStyle = this.stage.color('$ink'); g.stroke();
      g.setLineDash([]);
    }
  }

  keepEqual() {
    if (!this.spec.layout.meta?.equal) return;
    const { xaxis, yaxis } = this.plot._fullLayout;
    const x = { range: [...xaxis.range] }, y = { range: [...yaxis.range] };
    if (this.equalise(x, y, this.plot._fullLayout.margin)) {
      this.stage.P.relayout(this.plot, { 'xaxis.range': x.range, 'yaxis.range': y.range });
    }
  }

  // Back to the whole plane; a change of `uirevision` does the same.
  async reset() {
    const { layout } = this.spec, x = { range: layout.xaxis.range }, y = { range: layout.yaxis.range };
    if (layout.meta?.equal) this.equalise(x, y, this.plot._fullLayout.margin);
    await this.stage.P.relayout(this.plot, { 'xaxis.range': [...x.range], 'yaxis.range': [...y.range] });
    this.zoom = null;
    this.back.hidden = true;
  }

  // Pixels of the plot area under a pointer event; null outside.
  place(event) {
    const view = this.view();
    if (!view) return null;
    const box = this.plot.getBoundingClientRect(), px = event.clientX - box.left - view.left, py = event.clientY - box.top - view.top;
    return px < 0 || py < 0 || px > view.x.length || py > view.y.length ? null : { px, py, view };
  }

  // The nearest of the painted points within reach, or -1.
  nearest(trace, { px, py, view }, reach) {
    const [x, y] = places(trace, this.stage.frame);
    let best = -1, least = reach;
    for (let i = 0; i < x.length; i++) {
      const d = Math.hypot(view.x.to(x[i]) - px, view.y.to(y[i]) - py);
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  rowsWithin(polygon) {
    const view = this.view(), k = this.stage.frame, rows = [];
    for (const trace of this.under) {
      if (!trace.rows) continue;
      const x = at(trace.x, k), y = at(trace.y, k);
      for (let i = 0; i < x.length; i += 1) {
        if (within(polygon, view.x.to(x[i]), view.y.to(y[i]))) rows.push(trace.rows[i]);
      }
    }
    return rows;
  }

  hover(event) {
    const spot = event.buttons ? null : this.place(event);
    this.tip.hidden = true;
    if (!spot) return;
    for (const trace of [...this.under].reverse()) {
      const named = trace.names || (trace.type === 'scatter' && trace.hovertemplate);
      if (!named) continue;
      const i = this.nearest(trace, spot, 14);
      if (i < 0) continue;
      const [x, y] = places(trace, this.stage.frame).map((all) => all[i]);
      const axis = (name, value) => { // nothing where the axis itself shows no numbers
        const { title, showticklabels } = this.spec.layout[name];
        return showticklabels === false ? [] : [`${title.text}: ${round(value)}`];
      };
      const lines = trace.names
        ? [trace.names[trace.label[i]], ...axis('xaxis', x), ...axis('yaxis', y)]
        : [trace.hovertemplate.replace('%{x}', round(x)).replace('%{y}', round(y))];
      this.tipText.textContent = lines.join('\n');
      this.tipImage.hidden = !trace.images;
      if (trace.images) {
        const small = thumbnail(trace, i, this.stage.color), g = this.tipImage.getContext('2d');
        Object.assign(this.tipImage, { width: small.width, height: small.height });
        g.drawImage(small, 0, 0);
      }
      this.tip.hidden = false;
      const right = spot.px > spot.view.x.length / 2;
      Object.assign(this.tip.style, {
        top: `${spot.view.top + spot.py + 12}px`,
        left: right ? '' : `${spot.view.left + spot.px + 12}px`,
        right: right ? `${this.node.clientWidth - spot.view.left - spot.px + 12}px` : '',
      });
      return;
    }
  }

  close(P) {
    this.handles.close();
    this.press.close();
    this.edit.close();
    this.brush.close();
    if (this.plot._fullLayout) P?.purge(this.plot);
  }
}

// Plotly's own grid would lie over the painted marks.
function gridlines(g, view, full, style) {
  g.beginPath();
  for (const { x } of full.xaxis._vals ?? []) {
    const p = Math.round(view.x.to(full.xaxis.type === 'log' ? 10 ** x : x)) + 0.5;
    g.moveTo(p, 0); g.lineTo(p, view.y.length);
  }
  for (const { x } of full.yaxis._vals ?? []) {
    const p = Math.round(view.y.to(full.yaxis.type === 'log' ? 10 ** x : x)) + 0.5;
    g.moveTo(0, p); g.lineTo(view.x.length, p);
  }
  g.lineWidth = 1; g.strokeStyle = style; g.stroke();
}

// Sizes of type are said for a page; a larger one makes them all larger.
function grown(layout, by) {
  for (const [name, value] of Object.entries(layout)) {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) continue;
    if (name.endsWith('font') && value.size) value.size *= by;
    else grown(value, by);
  }
}

const round = (v) => Number(v.toPrecision(4)).toString();

function* flat(trace, prefix = '') {
  for (const [name, value] of Object.entries(trace)) {
    if (value?.moves) yield [prefix + name, value];
    else if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value) && !Array.isArray(value)) {
      yield* flat(value, `${prefix}${name}.`);
    }
  }
}

class Card {
  constructor(stage, name) {
    this.node = make('div', 'card', stage.grid);
    this.node.dataset.name = name;
    this.node.style.setProperty('--area', name);
  }

  update(spec) {
    this.spec = spec;
    const labels = JSON.stringify([spec.title, spec.rows.map((row) => row.label)]);
    if (this.labels === labels) return;
    this.labels = labels;
    this.node.replaceChildren();
    const box = make('div', 'box', this.node);
    make('h2', '', box).textContent = spec.title;
    const list = make('dl', '', box);
    this.node.style.setProperty('--rows', spec.rows.length + 1);
    this.cells = spec.rows.map((row) => {
      make('dt', '', list).textContent = row.label;
      return make('dd', '', list);
    });
  }

  show(k) {
    this.spec.rows.forEach((row, i) => {
      const { all } = row.values, value = all[Math.min(k, all.length - 1)];
      const text = !Number.isFinite(value) ? '–'
        : row.words.length ? (row.words[value] ?? '–') : value.toFixed(row.digits).replace('-', '−');
      if (this.cells[i].textContent !== text) this.cells[i].textContent = text;
    });
  }
}
