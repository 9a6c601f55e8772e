// A scene's controls: live sliders, menus, switches, lines of text. All in one component, since every element of a page costs a message
// and a render at each move. A slider sends while it is dragged (see `stage/pump.js`).
//
// The values belong to the hand while it moves: the server's count again when nothing newer is on its way, or when they
// come with a newer version (a reset, an experiment, a link).

import { follow, present, tells, tellsNoMore } from '../address/address.js';
import { Box } from '../room/box.js';
import { dots } from '../room/map.js';
import { room } from '../room/room.js';
import { sliding } from '../stage/finger.js';
import { joined, lane } from '../stage/lane.js';
import { pump } from '../stage/pump.js';
import { put } from '../stage/put.js';
import { explains } from '../stage/term.js';
import { board } from './board.js';
import { Verdict } from './verdict.js';

const panels = new WeakMap();

export default function (c) {
  const root = c.parentElement.querySelector('.sawaru-controls');
  let panel = panels.get(root);
  if (!panel) panels.set(root, (panel = new Panel(root)));
  panel.update(c);
  return () => {
    panels.delete(root);
    if (lane.panel === panel) {
      lane.panel = null;
      lane.leave();
    }
    clearTimeout(panel.share.timer);
    panel.verdict.close();
    panel.board.close();
    panel.room.close();
    tellsNoMore(panel.tell);
    panel.pump.close();
  };
}

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

class Panel {
  constructor(root) {
    this.controls = new Map();
    this.version = null;
    this.first = make('div', { className: 'list' });
    this.summary = make('summary');
    this.rest = make('div', { className: 'list' });
    this.more = make('details', {}, this.summary, this.rest);
    this.reset = make('button', { type: 'button' });
    this.share = new Share(this);
    this.board = board(this);
    this.enter = make('button', { type: 'button', onclick: () => this.room.toggle() });
    const buttons = make('div', { className: 'buttons' }, this.reset, this.share.button, this.enter, ...this.board.buttons);
    this.verdict = new Verdict();
    this.room = new Box(() => this.roomed());
    root.append(this.first, this.more, buttons, this.share.node, this.verdict.node, this.room.node, this.board.list);
    this.root = root;
    const tell = (message, n) => this.c.setStateValue('hand', { ...message, ver: this.version, n });
    this.pump = pump('controls', (message, n) => lane.act('controls', message, n, tell), joined.controls);
    this.reset.onclick = () => this.pump.push({ reset: true });
    this.tell = (restore) => this.pump.now({ restore });
  }

  send() {
    const values = {};
    for (const [name, control] of this.controls) values[name] = control.value;
    this.pump.push({ values });
  }

  update(c) {
    this.c = c;
    const { words, version, address, page, room: said } = c.data;
    const lost = follow({ ...address, acked: page.acks.controls }), pending = lost === null ? null : lane.pending();
    lane.panel = this;
    const own = lane.take({ ...page, version, search: address.search, topic: address.topic, session: address.session });
    const back = lost === null ? lane.restored() : { restore: lost, ...pending };
    if (back) this.pump.push(back);
    tells(this.tell);
    put(this.enter, { textContent: said.words.room });
    this.room.update(said.words);
    room.take({ url: said.url, joins: said.joins, topic: address.topic, of: page.of, search: address.search, version, lang: page.lang, board: c.data.board });
    put(this.summary, { textContent: words.more });
    put(this.reset, { textContent: words.reset });
    this.root.classList.toggle('board', c.data.board);
    this.board.update(c.data);
    this.share.update(c.data);
    this.verdict.update(c.data);
    const outside = version !== this.version && !own;
    if (outside) this.pump.drop();
    this.version = version;
    if (this.names !== undefined && lane.ahead({ ...page, version })) return; // what is shown is newer
    this.show(new Map(c.data.controls.filter((d) => d.applies).map((d) => [d.name, d.value])), outside);
  }

  // Who is in a room has it above the controls; a question to the class takes their place on a board.
  roomed() {
    const { view, seat } = room, inside = Boolean(seat && view);
    put(this.enter, { hidden: Boolean(seat) });
    this.enter.setAttribute('aria-expanded', String(this.room.wanted));
    this.root.classList.toggle('inside', inside);
    this.root.classList.toggle('polled', Boolean(inside && view.poll));
  }

  // The class's places, on the sliders.
  stands(map, words) {
    for (const [name, control] of this.controls) if (control.range) dots(control, map?.[name], words);
  }

  // What the lane says of the values; the one that a hand moves is the hand's.
  answer({ values }) {
    this.show(new Map(Object.entries(values)), false);
  }

