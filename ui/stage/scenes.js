// On a phone the row of scenes is wider than the screen: the chosen one stands in sight, also where the row's code comes late.

const LEFT = 60; // px that stay in sight of the scene before
let line;

const show = () => {
  const chosen = line.querySelector('[aria-checked="true"]'), row = chosen?.closest('[role="radiogroup"]');
  if (row) row.scrollLeft = chosen.offsetLeft - row.offsetLeft - LEFT;
};
const observer = new MutationObserver(show);

export function scenes() {
  const now = document.querySelector('.st-key-sawaru-scenes');
  if (!now || now === line) return;
  line = now;
  observer.disconnect();
  observer.observe(line, { childList: true, subtree: true, attributeFilter: ['aria-checked'] });
  show();
}
