// What became of a prediction, beside the picture that shows it: the answer comes when the picture has played to its end.

import { put } from '../stage/put.js';

const make = (tag, className, ...children) => {
  const node = Object.assign(document.createElement(tag), { className });
  node.append(...children);
  return node;
};

export class Verdict {
  constructor() {
    this.title = make('h3', '');
    this.hide = Object.assign(make('button', 'close'), { type: 'button', textContent: '×', onclick: () => this.shut() });
    this.lines = Object.fromEntries(['asked', 'predicted', 'wait', 'answer', 'claim', 'shows', 'past'].map((name) => [name, make('p', name)]));
    this.back = Object.assign(make('button', 'link-like'), { type: 'button', onclick: () => this.return() });
    this.node = make('section', 'verdict', make('header', '', this.title, this.hide), ...Object.values(this.lines), this.back);
    this.node.setAttribute('role', 'status');
    this.node.hidden = true;
    this.played = () => { if (this.data) this.show(); };
    window.addEventListener('sawaru:frame', this.played);
  }

  update({ verdict, words }) {
    this.words = words;
    this.data = verdict && verdict.n !== this.shutAt ? verdict : null;
    put(this.node, { hidden: !this.data });
    if (this.data) this.show();
  }

  // `sawaruPlayed` is the last picture that the stage has played to its end for an experiment.
  show() {
    const { data, words, lines } = this, told = data.past || (window.sawaruPlayed ?? 0) >= data.n;
    put(this.title, { textContent: words.verdict });
    put(this.back, { textContent: words.to_predictions });
    put(this.hide, { title: words.close, ariaLabel: words.close });
    const say = { asked: data.ask, predicted: `${words.predicted}: ${data.predicted}`, wait: words.plays_first,
      answer: `${words.answer}: ✓ ${data.answer}`, claim: `${data.opinion} ${data.claim}`.trim(), shows: `${data.measured}: ${data.shows}`, past: words.was_tried };
    for (const [name, text] of Object.entries(say)) {
      const seen = { asked: true, predicted: Boolean(data.predicted), wait: !told, past: told && data.past }[name] ?? told;
      put(lines[name], { textContent: seen ? text : '', hidden: !seen });
    }
  }

  shut() {
    this.shutAt = this.data.n;
    this.data = null;
    this.node.hidden = true;
  }

  return() {
    document.querySelector(`.st-key-experiment-${this.data.id}`)?.scrollIntoView({ block: 'center' });
  }

  close() { window.removeEventListener('sawaru:frame', this.played); }
}
