// The way into a room, on a page that has no controls.

import { Box } from './box.js';
import { room } from './room.js';

const boxes = new WeakMap();

export default function (c) {
  const root = c.parentElement.querySelector('.sawaru-room');
  let box = boxes.get(root);
  if (!box) {
    boxes.set(root, (box = new Box()));
    box.wanted = true;
    root.className = 'sawaru-controls sawaru-room';
    root.append(box.node);
  }
  const { url, words, joins, lang } = c.data;
  box.update(words);
  room.take({ url, joins, lang, topic: '', of: '', search: '', version: 0, board: false });
  return () => {
    boxes.delete(root);
    box.close();
  };
}
