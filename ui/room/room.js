// A browser's part of a room (`ui/room/hall.py`): the teacher's page says where it is, a pupil's is led there.
//
// Who follows is sent pictures, one after the other, each when the last one is painted; his session is told of the place when it
// has been the same for a while, or at once when his hand moves something: then he is on his own.

import { opened, lane } from '../stage/lane.js';
import carry from '../stage/carrier.js';

const PACE = 50; // ms from place to place of a teacher at least
const AGAIN = [300, 1000, 3000, 8000]; // ms until a lost connection is tried again
const AWAY = 10_000; // ms after which a page that has not come is gone to again
const ASKED = 5000; // ms for which a session that was told is not told again
const TRIES = 1500; // ms over which a class tries what is revealed
const STAND = 700; // ms from place to place of a slider

const read = (store, name) => { try { return JSON.parse(store.getItem(`sawaru.${name}`)); } catch { return null; } };
const keep = (store, name, value) => {
  try {
    if (value === null) store.removeItem(`sawaru.${name}`);
    else store.setItem(`sawaru.${name}`, JSON.stringify(value));
  } catch { /* a browser that keeps nothing has to be let in again */ }
};

// A link without how one looks at it.
const plain = (search) => {
  const query = new URLSearchParams(search);
  for (const name of ['view', 'lang', 'at', 'room']) query.delete(name);
  return query.toString();
};

function mark() {
  let made = read(localStorage, 'mark');
  if (typeof made !== 'string' || made.length !== 32) {
    made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    keep(localStorage, 'mark', made);
  }
  return made;
}

class Room {
  constructor() {
    this.boxes = new Set(); // what shows it
    this.seat = read(sessionStorage, 'seat'); // {code, key} of the teacher, {code} of a pupil: this window's
    this.following = !read(sessionStorage, 'alone');
    this.rest = 1500; // ms of quiet until a session is told where its page was led
    this.spread = 6000; // ms over which a class does that
    this.tries = 0;
    this.forget();
    lane.room = this;
    window.addEventListener('sawaru:painted', () => this.painted());
    window.addEventListener('sawaru:shown', ({ detail }) => this.framed(detail));
    window.addEventListener('sawaru:frame', ({ detail }) => this.framed(detail === null ? null : lane.stage?.frame ?? null));
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') this.connect(); });
  }

  forget() {
    Object.assign(this, { trying: null, view: null, place: null, choice: null, due: null, notice: null, stage: null, frame: null, was: undefined, qr: null, past: 0, hand: 0, said: 0 });
  }

  get teacher() { return Boolean(this.seat?.key); }

  // Another room that this browser opened, perhaps in a window that was closed.
  get mine() { return this.seat ? null : read(localStorage, 'room'); }

  // ---- in and out

  open() { this.enter({}, { do: 'open' }); }

  join(code) { this.enter({ code }); }

  comeBack() { this.enter(this.mine); }

  enter(seat, hello = null) {
    this.close();
    this.seat = seat;
    this.hello = hello;
    this.following = true;
    keep(sessionStorage, 'alone', null);
    this.connect();
    this.show();
  }

  sit(seat) {
    this.seat = seat;
    this.hello = null;
    keep(sessionStorage, 'seat', seat);
    if (seat.key) keep(localStorage, 'room', seat);
  }

  leave(notice = null) {
    this.close();
    this.seat = null;
    keep(sessionStorage, 'seat', null);
    lane.led = null;
    this.notice = notice;
    this.show();
  }

  end() {
    this.say({ do: 'end' });
    keep(localStorage, 'room', null);
    this.leave('ended');
  }

  close() {
    clearTimeout(this.again);
    if (this.socket) Object.assign(this.socket, { onopen: null, onmessage: null, onclose: null }).close();
    this.socket = null;
    this.forget();
  }

