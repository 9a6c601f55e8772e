// Where the class's sliders stand, as dots over the teacher's.

import { fill, make } from './make.js';

const BINS = 48;
const MOST = 5; // dots in a column; what is more is as high

const position = ({ low, high, log }, value) => {
  const [a, b, v] = log ? [low, high, value].map(Math.log) : [low, high, value];
  return Math.max(0, Math.min(1, (v - a) / (b - a)));
};

export function dots(slider, values, words) {
  const { d } = slider, key = JSON.stringify(values ?? null);
  if (slider.dotted === key) return;
  slider.dotted = key;
  if (!slider.dots) {
    slider.dots = make('div', { className: 'dots' });
    slider.dots.setAttribute('role', 'img');
    slider.range.before(slider.dots);
  }
  slider.dots.hidden = !values?.length;
  if (!values?.length) return;
  const columns = new Map();
  for (const value of values) {
    const bin = Math.round(position(d, value) * BINS);
    columns.set(bin, (columns.get(bin) ?? 0) + 1);
  }
  const tallest = Math.max(...columns.values()), nodes = [];
  for (const [bin, count] of columns) {
    const height = Math.max(1, Math.round(Math.min(1, MOST / tallest) * count));
    for (let i = 0; i < height; i += 1) {
      const dot = make('i');
      dot.style.left = `calc(8px + (100% - 16px) * ${bin / BINS})`;
      dot.style.bottom = `${i * 6}px`;
      nodes.push(dot);
    }
  }
  slider.dots.style.height = `${6 * Math.min(MOST, tallest) + 2}px`;
  slider.dots.replaceChildren(...nodes);
  const says = { n: values.length, low: values[0], high: values.at(-1), middle: values[Math.floor(values.length / 2)] };
  slider.dots.setAttribute('aria-label', fill(words.stands, says));
}
