// What stands beside a picture, or on the front page, of a room: the way in, and for who is in it what can be done.

import { put } from '../stage/put.js';
import { lane } from '../stage/lane.js';
import { fill, make } from './make.js';
import { Poll } from './poll.js';
import { room } from './room.js';

const button = (onclick) => make('button', { type: 'button', onclick });

export class Box {
  // `changed` is called when there is more or less of it.
  constructor(changed = () => {}) {
    this.changed = changed;
    this.wanted = false; // whether somebody asked for the way in
    this.poll = new Poll();
    this.none = make('p');
    this.entry = this.way();
    this.teacher = this.desk();
    this.pupil = this.seat();
    this.code = make('strong', { className: 'code' });
    this.people = make('span', { className: 'people' });
    this.modes = make('span', { className: 'modes' });
    this.shown = make('p', { className: 'shown' });
    this.state = make('p', { className: 'state' });
    this.state.setAttribute('role', 'status');
    this.name = make('span', { className: 'name' });
    this.head = make('header', {}, this.name, this.code, this.people, this.modes);
    this.node = make('section', { className: 'room' }, this.none, this.head, this.state, this.shown, this.entry, this.teacher.node, this.pupil.node, this.poll.node);
    room.boxes.add(this);
  }

  close() { room.boxes.delete(this); }

  // The way in.
  way() {
    this.opens = button(() => room.open());
    this.returns = button(() => room.comeBack());
    this.typed = make('input', { className: 'words', type: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: false, maxLength: 20 });
    this.joins = make('button', { type: 'submit' });
    const form = make('form', {}, this.typed, this.joins);
    form.onsubmit = (event) => { event.preventDefault(); if (this.typed.value.trim()) room.join(this.typed.value); };
    this.about = make('p', { className: 'about' });
    return make('div', { className: 'entry' }, make('div', { className: 'row' }, this.opens, this.returns), form, this.about);
  }