  // Show the controls that apply, with their values where no hand has newer ones.
  show(values, outside) {
    const list = this.c.data.controls.filter((d) => values.has(d.name));
    const names = list.map((d) => `${d.name}${d.more}`).join();
    if (this.names !== names) this.arrange(list);
    this.names = names;
    put(this.more, { hidden: !list.some((d) => d.more) });
    for (const d of list) {
      const control = this.controls.get(d.name), fresh = control.d === undefined;
      control.describe(d, this.c.data.words);
      if (fresh || outside || this.pump.idle()) control.set(values.get(d.name));
    }
  }

  // Only when other controls apply than before: a slider that is moved in the document loses the hand that drags it.
  arrange(list) {
    const kept = new Map();
    for (const d of list) {
      const control = this.controls.get(d.name) ?? new KINDS[d.kind](this);
      control.node.dataset.name = d.name;
      kept.set(d.name, control);
      const place = d.more ? this.rest : this.first;
      const before = list.filter((e) => e.more === d.more).findIndex((e) => e.name === d.name);
      if (place.children[before] !== control.node) place.insertBefore(control.node, place.children[before] ?? null);
    }
    for (const [name, control] of this.controls) if (!kept.has(name)) control.node.remove();
    this.controls = kept;
  }
}

// The present state as a link, with a copy button and a QR code (made by the server for the address it is told).
class Share {
  constructor(panel) {
    this.panel = panel;
    this.link = make('input', { className: 'link', readOnly: true, onfocus: () => this.link.select() });
    this.copy = make('button', { type: 'button', onclick: () => this.take() });
    this.code = make('img');
    this.long = make('p', { hidden: true });
    this.node = make('div', { className: 'share', hidden: true }, this.link, this.copy, this.code, this.long);
    this.button = make('button', { type: 'button', onclick: () => this.toggle() });
    this.button.setAttribute('aria-expanded', 'false');
  }

  toggle() {
    this.node.hidden = !this.node.hidden;
    this.button.setAttribute('aria-expanded', String(!this.node.hidden));
    this.ask();
  }

  // The address settles a moment after the hand; then the code is asked for, once for each address.
  ask() {
    clearTimeout(this.timer);
    if (this.node.hidden) return;
    this.timer = setTimeout(() => {
      this.link.value = this.address();
      if (this.asked === this.link.value) return;
      this.asked = this.link.value;
      this.panel.pump.push({ share: this.asked });
    }, 350);
  }

  // What pupils open is not the board.
  address() {
    return present().replace(/([?&])view=board&?/, '$1').replace(/[?&]$/, '');
  }

  update({ words, share, board }) {
    put(this.button, { textContent: board ? `${words.qr_short} (Q)` : words.share });
    put(this.copy, { textContent: words.copy });
    this.link.setAttribute('aria-label', words.link);
    put(this.code, { alt: words.qr });
    put(this.long, { textContent: words.qr_long });
    if (share) {
      this.code.hidden = !share.image;
      this.long.hidden = Boolean(share.image);
      if (share.image) this.code.src = share.image;
    }
    this.words = words;
    this.ask();
  }

  async take() {
    this.link.value = this.address();
    try {
      await navigator.clipboard.writeText(this.link.value);
    } catch { // no clipboard on plain http
      this.link.select();
      document.execCommand('copy');
    }
    this.copy.textContent = this.words.copied;
  }
}

class Control {
  constructor(panel, kind) {
    this.panel = panel;
    this.label = make('span');
    this.text = make('span');
    this.ask = make('span', { className: 'ask', role: 'button', textContent: '?' });
    this.ask.onclick = (event) => event.preventDefault(); // it stands in a label, whose control it is not
    this.label.append(this.text, this.ask);
    this.label.className = 'label';
    this.tip = make('div');
    this.explain = explains(this.ask, this.tip);
    this.help = make('small', { hidden: true });
    this.node = make('div', { className: `control ${kind}` });
  }

  describe(d, words) {
    this.d = d;
    put(this.text, { textContent: d.label });
    put(this.help, { textContent: d.help, hidden: !d.help });
    put(this.ask, { hidden: !d.hint, ariaLabel: words.explain.replace('{label}', d.label) });
    this.explain(d.hint);
    if (!this.tip.parentNode) this.node.append(this.tip);
  }
}

class Slider extends Control {
  constructor(panel) {
    super(panel, 'slider');
    this.unit = make('i');
    this.number = make('input', { className: 'number', type: 'text', inputMode: 'decimal', autocomplete: 'off' });
    this.range = make('input', { className: 'range', type: 'range' });
    this.node.append(make('div', { className: 'head' }, this.label, this.number, this.unit), this.range, this.help);
    sliding(this.range, () => { this.value = this.read(); this.write(); panel.send(); });
    this.number.onchange = () => this.typed();
    this.number.onfocus = () => this.number.select();
    this.number.onkeydown = (event) => { if (event.key === 'Enter') this.typed(); };
  }

