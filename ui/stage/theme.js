// The values behind the colour names of `figures/spec.py`, in both themes (Okabe–Ito; the dark one lifted for contrast).

const LIGHT = {
  $blue: '#0072B2', $orange: '#E69F00', $green: '#009E73', $purple: '#CC79A7', $sky: '#56B4E9',
  $now: '#D55E00', $other: '#7A6E8A', $ink: '#1C1F23', $muted: '#6B7280', $grid: '#E6E8EB', $paper: '#FFFFFF',
};
const DARK = {
  $blue: '#4BA6E0', $orange: '#F0B030', $green: '#2DBE95', $purple: '#DE97C0', $sky: '#8FD0F5',
  $now: '#FF6B4F', $other: '#AFA2C4', $ink: '#ECEEF0', $muted: '#98A1AC', $grid: '#2B3138', $paper: '#14171B',
};
export const CLASSES = ['$blue', '$orange', '$green', '$purple', '$sky'];

const luminance = (css) => {
  const context = document.createElement('canvas').getContext('2d');
  context.fillStyle = css || '#fff';
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const seen = new Map();

// The palette in force at an element, as a function from a colour name to a CSS colour.
export function palette(element) {
  const style = getComputedStyle(element);
  const ground = style.getPropertyValue('--st-background-color').trim();
  if (!seen.has(ground)) {
    const values = { ...(luminance(ground) < 128 ? DARK : LIGHT), $paper: ground || '#fff' };
    const color = (name) => values[name] ?? name;
    color.key = ground;
    seen.set(ground, color);
  }
  return seen.get(ground);
}