  // What a teacher does.
  desk() {
    const acts = {
      invite: () => this.turn('invite'), pose: () => this.turn('pose'), offers: () => this.turn('offers'), unput: () => room.unput(),
      watch: () => room.ask('watch', { on: !room.view.watch }), free: () => room.ask('call', { to: 'alone' }),
      call: () => room.ask('call', { to: 'follow' }), end: () => this.end(),
    };
    const buttons = Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, button(act)]));
    for (const [name, node] of Object.entries(buttons)) node.dataset.act = name;
    const link = make('input', { className: 'link', readOnly: true, onfocus: () => link.select() });
    const image = make('img'), large = make('strong', { className: 'large' });
    const invite = make('div', { className: 'sheet invite' }, large, link, image);
    const list = make('div', { className: 'choices' }), own = make('form', { className: 'own' }), ask = make('input', { className: 'words', maxLength: 200 });
    const choices = [1, 2, 3, 4, 5].map((n) => make('input', { className: 'words', maxLength: 80, required: n < 3 }));
    const hidden = make('input', { type: 'checkbox', checked: true }), hiddenText = make('span'), send = make('button', { type: 'submit' });
    const lessons = make('h4'), self = make('h4');
    ask.required = true;
    own.append(ask, ...choices, send);
    own.onsubmit = (event) => {
      event.preventDefault();
      const texts = choices.map((choice) => choice.value.trim()).filter(Boolean);
      if (!ask.value.trim() || texts.length < 2) return;
      this.pose({ ask: ask.value, choices: texts });
      own.reset();
    };
    const pose = make('div', { className: 'sheet' }, make('label', { className: 'check' }, hidden, hiddenText), lessons, list, self, own);
    const offers = make('div', { className: 'sheet choices' });
    const sheets = { invite, pose, offers };
    for (const sheet of Object.values(sheets)) sheet.hidden = true;
    for (const name of Object.keys(sheets)) buttons[name].setAttribute('aria-expanded', 'false');
    this.parts = { buttons, link, image, large, list, ask, choices, hidden, hiddenText, send, lessons, self, offers, sheets };
    invite.onclick = () => { if (lane.panel?.c.data.board) this.turn('invite'); };
    return { node: make('div', { className: 'desk' }, make('div', { className: 'row' }, ...Object.values(buttons)), ...Object.values(sheets)) };
  }

  // What a pupil does.
  seat() {
    this.mode = button(() => room.go(!room.following));
    this.offers = button(() => room.offer(!room.view.mine.offers));
    this.leaves = button(() => room.leave());
    return { node: make('div', { className: 'row' }, this.mode, this.offers, this.leaves) };
  }

  turn(name) {
    for (const [other, sheet] of Object.entries(this.parts.sheets)) {
      sheet.hidden = other !== name || !sheet.hidden;
      this.parts.buttons[other].setAttribute('aria-expanded', String(!sheet.hidden));
    }
    if (!this.parts.sheets.invite.hidden) room.say({ do: 'qr', url: this.address() });
    this.changed();
  }

  address() {
    const { topic, lang } = room.page, url = new URL(topic || './', document.baseURI);
    url.search = new URLSearchParams({ room: room.view.code, ...(lang === 'en' && { lang }) });
    url.hash = '';
    return url.href;
  }

  pose(question) {
    room.ask('pose', { ...question, hidden: this.parts.hidden.checked });
    this.turn('none');
  }

  end() {
    if (this.sure) { room.end(); return; }
    this.sure = setTimeout(() => { this.sure = null; this.show(); }, 4000);
    this.show();
  }

  toggle() {
    this.wanted = !this.wanted;
    this.show();
    if (!this.wanted) return;
    this.typed.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: 'nearest' });
  }

  update(words) {
    this.words = words;
    this.poll.words = words;
    this.show();
  }

  show() {
    const { words } = this;
    if (!words || !room.page) return;
    const { view, seat, notice, page } = room, inside = Boolean(seat) && Boolean(view);
    put(this.node, { hidden: !(this.wanted || seat || notice) });
    put(this.none, { textContent: words.none, hidden: Boolean(page.url) });
    put(this.entry, { hidden: Boolean(seat) || !page.url });
    const lost = seat && (!room.socket || !view);
    put(this.state, { textContent: lost ? words.lost : seat ? '' : words[notice] ?? '', hidden: !lost && !(notice && !seat) });
    put(this.head, { hidden: !inside });
    put(this.teacher.node, { hidden: !(inside && view.teacher) });
    put(this.pupil.node, { hidden: !(inside && !view.teacher) });
    put(this.shown, { textContent: words.shown, hidden: !(inside && view.shown) });
    put(this.opens, { textContent: words.open, hidden: !page.topic });
    put(this.returns, { textContent: fill(words.return, { code: room.mine?.code }), hidden: !room.mine });
    put(this.typed, { placeholder: words.code, ariaLabel: words.code });
    put(this.joins, { textContent: words.join });
    put(this.about, { textContent: words.about });
    this.poll.show();
    if (inside) this.inside(view);
    lane.panel?.stands(inside ? view.map : null, words);
    const size = [this.node.hidden, inside, Boolean(view?.poll), view?.poll?.stage].join();
    const entered = inside && this.wanted && !this.within;
    this.within = inside;
    if (this.size !== size) this.changed();
    this.size = size;
    if (entered) this.node.scrollIntoView({ block: 'nearest' }); // it stands somewhere else now
  }

  inside(view) {
    const { words } = this, { all, follow } = view.here;
    put(this.name, { textContent: words.room });
    put(this.code, { textContent: view.code });
    put(this.people, { textContent: fill(words.people, { all }) });
    put(this.modes, { textContent: view.teacher ? fill(words.modes, { follow, alone: all - follow }) : room.following ? words.follows : words.alone });
    if (view.teacher) { this.atDesk(view); return; }
    put(this.mode, { textContent: room.following ? words.let_go : words.back });
    this.mode.classList.toggle('main', !room.following);
    put(this.offers, { textContent: view.mine.offers ? words.take_back : words.offer, hidden: !lane.panel || !room.page.topic });
    put(this.leaves, { textContent: words.leave });
  }

  atDesk(view) {
    const { words, parts } = this, { buttons } = parts;
    for (const [name, node] of Object.entries(buttons)) put(node, { textContent: fill(words[name], { n: view.offers.length }) });
    put(buttons.end, { textContent: this.sure ? words.sure : words.end });
    put(buttons.offers, { hidden: !view.offers.length });
    put(buttons.pose, { hidden: Boolean(view.poll) });
    put(buttons.unput, { hidden: !view.shown });
    buttons.watch.setAttribute('aria-pressed', String(view.watch));
    if (!view.offers.length) parts.offers.hidden = true;
    put(parts.large, { textContent: view.code });
    put(parts.link, { ariaLabel: words.address });
    if (!parts.sheets.invite.hidden) parts.link.value = this.address();
    put(parts.image, { alt: words.qr, hidden: !room.qr?.image });
    if (room.qr?.image && parts.image.src !== room.qr.image) parts.image.src = room.qr.image;
    put(parts.hiddenText, { textContent: words.hidden });
    put(parts.lessons, { textContent: words.of_lesson });
    put(parts.self, { textContent: words.own });
    put(parts.send, { textContent: words.send });
    put(parts.ask, { placeholder: words.question, ariaLabel: words.question });
    parts.choices.forEach((choice, i) => put(choice, { placeholder: fill(words.choice, { n: i + 1 }), ariaLabel: fill(words.choice, { n: i + 1 }) }));
    const which = room.page.lang === 'en' ? 1 : 0, experiments = view.experiments ?? [];
    this.list(parts.list, experiments.map(({ topic, scene, experiment, ask }) => [ask[which], () => this.pose({ topic, scene, experiment })]));
    this.list(parts.offers, view.offers.map((offer, i) => [fill(words.put, { n: i + 1 }), () => { room.put(offer); this.turn('none'); }]));
  }

  // Buttons, made anew only when they say something else.
  list(node, entries) {
    const key = entries.map(([text]) => text).join('\n');
    if (node.dataset.key === key) entries.forEach(([, act], i) => { node.children[i].onclick = act; });
    else node.replaceChildren(...entries.map(([text, act]) => Object.assign(button(act), { textContent: text })));
    node.dataset.key = key;
  }
}
