// Keeps the address bar at the present state and offers it as a link. A drag adds no history entry; another scene, the board and
// another step of a class each do, so that the browser's back returns from them.

import { busy } from '../stage/busy.js';
import './again.js';

const REST = 250; // ms; browsers ration replaceState, and each costs 2 ms

let session = null; // of the server that knows us
let frame = null;
let current = null;
let timer;
let turned = false; // what comes is another view of the page than what the address bar says
let gone = null; // where the browser's back went, until the state is that of then: {topic, tell, n}
let tell = null; // takes an address to the server, by the controls that are there, and gives the message's number
let counted = 0; // 1 while an address is about to change
const count = (n) => { busy(n - counted); counted = n; };
const settle = () => {
  clearTimeout(timer);
  if (!counted && current?.differs()) count(1);
  timer = setTimeout(() => { current?.write(); if (counted) count(0); }, REST);
};
const view = (search) => ['view', 'scene', 'step'].map((name) => new URLSearchParams(search).get(name)).join(' ');
window.addEventListener('sawaru:frame', (event) => { frame = event.detail; settle(); });

// Until `st.navigation` has run once in a server's life, Streamlit looks for this page among the files of `pages/` itself
// and says "Page not found" over the page it then shows. Our pages have no dialogs, so one that is there is that one.
function dismiss() {
  document.querySelector('[data-testid="stDialog"] button[aria-label="Close"], [role="dialog"] button[aria-label="Close"]')?.click();
}

// On a phone the menu lies over the page: it goes once a page is chosen.
window.addEventListener('click', (event) => {
  if (innerWidth > 768 || !event.target.closest?.('[data-testid="stSidebarNav"] a')) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
});

// The browser went back: the server follows, unless the page was left.
const go = (topic) => { gone = { topic, tell, n: tell?.(location.search) ?? Infinity }; };
window.addEventListener('popstate', () => {
  const { topic } = current ?? {};
  if (topic && location.pathname.split('/').pop() === topic) go(topic);
});

// Controls that have come tell the server from now on; what those before them told in their last moments, no run has read.
export function tells(how) {
  tell = how;
  if (gone && gone.tell !== tell) go(gone.topic);
}

export function tellsNoMore(how) {
  if (tell === how) tell = null;
}

// The address of the present state, written now.
export function present() {
  current?.write();
  return location.href;
}

export default function (c) {
  follow(c.data);
  return () => { if (current?.topic === c.data.topic) current = null; };
}

// Follow the state that the server shows. Gives null, or the present address where a server that was restarted, and so
// knows only the address the page was opened with, has to be told.
export function follow(data) {
  dismiss();
  const root = document.documentElement; // Streamlit's page says English, whatever it shows
  if (root.lang !== data.lang) root.lang = data.lang; // said again it would have all styles settled anew
  if (session !== null && session !== data.session && current?.topic === data.topic) {
    session = data.session;
    return new URL(present()).search;
  }
  session = data.session;
  if (current?.topic === data.topic && view(current.search) !== view(data.search)) turned = true;
  if (gone && (gone.topic !== data.topic || data.acked >= gone.n)) [gone, turned] = [null, false];
  const address = {
    path: current?.topic === data.topic ? current.path : location.pathname, // the browser's own buttons move it before the page goes
    url() {
      const query = new URLSearchParams(data.search);
      if (frame !== null && data.topic) query.set('at', frame);
      for (const [key, value] of new URLSearchParams(location.search)) if (key.startsWith('embed')) query.append(key, value);
      const text = query.toString().replaceAll('%2C', ',').replaceAll('%3B', ';');
      return `${location.pathname}${text ? `?${text}` : ''}${location.hash}`;
    },
    differs() { return location.pathname === address.path && address.url() !== location.pathname + location.search + location.hash; },
    write() {
      if (gone || !address.differs()) return;
      history[turned ? 'pushState' : 'replaceState'](history.state, '', address.url());
      turned = false;
    },
  };
  if (current?.topic !== data.topic) frame = data.at ?? null;
  Object.assign(address, { topic: data.topic, search: data.search });
  current = address;
  settle();
  return null;
}
