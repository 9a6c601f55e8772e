// Runs the page again when its connection has come back. Streamlit's page trusts the server to know it still, and after a
// restart the server does not: it ignores what a hand sends, until the page has been run once.

const REST = 500; // ms for Streamlit to run the page by itself, as it does where a run was cut off
const SPREAD = 1000; // ms over which the pages of a class come back

const app = () => document.querySelector('[data-testid="stApp"]');
let lost = false;
let timer;

function look() {
  const { testConnectionState: connection, testScriptState: script } = app()?.dataset ?? {};
  if (connection !== 'CONNECTED') lost = true;
  else if (lost && script !== 'notRunning') lost = false; // it runs, by itself or by our asking
  clearTimeout(timer);
  if (connection === 'CONNECTED' && lost) timer = setTimeout(ask, REST + SPREAD * Math.random());
}

// Streamlit's own key for running a page again.
function ask() {
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', bubbles: true }));
}

const observer = new MutationObserver(look);
const watch = setInterval(() => { // until the app is there
  if (!app()) return;
  clearInterval(watch);
  observer.observe(app(), { attributes: true, attributeFilter: ['data-test-connection-state', 'data-test-script-state'] });
}, 100);