  describe(d, words) {
    super.describe(d, words);
    put(this.unit, { textContent: d.unit });
    put(this.range, { 'aria-label': d.label });
    put(this.number, { 'aria-label': `${d.label} (${words.type_a_number})` });
    const [min, max, step] = d.log ? [0, Math.round(Math.log10(d.high / d.low) / d.step), 1] : [d.low, d.high, d.step];
    if (this.ends === `${min} ${max} ${step}`) return; // setting them again would end a drag
    this.ends = `${min} ${max} ${step}`;
    Object.assign(this.range, { min, max, step });
  }

  set(v) {
    if (this.value === v) return;
    this.value = v;
    this.range.value = this.d.log ? Math.log10(v / this.d.low) / this.d.step : v;
    this.write();
  }

  read() {
    const p = Number(this.range.value), { low, high, step, log, whole } = this.d;
    if (!log) return whole ? Math.round(p) : Number(p.toPrecision(9));
    const v = Math.min(high, Math.max(low, Number((low * 10 ** (p * step)).toPrecision(3))));
    return whole ? Math.round(v) : v;
  }

  write() {
    const { step, log, unit } = this.d;
    const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
    const text = log ? String(Number(this.value.toPrecision(3))) : this.value.toFixed(digits);
    this.number.value = text;
    this.range.setAttribute('aria-valuetext', text + unit);
  }

  // Full-width digits are what a Japanese keyboard types.
  typed() {
    const text = this.number.value.normalize('NFKC').replace('−', '-').trim(), v = Number(text);
    if (text === '' || !Number.isFinite(v)) { this.write(); return; }
    const before = this.value;
    this.set(Math.min(this.d.high, Math.max(this.d.low, v)));
    this.value = this.read();
    this.write();
    if (this.value !== before) this.panel.send();
  }
}

class Menu extends Control {
  constructor(panel) {
    super(panel, 'menu');
    this.select = make('select');
    this.node.append(make('label', {}, this.label, this.select), this.help);
    this.select.onchange = () => { this.value = this.select.value; panel.send(); };
  }

  describe(d, words) {
    super.describe(d, words);
    this.select.setAttribute('aria-label', d.label);
    const key = JSON.stringify(d.options);
    if (this.key === key) return;
    this.key = key;
    this.select.replaceChildren(...d.options.map(([value, text]) => new Option(text, value)));
    this.select.value = this.value;
  }

  set(v) { this.value = this.select.value = v; }
}

// One of a few, all in sight: a click answers.
class Buttons extends Control {
  constructor(panel) {
    super(panel, 'choose');
    this.row = make('div', { className: 'row', role: 'radiogroup' });
    this.node.append(this.label, this.row, this.help);
    this.group = `choose-${Buttons.count = (Buttons.count ?? 0) + 1}`;
  }

  describe(d, words) {
    super.describe(d, words);
    this.row.setAttribute('aria-label', d.label);
    const key = JSON.stringify(d.options);
    if (this.key === key) return;
    this.key = key;
    this.row.replaceChildren(...d.options.map(([value, text]) => {
      const input = make('input', { type: 'radio', name: this.group, value, checked: value === this.value });
      input.onchange = () => { this.value = value; this.panel.send(); };
      return make('label', {}, input, make('span', { textContent: text }));
    }));
  }

  set(v) {
    this.value = v;
    for (const input of this.row.querySelectorAll('input')) input.checked = input.value === v;
  }
}

class Switch extends Control {
  constructor(panel) {
    super(panel, 'switch');
    this.box = make('input', { type: 'checkbox' });
    this.node.append(make('label', {}, this.box, this.label), this.help);
    this.box.onchange = () => { this.value = this.box.checked; panel.send(); };
  }

  describe(d, words) {
    super.describe(d, words);
    this.box.setAttribute('aria-label', d.label);
  }

  set(v) { this.value = this.box.checked = v; }
}

// A line of words, sent while it is typed; what an input method still composes is not words yet.
class Line extends Control {
  constructor(panel) {
    super(panel, 'line');
    this.input = make('input', { type: 'text', className: 'words', autocomplete: 'off', spellcheck: false });
    this.node.append(make('label', {}, this.label, this.input), this.help);
    this.input.oninput = (event) => { if (!event.isComposing) this.take(); };
    this.input.addEventListener('compositionend', () => this.take());
  }

  take() {
    if (this.value === this.input.value) return;
    this.value = this.input.value;
    this.panel.send();
  }

  describe(d, words) {
    super.describe(d, words);
    this.input.setAttribute('aria-label', d.label);
    this.input.maxLength = d.limit;
  }

  set(v) {
    if (this.value === v) return;
    this.value = this.input.value = v;
  }
}

const KINDS = { slider: Slider, menu: Menu, buttons: Buttons, switch: Switch, line: Line };
