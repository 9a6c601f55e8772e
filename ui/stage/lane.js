// The lane (`ui/lane.py`): while a hand moves, pictures are asked for beside Streamlit; when it rests, Streamlit is told.
//
// One question is under way at a time. It says all that a picture depends on: the link that the page had at its last run, and what
// hands did since, on the controls and on the stage. Where no lane answers, `ask` says so and the page moves by its runs.

import { busy } from './busy.js';
import carry from './carrier.js';

const REST = 250; // ms from the last answer-worthy act until Streamlit is told
const LATE = 5000; // ms until a run that should have come is waited for no more
const PATIENCE = 1000; // ms for which a link waits
const FLUSH = 10; // ms; see `flushes`
const AWAY = 60_000; // ms after which a next page that has not come is waited for no more
const SLOW = 1500; // ms for which a scene with work to do moves by runs
const SILENT = 1500; // ms without an answer until a connection is given up
const AGAIN = [500, 2000, 5000, 15000]; // ms until a lost connection is tried again

const KINDS = ['controls', 'edit'];

// One message of two. Streamlit may hear the later one alone, so that it says all that the earlier one said.
const target = (edit) => edit.field ?? Object.keys(edit.values ?? {}).join();
export const joined = {
  controls: (old, message) => (message.reset || 'restore' in message ? message
    : { ...old, ...message, ...((old?.values ?? message.values) && { values: { ...old?.values, ...message.values } }) }),
  edit(old, message) {
    const { besides = [], ...last } = old ?? {};
    return { ...message, besides: [...besides, ...(old ? [last] : [])].filter((edit) => target(edit) !== target(message)) };
  },
};

// The blocks of an answer (`ui/lane.py`): its envelope, the figures, and what travels apart.
export function opened(buffer) {
  const sizes = new Uint32Array(buffer, 0, 4);
  let at = 16;
  const [text, figures, ...apart] = [...sizes].map((size) => new Uint8Array(buffer, (at += size) - size, size));
  return { envelope: JSON.parse(new TextDecoder().decode(text)), figures, apart: apart.filter((data) => data.length) };
}

class Lane {
  constructor() {
    this.led = null; // the version of a page of which a room shows more than its runs know (`room/room.js`)
    this.acts = { controls: null, edit: null }; // what hands did that no run has taken yet: {n, tell, message, told, late}
    this.patience = REST;
    this.ready = false; // whether the connection answers
    this.tries = 0;
    this.slow = 0;
    this.gone = 0; // until when the next page is waited for
    this.flushing = 0; // what Streamlit was told and may not have sent yet
    this.passes = null; // a link that was held and goes its way now
    this.own = 0; // number of a message that brings the session where a room led the page, with what a hand did there
    for (const name of ['pointerdown', 'keydown', 'visibilitychange', 'pagehide']) {
      window.addEventListener(name, (event) => {
        if (name !== 'keydown' || event.key === 'Enter' || event.key === 'Tab') this.tell();
      }, { capture: true });
    }
    window.addEventListener('popstate', (event) => this.back(event), { capture: true });
    window.addEventListener('click', (event) => this.hold(event), { capture: true });
  }

  // What a run says of the page: {url, of, topic, session, search, lang, version, acks}. Gives whether another version is of this
  // page's own making, so that what hands did since is newer.
  take(page) {
    const old = this.page;
    this.page = page;
    if (page.of !== old?.of || page.version > this.led) this.led = null;
    const own = page.of === old?.of && old.acks.controls < this.own && this.own <= page.acks.controls;
    if (old && page.of !== old.of) this.leave();
    else if (own) this.keep();
    else if (page.session !== old?.session || page.version !== old?.version) this.forget();
    for (const kind of KINDS) if (page.acks[kind] >= (this.acts[kind]?.n ?? Infinity)) this.acts[kind] = null;
    this.count();
    if (page.url && !this.socket) this.connect();
    return own;
  }

  keep() {
    for (const kind of KINDS) if (this.acts[kind]?.n <= this.own) this.acts[kind] = null;
    delete this.acts.controls?.message.restore;
  }

  // Whether a run shows less than what hands did since, all of it on its way to the next run.
  ahead({ of, version, acks }) {
    const { page } = this;
    if (this.led !== null && of === page?.of && version <= this.led) return true;
    return Boolean(page && of === page.of && version === page.version
      && KINDS.some((kind) => this.acts[kind] && !this.acts[kind].late && acks[kind] < this.acts[kind].n));
  }

