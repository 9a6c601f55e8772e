// What a stage shows, as a picture (PNG) and as numbers (a table to read, a CSV to keep).

import { at, places } from './wire.js';

const ROWS = 200; // shown in the table; the CSV has all

// One row a mark: figure, series, then what there is of x, y, z, label.
export function* rows(stage) {
  const k = stage.frame;
  for (const { spec } of stage.figures.values()) {
    if (spec.module) continue;
    for (const trace of [...spec.under, ...spec.data]) {
      if (trace.type === 'press') continue;
      if (trace.type === 'quadric') {
        yield [spec.title, 'c0 + c1 x + c2 y + …', ...at(trace.c, k)].map(String);
        continue;
      }
      const [x, y] = places(trace, k), z = at(trace.z, k);
      if (!x?.length || !y?.length) continue;
      const series = trace.name ?? trace.type;
      for (let i = 0; i < x.length; i += 1) {
        const cells = [spec.title, trace.names ? trace.names[trace.label[i]] : series, x[i], y[i]];
        if (trace.type === 'scatter3d') cells.push(z[i]);
        yield cells.map((cell) => (typeof cell === 'number' ? String(Number(cell.toPrecision(7))) : String(cell)));
      }
    }
  }
  for (const { spec } of stage.cards.values()) {
    for (const row of spec.rows) {
      const value = row.values.all[Math.min(k, row.values.all.length - 1)];
      yield [spec.title, row.label, row.words.length ? (row.words[value] ?? '') : String(value)];
    }
  }
}

const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function csv(stage) {
  const head = stage.words.columns.split(',');
  const lines = [head, ...rows(stage)].map((cells) => cells.map(quote).join(','));
  return new Blob(['\ufeff', lines.join('\r\n'), '\r\n'], { type: 'text/csv;charset=utf-8' }); // the mark is for Excel
}

export function table(stage) {
  const node = document.createElement('table');
  const add = (cells, tag, parent) => {
    const line = parent.insertRow();
    for (const cell of cells) {
      const box = document.createElement(tag);
      box.textContent = cell;
      line.append(box);
    }
  };
  add(stage.words.columns.split(','), 'th', node.createTHead());
  const body = node.createTBody();
  let count = 0;
  for (const cells of rows(stage)) {
    if ((count += 1) > ROWS) break;
    add(cells, 'td', body);
  }
  node.createCaption().textContent = count > ROWS ? stage.words.first_rows : stage.words.table;
  return node;
}

export async function png(stage) {
  const box = stage.grid.getBoundingClientRect(), scale = 2, color = stage.color;
  const canvas = new OffscreenCanvas(box.width * scale, box.height * scale), g = canvas.getContext('2d');
  g.scale(scale, scale);
  g.fillStyle = color('$paper');
  g.fillRect(0, 0, box.width, box.height);
  for (const figure of stage.figures.values()) {
    const place = (figure.plot ?? figure.node).getBoundingClientRect(), x = place.left - box.left, y = place.top - box.top;
    if (!place.width) continue;
    if (figure.spec.module) {
      for (const inner of figure.node.querySelectorAll('canvas')) {
        const spot = inner.getBoundingClientRect();
        if (spot.width) g.drawImage(inner, spot.left - box.left, spot.top - box.top, spot.width, spot.height);
      }
      continue;
    }
    const view = figure.view();
    if (view) {
      const { bleed } = view;
      g.drawImage(figure.canvas, x + view.left - bleed, y + view.top - bleed, view.x.length + 2 * bleed, view.y.length + 2 * bleed);
    }
    const url = await stage.P.toImage(figure.plot, { format: 'png', width: place.width, height: place.height, scale });
    const image = new Image();
    image.src = url;
    await image.decode();
    g.drawImage(image, x, y, place.width, place.height);
  }
  for (const card of stage.cards.values()) {
    const place = card.node.getBoundingClientRect(), style = getComputedStyle(card.node);
    if (!place.width) continue;
    g.fillStyle = color('$ink');
    g.font = `${style.fontSize} ${style.fontFamily}`;
    g.textBaseline = 'top';
    for (const cell of card.node.querySelectorAll('h2, dt, dd')) {
      const spot = cell.getBoundingClientRect();
      g.fillText(cell.textContent, spot.left - box.left, spot.top - box.top, spot.width);
    }
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
