// The points of a picture as a table to type in: for the keyboard, for a screen reader, for a number that must be exact.

import { put } from './put.js';

const make = (tag, props, parent) => {
  const node = Object.assign(document.createElement(tag), props);
  parent?.append(node);
  return node;
};
const written = (value) => String(Number(value.toPrecision(6)));

export function typing() {
  const node = make('div', { className: 'typing', hidden: true });
  let key = '', lines = [], edit = null, words = {};

  const changed = (act) => {
    const points = edit.points;
    act(points);
    edit.replace(points);
  };
  const type = (i, j, input) => {
    const value = Number(input.value);
    if (input.value.trim() && Number.isFinite(value)) changed((points) => { points[i][j] = value; });
    else input.value = written(edit.points[i][j]); // no number: what was there
  };

  function row(i, body, [across, up]) {
    const line = body.insertRow(), name = String(i + 1);
    make('th', { scope: 'row', textContent: name }, line);
    const cells = [across, up].map((title, j) => {
      const input = make('input', { type: 'text', inputMode: 'decimal', autocomplete: 'off', ariaLabel: `${name}: ${title}` }, line.insertCell());
      input.onchange = () => type(i, j, input);
      return input;
    });
    const menu = make('select', { ariaLabel: `${name}: ${words.class}` }, line.insertCell());
    edit.names.forEach((text, value) => make('option', { value, textContent: text }, menu));
    menu.onchange = () => changed((points) => { points[i][2] = Number(menu.value); });
    menu.parentNode.hidden = edit.names.length < 2;
    const gone = make('button', { type: 'button', textContent: words.remove_short, ariaLabel: `${name}: ${words.remove_short}` }, line.insertCell());
    gone.onclick = () => { changed((points) => points.splice(i, 1)); focus(Math.min(i, lines.length - 1)); };
    return [...cells, menu];
  }

  const focus = (i) => (lines[i]?.[0] ?? node.querySelector('.new')).focus();

  function build(titles) {
    node.replaceChildren();
    const table = make('table', {}, node), head = table.createTHead().insertRow();
    table.createCaption().textContent = words.typing;
    for (const text of ['', ...titles, ...(edit.names.length > 1 ? [words.class] : []), '']) make('th', { scope: 'col', textContent: text }, head);
    const body = table.createTBody();
    lines = edit.points.map((_, i) => row(i, body, titles));
    const more = make('button', { type: 'button', className: 'new', textContent: words.new_point, disabled: lines.length >= edit.limit }, node);
    more.onclick = () => { changed((points) => points.push(edit.middle())); focus(lines.length - 1); };
  }

  return {
    node,
    // The points as they are now; what is being typed stays.
    show(editor, said) {
      edit = editor;
      words = said;
      put(node, { hidden: !edit });
      if (!edit) return;
      const titles = edit.titles, points = edit.points, now = JSON.stringify([titles, edit.names, points.length, words.class]);
      if (key !== now) build(titles);
      key = now;
      const active = node.getRootNode().activeElement;
      points.forEach((point, i) => lines[i].forEach((cell, j) => {
        const text = j < 2 ? written(point[j]) : String(point[2]);
        if (cell !== active && cell.value !== text) cell.value = text;
      }));
    },
  };
}
