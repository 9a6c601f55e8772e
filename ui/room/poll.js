// A question to the class: the choices, one's own vote, how many chose what, and in the end what is right.

import { lane } from '../stage/lane.js';
import { put } from '../stage/put.js';
import { fill, make } from './make.js';
import { room } from './room.js';

export class Poll {
  constructor() {
    this.ask = make('legend');
    this.rows = make('div', { className: 'rows' });
    this.state = make('p', { className: 'sent' });
    this.state.setAttribute('role', 'status');
    const acts = {
      close: () => room.ask('close'), show: () => room.ask('show', { hidden: !room.view.poll.hidden }), again: () => room.ask('again'),
      reveal: () => room.ask('reveal'), clear: () => room.ask('clear'),
    };
    this.buttons = Object.fromEntries(Object.entries(acts).map(([name, onclick]) => [name, make('button', { type: 'button', onclick })]));
    this.row = make('div', { className: 'row' }, ...Object.values(this.buttons));
    this.node = make('fieldset', { className: 'poll', hidden: true }, this.ask, this.rows, this.state, this.row);
  }

  show() {
    const { view, seat } = room, poll = seat ? view?.poll : null, { words } = this;
    if (!this.node.hidden && !poll) this.key = null;
    put(this.node, { hidden: !poll });
    if (!poll || !words) return;
    const which = room.page.lang === 'en' ? 1 : 0, { teacher } = view, board = Boolean(lane.panel?.c.data.board);
    put(this.ask, { textContent: poll.ask[which] });
    // What the class must not see yet does not stand on the projector.
    const votes = board && poll.hidden ? null : poll.votes, open = poll.stage === 'open';
    const key = JSON.stringify([poll.n, poll.round, poll.choices, which, teacher, Boolean(votes)]);
    if (this.key !== key) this.arrange(poll, which, teacher, Boolean(votes));
    const fresh = this.n !== poll.n;
    [this.key, this.n] = [key, poll.n];
    const own = room.choice ?? view.mine?.votes.at(-1) ?? null, largest = Math.max(1, ...poll.voted);
    this.lines.forEach(({ line, radio, note, bars }, i) => {
      if (radio) Object.assign(radio, { checked: own === i, disabled: !open });
      const right = poll.answer === i;
      line.classList.toggle('right', right);
      const notes = [right && `✓ ${words.answer}`, votes && own === i && !teacher && `← ${words.you}`].filter(Boolean);
      put(note, { textContent: notes.join('　'), hidden: !notes.length });
      bars.forEach(({ bar, count }, round) => {
        const n = votes?.[round]?.[i] ?? 0;
        bar.style.width = `${(100 * n) / largest}%`;
        put(count, { textContent: String(n) });
      });
    });
    const voted = fill(words.voted, { n: poll.voted.at(-1) });
    const received = room.choice === null ? view.mine?.votes.at(-1) !== null : view.mine?.votes.at(-1) === room.choice;
    const sent = own === null ? '' : received ? words.received : words.sending;
    put(this.state, { textContent: teacher ? voted : poll.stage === 'open' ? [sent, words.may_change].filter(Boolean).join(' ') : words.closed });
    put(this.row, { hidden: !teacher });
    if (teacher) {
      const seen = { close: open, show: poll.stage !== 'revealed', again: poll.stage !== 'revealed' && poll.round < 2, reveal: Boolean(poll.experiment) && poll.stage !== 'revealed', clear: true };
      for (const [name, node] of Object.entries(this.buttons)) put(node, { textContent: words[name === 'show' && !poll.hidden ? 'hide' : name], hidden: !seen[name] });
    }
    if (fresh && !teacher) this.node.scrollIntoView({ block: 'nearest' });
  }

  arrange(poll, which, teacher, counts) {
    const { words } = this;
    const rounds = counts ? poll.voted.length : 0;
    this.rows.className = `rows rounds-${rounds}`;
    const heads = rounds > 1 ? [words.first, words.second].map((text) => make('b', { textContent: text })) : [];
    this.lines = poll.choices.map((texts, i) => {
      const radio = teacher ? null : make('input', { type: 'radio', name: `sawaru-poll-${poll.n}-${poll.round}`, value: String(i), onchange: () => room.vote(i) });
      const note = make('small'), line = make('label', { className: 'choice' }, ...(radio ? [radio] : []), make('span', { textContent: texts[which] }), note);
      const bars = Array.from({ length: rounds }, () => {
        const bar = make('i'), count = make('b'), node = make('div', { className: 'bar' }, make('div', {}, bar), count);
        return { node, bar, count };
      });
      return { line, radio, note, bars };
    });
    this.rows.replaceChildren(...heads, ...this.lines.flatMap(({ line, bars }) => [line, ...bars.map(({ node }) => node)]));
  }
}
