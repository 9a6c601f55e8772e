// A range input that sends while it is dragged. The thumb belongs to the hand: only a new version from the server moves it.

import { pump } from '../stage/pump.js';

const sliders = new WeakMap();

export default function (c) {
  const root = c.parentElement.querySelector('.sawaru-live_slider');
  let slider = sliders.get(root);
  if (!slider) sliders.set(root, (slider = new Slider(root, c)));
  slider.update(c);
  return () => {
    sliders.delete(root);
    slider.pump.close();
  };
}

class Slider {
  constructor(root, c) {
    root.innerHTML = '<label><span></span><small></small></label><input class="number" type="text" inputmode="decimal" autocomplete="off"><input class="range" type="range"><p></p>';
    [this.label, this.unit] = root.querySelector('label').children;
    [this.number, this.range] = root.querySelectorAll('input');
    this.help = root.querySelector('p');
    this.version = null;
    this.pump = pump(c.data.key, (v, n) => this.c.setStateValue('hand', { v, ver: this.version, n }));
    this.range.oninput = () => { this.write(this.value()); this.pump.push(this.value()); };
    this.number.onchange = () => this.typed();
    this.number.onfocus = () => this.number.select();
    this.number.onkeydown = (event) => { if (event.key === 'Enter') this.typed(); };
  }

  update(c) {
    this.c = c;
    const d = c.data;
    this.label.textContent = d.label;
    this.unit.textContent = d.unit;
    this.help.textContent = d.help;
    this.help.hidden = !d.help;
    this.range.setAttribute('aria-label', d.label);
    this.number.setAttribute('aria-label', `${d.label} (${d.type_hint})`);
    if (d.version === this.version) return;
    this.version = d.version;
    this.d = d;
    this.pump.drop();
    const to = (v) => (d.log ? Math.log10(v) : v);
    Object.assign(this.range, { min: to(d.low), max: to(d.high), step: d.log ? 'any' : d.step });
    if (d.log) Object.assign(this.range, { min: 0, max: Math.round((to(d.high) - to(d.low)) / d.step), step: 1 });
    this.place(d.value);
    this.write(d.value);
  }

  place(v) {
    this.range.value = this.d.log ? (Math.log10(v) - Math.log10(this.d.low)) / this.d.step : v;
  }

  value() {
    const p = Number(this.range.value), { low, high, step, log, whole } = this.d;
    if (!log) return whole ? Math.round(p) : Number(p.toPrecision(9));
    const v = Math.min(high, Math.max(low, Number((10 ** (Math.log10(low) + p * step)).toPrecision(3))));
    return whole ? Math.round(v) : v;
  }

  write(v) {
    const { step, log } = this.d;
    const digits = log ? 0 : Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
    const text = log ? String(Number(v.toPrecision(3))) : v.toFixed(digits);
    this.number.value = text;
    this.range.setAttribute('aria-valuetext', `${text}${this.d.unit}`);
  }

  // Full-width digits are what a Japanese keyboard types.
  typed() {
    const v = Number(this.number.value.normalize('NFKC').replace('−', '-').trim());
    if (this.number.value.trim() === '' || !Number.isFinite(v)) { this.write(this.value()); return; }
    const { low, high } = this.d;
    this.place(Math.min(high, Math.max(low, v)));
    this.write(this.value());
    this.pump.push(this.value());
  }
}