  connect() {
    if (this.socket || !this.seat || !this.page?.url) return;
    clearTimeout(this.again);
    const url = new URL(this.page.url, document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(url), { seat } = this;
    socket.binaryType = 'arraybuffer';
    const hello = this.hello ?? (seat.key ? { do: 'return', ...seat } : { do: 'join', code: seat.code, mark: mark() });
    socket.onopen = () => this.say({ ...hello, lang: this.page.lang });
    socket.onmessage = ({ data }) => { if (typeof data === 'string') this.heard(JSON.parse(data)); else this.drawn(data); };
    socket.onclose = () => {
      this.socket = null;
      this.fresh = true;
      this.again = setTimeout(() => this.connect(), AGAIN[Math.min(this.tries, AGAIN.length - 1)] * (0.5 + Math.random()));
      this.tries += 1;
      this.show();
    };
    this.fresh = true;
    this.reported = null;
  }

  say(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  heard(message) {
    const { is } = message;
    if (is === 'opened') this.sit({ code: message.code, key: message.key });
    else if (is === 'room') this.told(message);
    else if (is === 'place') this.lead(message);
    else if (is === 'qr') this.qr = message;
    else if (is === 'wait' && this.view) return; // a class that comes back waits its turn
    else if (is === 'wrong' || is === 'full' || is === 'wait' || is === 'ended') {
      if (this.teacher && is !== 'wait') keep(localStorage, 'room', null);
      this.leave(is === 'wrong' && this.view ? 'ended' : is);
    }
    if (is === 'place') this.seen();
    this.show();
  }

  // ---- what the room says

  told(view) {
    const { view: old, fresh, choice } = this;
    if (fresh && !view.teacher) this.sit({ code: view.code });
    Object.assign(this, { view, fresh: false, tries: 0 });
    if (fresh) {
      this.hand = this.said = 0;
      if (view.teacher) this.report();
      else if (!this.following) this.say({ do: 'mode', mode: 'alone' });
      this.seen(true);
    }
    if (old?.poll?.n !== view.poll?.n || old?.poll?.round !== view.poll?.round) this.choice = null;
    else if (choice !== null && view.mine && view.mine.votes.at(-1) !== choice && fresh) this.vote(choice); // never acknowledged
    const { poll } = view, revealed = poll?.experiment && poll.stage === 'revealed' && !(old?.poll?.n === poll.n && old.poll.stage === 'revealed');
    if (old && revealed) this.reveal(poll);
    if (old && !view.teacher && view.call[0] > old.call[0]) this.go(view.call[1] === 'follow', revealed);
    if (view.watch && !old?.watch) this.stand();
  }

  vote(choice) {
    const { poll } = this.view;
    this.choice = choice;
    this.say({ do: 'vote', poll: poll.n, round: poll.round, choice });
    this.show();
  }

  ask(act, more = {}) { this.say({ do: act, poll: this.view.poll?.n, ...more }); }

  // All try what was asked, each with what he said himself; a place from before counts no more.
  reveal({ topic, scene, experiment }) {
    this.past = this.place?.n ?? 0;
    const predicted = this.view.mine?.votes.findLast((vote) => vote !== null) ?? null;
    setTimeout(() => this.send(topic, { try: { scene, experiment, predicted } }), this.teacher ? 0 : TRIES * Math.random());
  }

  // Have the page's session do something, on the page of its topic.
  send(topic, message) {
    this.due = null;
    if (this.page.topic === topic && lane.panel) {
      this.asked = performance.now();
      if (message.try) this.trying = { version: this.page.version, until: this.asked + AWAY };
      lane.panel.pump.now(message);
      return;
    }
    this.due = { topic, message };
    this.turn(topic);
  }

  // ---- the teacher leads

  framed(frame) {
    this.frame = frame;
    this.report();
  }

  report() {
    if (!this.view?.teacher || !lane.panel || !this.page.topic) return;
    this.reporting ??= setTimeout(() => {
      this.reporting = null;
      this.when = performance.now();
      if (!this.view?.teacher || !lane.panel) return;
      const here = this.here();
      if (here === this.reported && this.hand === this.said) return;
      this.reported = here;
      this.said = this.hand;
      clearTimeout(this.resting);
      this.say({ do: 'place', ask: { ...lane.question(), has: [] }, frame: this.frame, hand: this.hand });
    }, Math.max(0, (this.when ?? 0) + PACE - performance.now()));
  }

  here() {
    const { topic, search, values, edit } = lane.question();
    return JSON.stringify([topic, plain(search), values, edit, this.frame]);
  }

  // Show what a pupil offers; all who follow see it.
  put({ n, topic, search }) {
    this.own ??= { topic: lane.page.topic, search: lane.page.search };
    this.say({ do: 'put', offer: n });
    this.send(topic, { restore: this.link(search) });
  }

  unput() {
    this.say({ do: 'put', offer: null });
    if (this.own) this.send(this.own.topic, { restore: this.link(this.own.search) });
    this.own = null;
  }

  // ---- a pupil is led

  go(follows, elsewhere = false) {
    this.following = follows;
    keep(sessionStorage, 'alone', follows ? null : true);
    clearTimeout(this.resting);
    this.say({ do: 'mode', mode: follows ? 'follow' : 'alone' });
    if (follows) {
      if (!elsewhere) this.past = 0;
      this.follow();
    } else this.stand();
    this.show();
  }

  // A hand moved something here.
  touched() {
    if (!this.view) return;
    const behind = this.behind();
    if (this.view.teacher) {
      this.hand += 1;
      this.report();
    } else if (this.following) this.go(false);
    else { this.stand(); return; }
    if (behind) this.restore(lane.pending());
  }

  offer(gives) {
    const search = plain(lane.page.search);
    this.say({ do: 'offer', topic: lane.page.topic, search: gives ? search : null, frame: null });
  }

  // Where one's sliders stand, for the map of the class.
  stand() {
    if (!this.view?.watch || this.view.teacher || this.following || this.standing) return;
    this.standing = setTimeout(() => {
      this.standing = null;
      if (!lane.panel || this.following) return;
      const values = {};
      for (const [name, control] of lane.panel.controls) if (control.range) values[name] = control.value;
      this.say({ do: 'stand', of: lane.page.of, values });
    }, STAND);
  }

  // A teacher's own hand is newer than where another window led him before it was heard.
  old({ hand }) { return this.teacher && hand < this.hand; }

  lead(place) {
    if (this.old(place)) return;
    this.place = place;
    if (this.following) this.follow();
  }

  // A picture of where the teacher is.
  async drawn(buffer) {
    const { envelope, figures, apart } = opened(buffer), { page, stage, panel } = lane;
    for (const data of apart) carry({ data });
    if (this.old(envelope.place)) {
      this.seen(true);
      return;
    }
    this.place = envelope.place;
    if (stage?.waiting && !stage.waiting.envelope) { // a run's, which may have more to say
      await stage.running;
      this.seen(true);
      return;
    }
    if (this.following && panel && stage && envelope.of === page.of && envelope.lang === page.lang) {
      Object.assign(envelope, { version: stage.run.version, acks: { ...page.acks }, board: Boolean(stage.run.board) });
      lane.led = page.version;
      page.search = this.place.search;
      this.reported = this.here();
      panel.answer(envelope);
      stage.answer(figures, envelope);
      await stage.running;
    }
    if (this.following) this.follow();
    this.seen();
  }

  seen(anew = false) {
    this.stage = lane.stage;
    this.lang = this.page.lang;
    this.say({ do: 'seen', has: lane.panel && lane.stage ? [...window.sawaruCargo.kept.keys()] : null, lang: this.lang, anew });
  }

  painted() {
    if (this.view && (lane.stage !== this.stage || this.page.lang !== this.lang)) this.seen(true);
  }

  follow() {
    const { place, page } = this;
    if (!place || place.n <= this.past || this.due || !this.view) return;
    if (page.topic !== place.topic || !lane.panel) this.turn(place.topic);
    else if (page.of !== `${place.topic}.${place.scene}`) this.restore();
    else {
      if (place.frame !== this.frame) lane.stage?.playhead.lead(place.frame);
      this.reported = this.here();
      clearTimeout(this.resting);
      const late = () => { if (this.following && this.behind()) this.restore(); };
      if (this.behind()) this.resting = setTimeout(late, this.rest + this.spread * Math.random());
    }
  }

  // Whether the session does not know yet where its page was led.
  behind() {
    return Boolean(this.place) && this.page.topic === this.place.topic && plain(this.page.search) !== plain(this.place.search);
  }

  restore(more = {}) {
    const { place } = this, { search } = place;
    if (place.n <= this.past || this.tests()) return;
    if (this.restored === search && performance.now() - this.asked < ASKED && !Object.keys(more).length) return;
    this.restored = search;
    this.send(place.topic, { restore: this.link(search), ...more });
  }

  // Whether an experiment is on its way to the session; what it sets must not be overtaken.
  tests() {
    if (this.trying && (this.page.version !== this.trying.version || performance.now() > this.trying.until)) this.trying = null;
    return Boolean(this.trying);
  }

  link(search) {
    const query = new URLSearchParams(plain(search)), { lang, board } = this.page;
    if (lang !== 'ja') query.set('lang', lang);
    if (board) query.set('view', 'board');
    return `?${query}`;
  }

  // To the page of a topic, as by its link in the menu.
  turn(topic) {
    if (this.going?.topic === topic && performance.now() < this.going.until) return;
    this.going = { topic, until: performance.now() + AWAY };
    const links = [...document.querySelectorAll('[data-testid="stSidebarNav"] a')];
    const link = links.find((one) => one.pathname.split('/').pop() === topic);
    const search = this.place?.topic === topic ? this.link(this.place.search) : '';
    if (link) link.click();
    else location.assign(new URL(`${topic}${search}`, document.baseURI));
  }

  // ---- what a run says of the page: {url, topic, of, search, version, lang, board, joins}

  take(page) {
    this.page = page;
    if (page.joins && page.joins !== this.joined) { // a link that says which room
      this.joined = page.joins;
      if (this.seat?.code !== page.joins) this.join(page.joins);
    }
    this.connect();
    const { view, place, due } = this, here = `${page.topic} ${page.of} ${plain(page.search)}`;
    const arrived = this.going?.topic === page.topic;
    if (arrived) this.going = null;
    if (due && due.topic === page.topic && lane.panel) this.send(due.topic, due.message);
    else if (view?.teacher) {
      if (lane.led !== null && place) lane.page.search = place.search;
      this.report();
    } else if (view && this.following) {
      const there = place && here === `${place.topic} ${place.topic}.${place.scene} ${plain(place.search)}`;
      const theirs = there || performance.now() - this.asked < ASKED;
      if (this.was !== undefined && here !== this.was && !theirs && !arrived) this.go(false); // he went himself
      if (lane.led !== null && place && this.following) lane.page.search = place.search;
      if (this.following) this.follow();
    }
    this.was = here;
    this.show();
  }

  show() { for (const box of this.boxes) box.show(); }
}

// The window's, not the module's, as in `carrier.js`.
export const room = (window.sawaruRoom ??= new Room());
