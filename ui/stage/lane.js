// The lane (`ui/lane.py`): while a hand moves, pictures are asked for beside Streamlit; when it rests, Streamlit is told.
//
// One question is under way at a time. It says all that a picture depends on: the link that the page had at its last run, and what
// hands did since, on the controls and on the stage. Where no lane answers, `ask` says so and the page moves by its runs.

import { busy } from './busy.js';
import carry from './carrier.js';

const REST = 250; // ms from the last answer-worthy act until Streamlit is told
const LATE = 5000; // ms until a run that should have come is waited for no more
const SLOW = 1500; // ms for which a scene with work to do moves by runs
const AGAIN = [500, 2000, 5000, 15000]; // ms until a lost connection is tried again

class Lane {
  constructor() {
    this.acts = { controls: null, edit: null }; // what hands did that no run has taken yet: {n, tell, message}
    this.acks = { controls: 0, edit: 0 }; // the last act of each that was asked about
    this.tries = 0;
    this.slow = 0;
    this.patience = REST;
    for (const name of ['pointerdown', 'keydown', 'visibilitychange', 'pagehide']) {
      window.addEventListener(name, (event) => {
        if (name !== 'keydown' || event.key === 'Enter' || event.key === 'Tab') this.tell();
      }, { capture: true });
    }
  }

  // What a run says of the page: {url, of, topic, search, lang, version, acks}.
  take(page) {
    const old = this.page;
    this.page = page;
    if (page.session !== old?.session || page.of !== old?.of || page.version !== old?.version) this.forget();
    for (const kind of ['controls', 'edit']) if (page.acks[kind] >= (this.acts[kind]?.n ?? Infinity)) this.acts[kind] = null;
    this.count();
    if (page.url && !this.socket) this.connect();
  }

  // Whether a run shows less than what hands did since, all of it on its way to the next run.
  ahead({ of, version, acks }) {
    const { page } = this;
    return Boolean(page && of === page.of && version === page.version
      && ['controls', 'edit'].some((kind) => this.acts[kind] && acks[kind] < this.acts[kind].n));
  }

  forget() {
    clearTimeout(this.rest);
    this.acts = { controls: null, edit: null };
    this.acks = { controls: 0, edit: 0 };
    this.count();
  }

  // `tell` takes the message to Streamlit. Gives whether the lane has taken the question.
  ask(kind, message, n, tell) {
    if (this.socket?.readyState !== 1 || performance.now() < this.slow) {
      this.acts[kind] = null; // the caller tells
      return false;
    }
    this.acts[kind] = { n, message, tell, told: false };
    this.acks[kind] = n;
    this.count();
    if (this.asking) this.again = true;
    else this.send();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.tell(), this.patience);
    return true;
  }

  send() {
    const { page, acts } = this;
    this.asking = true;
    this.again = false;
    performance.mark('sawaru:asked');
    this.socket.send(JSON.stringify({
      topic: page.topic,
      search: page.search,
      lang: page.lang,
      version: page.version,
      acks: this.acks,
      values: acts.controls?.message.values ?? null,
      edit: acts.edit?.message ?? null,
      has: [...window.sawaruCargo.kept.keys()],
    }));
  }

  // Tell Streamlit what hands did: when they rest, or when something else is about to be done.
  tell() {
    clearTimeout(this.rest);
    for (const act of Object.values(this.acts)) {
      if (!act || act.told) continue;
      act.told = true;
      act.tell(act.message, act.n);
      setTimeout(() => {
        for (const kind in this.acts) if (this.acts[kind] === act) this.acts[kind] = null;
        this.count();
      }, LATE);
    }
  }

  // What was done and not yet told goes along with what is told now.
  untold(kind) {
    const act = this.acts[kind];
    this.acts[kind] = null;
    this.count();
    return act && !act.told ? act.message : {};
  }

  count() {
    const now = Object.values(this.acts).some(Boolean);
    if (now !== Boolean(this.counted)) busy(now ? 1 : -1);
    this.counted = now;
  }

  answered(buffer) {
    performance.mark('sawaru:answered');
    this.asking = false;
    const sizes = new Uint32Array(buffer, 0, 4);
    let at = 16;
    const [text, figures, ...apart] = [...sizes].map((size) => new Uint8Array(buffer, (at += size) - size, size));
    const envelope = JSON.parse(new TextDecoder().decode(text));
    const { page } = this;
    const mine = envelope.of === page.of && envelope.version === page.version && envelope.lang === page.lang;
    if (envelope.rerun) {
      this.slow = performance.now() + SLOW;
      this.tell();
    } else if (mine) {
      for (const data of apart) if (data.length) carry({ data });
      this.panel?.answer(envelope);
      this.stage?.answer(figures, envelope);
    }
    if (this.again && this.socket?.readyState === 1) this.send();
  }

  connect() {
    const url = new URL(this.page.url, document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => { this.tries = 0; };
    socket.onmessage = (event) => this.answered(event.data);
    socket.onclose = () => {
      this.asking = false;
      this.tell();
      const wait = AGAIN[Math.min(this.tries, AGAIN.length - 1)];
      this.tries += 1;
      setTimeout(() => { this.socket = null; if (this.page.url && document.visibilityState === 'visible') this.connect(); }, wait);
    };
  }
}

// The window's, not the module's, as in `carrier.js`.
export const lane = (window.sawaruLane ??= new Lane());