  // Streamlit breaks where a run of a page's fragment meets the next page: a link waits until the session has what hands did, and who
  // leaves by a link or by the browser's own buttons tells nothing more until the next page has run.
  hold(event) {
    const link = event.target.closest?.('a[href]');
    if (!link || link === this.passes || link.target || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const end = performance.now() + PATIENCE, { dataset } = document.querySelector('[data-testid="stApp"]');
    const waits = this.counted && event.isTrusted;
    if (!waits && !this.flushing) {
      this.going(link);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waits) this.tell();
    const look = () => {
      const runs = waits && (this.counted || dataset.testScriptState !== 'notRunning') && performance.now() < end;
      if (!runs) this.going(link);
      if (runs || this.flushing) {
        setTimeout(look, FLUSH);
        return;
      }
      this.passes = link;
      link.click();
      this.passes = null;
    };
    look();
  }

  // The browser's buttons, which Streamlit must not hear of before what was told is sent. Where `ui/early.py` is missing Streamlit is
  // the first that hears of them; then it asks for the other page once more.
  back(event) {
    this.going(location);
    if (!event.isTrusted || !this.leaving || !this.flushing) return;
    event.stopImmediatePropagation();
    setTimeout(() => window.dispatchEvent(new PopStateEvent('popstate', { state: event.state })), FLUSH);
  }

  // Something was told to Streamlit, which sends it when a timer of its own is due, before one of `FLUSH`.
  flushes() {
    this.flushing += 1;
    setTimeout(() => { this.flushing -= 1; }, FLUSH);
  }

  // To another page: what this one's runs still answer does not end the wait, its going does (`leave`). Who is on no lesson leaves none.
  going({ pathname }) {
    const stays = !this.panel || pathname.split('/').pop() === this.page?.topic;
    this.gone = stays ? 0 : performance.now() + AWAY;
  }

  get leaving() { return performance.now() < this.gone; }

  // The controls went: what no run has taken is told when they come back (`restored`).
  leave() {
    this.gone = 0;
    if (this.counted) this.left = { ...this.page, acts: this.acts };
    this.forget();
  }

  restored() {
    const { left, page } = this;
    if (left?.of !== page.of) return null;
    this.left = null;
    const message = this.pending(left.acts); // to the very state in which it was done
    return left.session === page.session && left.search === page.search && Object.keys(message).length ? message : null;
  }

  forget() {
    clearTimeout(this.rest);
    this.acts = { controls: null, edit: null };
    this.count();
  }

  // What a hand did; `tell` takes the message to Streamlit: when the hand rests, or at once where the lane cannot answer it.
  act(kind, message, n, tell) {
    const moves = kind === 'edit' || Object.keys(message).join() === 'values';
    if (message.reset) this.forget();
    if ('restore' in message && (message.values || message.edit)) this.own = n;
    this.acts[kind] = { n, tell, message: joined[kind](this.acts[kind]?.message, message) };
    this.count();
    if (moves || message.reset) this.room?.touched();
    if (!moves || !this.ready || performance.now() < this.slow) {
      this.tell();
      return;
    }
    if (this.asking) this.again = true;
    else this.send();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.tell(), this.patience);
  }

  // All that a picture depends on, and what the browser has of it.
  question() {
    const { page, acts } = this, acks = {};
    for (const kind of KINDS) acks[kind] = acts[kind]?.n ?? page.acks[kind];
    return {
      topic: page.topic,
      search: page.search,
      lang: page.lang,
      version: page.version,
      acks,
      values: acts.controls?.message.values ?? null,
      edit: acts.edit?.message ?? null,
      has: [...window.sawaruCargo.kept.keys()],
    };
  }

  send() {
    this.asking = setTimeout(() => this.lost(this.socket), SILENT);
    this.again = false;
    performance.mark('sawaru:asked');
    this.socket.send(JSON.stringify(this.question()));
  }

  // Tell Streamlit what hands did: when they rest, or when something else is about to be done.
  tell() {
    clearTimeout(this.rest);
    if (this.leaving) {
      this.rest = setTimeout(() => this.tell(), this.patience);
      return;
    }
    for (const act of Object.values(this.acts).filter((act) => act && !act.told).sort((a, b) => a.n - b.n)) {
      act.told = true;
      act.tell(act.message, act.n);
      this.flushes();
      setTimeout(() => { act.late = true; this.count(); }, LATE);
    }
  }

  // What no run has taken yet, for a server that was restarted.
  pending({ controls, edit } = this.acts) {
    return { ...(controls?.message.values && { values: controls.message.values }), ...(edit && { edit: edit.message }) };
  }

  count() {
    const now = Object.values(this.acts).some((act) => act && !act.late);
    if (now !== Boolean(this.counted)) busy(now ? 1 : -1);
    this.counted = now;
  }

  answered(buffer) {
    performance.mark('sawaru:answered');
    const { envelope, figures, apart } = opened(buffer), { page } = this;
    // Of this page and no older than what its last run knew, of which the stage may have heard before the controls.
    const mine = envelope.lang === page.lang && [page, this.stage?.run ?? page].every((run) => envelope.of === run.of
      && envelope.version === run.version && KINDS.every((kind) => envelope.acks[kind] >= run.acks[kind]));
    this.rested();
    if (envelope.rerun) {
      this.slow = performance.now() + SLOW;
      this.tell();
    } else if (mine) {
      window.dispatchEvent(new CustomEvent('sawaru:answered', { detail: envelope.acks })); // the next question leaves first
      for (const data of apart) carry({ data });
      this.panel?.answer(envelope);
      this.stage?.answer(figures, envelope);
    }
    if (this.again && this.ready) this.send();
  }

  rested() {
    clearTimeout(this.asking);
    this.asking = null;
  }

  // A connection counts once it has answered: a proxy may open one that leads nowhere.
  connect() {
    const url = new URL(this.page.url, document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send('{}');
    socket.onmessage = (event) => {
      if (this.ready) this.answered(event.data);
      this.ready = true;
      this.tries = 0;
    };
    socket.onclose = () => this.lost(socket);
  }

  lost(socket) {
    Object.assign(socket, { onopen: null, onmessage: null, onclose: null });
    socket.close();
    this.ready = false;
    this.rested();
    this.tell();
    const wait = AGAIN[Math.min(this.tries, AGAIN.length - 1)];
    this.tries += 1;
    setTimeout(() => { this.socket = null; if (this.page.url && document.visibilityState === 'visible') this.connect(); }, wait);
  }
}

// The window's, not the module's, as in `carrier.js`.
export const lane = (window.sawaruLane ??= new Lane());
