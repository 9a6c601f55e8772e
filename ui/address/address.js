// Keeps the address bar at the present state, without history entries, and offers it as a link.

import { busy } from '../stage/busy.js';
import './again.js';

const REST = 250; // ms; browsers ration replaceState, and each costs 2 ms

let session = null; // of the server that knows us
let frame = null;
let current = null;
let timer;
let counted = 0; // 1 while an address is about to change
const count = (n) => { busy(n - counted); counted = n; };
const settle = () => {
  clearTimeout(timer);
  if (!counted && current?.differs()) count(1);
  timer = setTimeout(() => { current?.write(); if (counted) count(0); }, REST);
};
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
  const address = {
    url() {
      const query = new URLSearchParams(data.search);
      if (frame !== null && data.topic) query.set('at', frame);
      for (const [key, value] of new URLSearchParams(location.search)) if (key.startsWith('embed')) query.append(key, value);
      const text = query.toString().replaceAll('%2C', ',').replaceAll('%3B', ';');
      return `${location.pathname}${text ? `?${text}` : ''}${location.hash}`;
    },
    differs() { return address.url() !== location.pathname + location.search + location.hash; },
    write() { if (address.differs()) history.replaceState(history.state, '', address.url()); },
  };
  if (current?.topic !== data.topic) frame = data.at ?? null;
  address.topic = data.topic;
  current = address;
  settle();
  return null;
}
