// The playground's network, run in the browser at the playhead's moment: what each unit sees, and where the last hidden layer puts the plane.

// data: sizes, activation, residual, inputs, signs, window, offset, factor; vector and slope (moments, parameters); view "net": wires; view "bent": points, classes.
const LEAK = 0.01, ALPHA = 1.6732632423543772, LAMBDA = 1.0507009873554805;
const PHI = {
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z) => (z > 0 ? z : LEAK * z),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  gelu: (z) => 0.5 * z * (1 + erf(z * Math.SQRT1_2)),
  selu: (z) => (z > 0 ? LAMBDA * z : LAMBDA * ALPHA * (Math.exp(z) - 1)),
  linear: (z) => z,
};

// Abramowitz & Stegun 7.1.26: within 1.5e-7.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
  return x < 0 ? -y : y;
}

const LIFT = {
  x1: (a) => a, x2: (a, b) => b, x1x1: (a) => a * a, x2x2: (a, b) => b * b, x1x2: (a, b) => a * b,
  sin1: (a) => Math.sin(3 * a), sin2: (a, b) => Math.sin(3 * b),
};

// All layers' activations at a point of the plane: the inputs first, the output (log-odds) last.
export function layers(data, frame, x, y) {
  const { sizes, offset, factor, vector } = data, wide = vector.shape[1];
  const a = (x - offset[0]) * factor[0], b = (y - offset[1]) * factor[1];
  const found = [data.inputs.map((name) => LIFT[name](a, b))];
  let at = frame * wide;
  for (let l = 0; l + 1 < sizes.length; l += 1) {
    const [n, m] = [sizes[l], sizes[l + 1]], h = found[l], last = l + 2 === sizes.length, out = new Array(m);
    for (let j = 0; j < m; j += 1) {
      let z = vector[at + n * m + j];
      for (let i = 0; i < n; i += 1) z += h[i] * vector[at + i * m + j];
      out[j] = last ? z : PHI[data.activation[l]](z) + (data.residual && n === m ? h[j] : 0);
    }
    found.push(out);
    at += (n + 1) * m;
  }
  return found;
}

const CELLS = 20; // of a unit's map, a side

export default function (node, api) {
  const canvas = document.createElement('canvas'), small = document.createElement('canvas'), says = document.createElement('p');
  Object.assign(canvas.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', touchAction: 'pan-y' });
  Object.assign(says.style, { position: 'absolute', left: '8px', bottom: '2px', margin: '0', fontSize: 'var(--type, 13px)', pointerEvents: 'none' });
  node.append(canvas, says);
  [small.width, small.height] = [CELLS, CELLS];
  let data = null, drawn = '', asked = 0, closed = false, reach = null, hover = null, wires = [];

  function tick() {
    if (closed) return;
    asked = requestAnimationFrame(tick);
    const { clientWidth: w, clientHeight: h } = canvas;
    if (!data || !w) return;
    const frame = Math.min(api.frame, data.vector.shape[0] - 1);
    const now = `${frame} ${w} ${h} ${api.color('$ink')} ${hover}`;
    if (now === drawn) return;
    drawn = now;
    const scale = window.devicePixelRatio || 1;
    [canvas.width, canvas.height] = [w * scale, h * scale];
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    pen.font = `${getComputedStyle(says).fontSize} system-ui, sans-serif`;
    if (data.sizes.length) (data.view === 'net' ? net : bent)(pen, w, h, frame);
  }

  // ---- units and lines

  function net(pen, w, h, frame) {
    const { sizes, vector, slope } = data, most = Math.max(...sizes), columns = sizes.length, bottom = 20, type = parseFloat(pen.font);
    const left = type * (data.signs.some((sign) => sign.length > 3) ? 4 : 2); // room for the inputs' names
    const side = Math.max(10, Math.min(3.5 * type, (h - bottom) / most - 6, (w - left) / columns - 16));
    const gap = Math.min((h - bottom - 4) / most, side + 22);
    const place = (l, i) => [
      left + side / 2 + (l * (w - left - 10 - side)) / Math.max(columns - 1, 1),
      (h - bottom) / 2 + (i - (sizes[l] - 1) / 2) * gap,
    ];
    const shown = data.wires === 'gradients' ? slope : vector, wide = vector.shape[1];
    let at = frame * wide, top = 1e-12;
    for (let k = 0; k < wide; k += 1) top = Math.max(top, Math.abs(shown[at + k]));
    if (data.wires !== 'gradients') top = Math.max(top, 3);
    wires = [];
    for (let l = 0; l + 1 < columns; l += 1) {
      for (let i = 0; i < sizes[l]; i += 1) {
        for (let j = 0; j < sizes[l + 1]; j += 1) {
          const k = at + i * sizes[l + 1] + j, [x0, y0] = place(l, i), [x1, y1] = place(l + 1, j), share = Math.abs(shown[k]) / top;
          wires.push({ from: [x0 + side / 2, y0], to: [x1 - side / 2, y1], weight: vector[k], slope: slope[k], name: [l, i, j] });
          curve(pen, wires.at(-1), 0.6 + 7 * share, api.color(shown[k] < 0 ? '$blue' : '$orange'), hover === wires.length - 1 ? 1 : 0.25 + 0.6 * share);
        }
      }
      at += (sizes[l] + 1) * sizes[l + 1];
    }
    maps(frame).forEach((layer, l) => layer.forEach((image, i) => {
      const [x, y] = place(l, i), last = l + 1 === columns;
      small.getContext('2d').putImageData(image, 0, 0);
      pen.drawImage(small, x - side / 2, y - side / 2, side, side);
      pen.strokeStyle = api.color('$ink');
      pen.lineWidth = last ? 2 : 1;
      pen.strokeRect(x - side / 2, y - side / 2, side, side);
      if (l) return;
      pen.fillStyle = api.color('$ink');
      pen.textAlign = 'right';
      pen.textBaseline = 'middle';
      pen.fillText(data.signs[i], x - side / 2 - 4, y);
    }));
    const wire = wires[hover];
    says.textContent = wire ? `w = ${number(wire.weight)}   ∂L/∂w = ${number(wire.slope)}` : '';
  }

  function number(value) {
    const text = Math.abs(value) < 0.001 && value ? value.toExponential(1) : value.toFixed(3);
    return text.replaceAll('-', '−');
  }

  function curve(pen, { from: [x0, y0], to: [x1, y1] }, width, color, opacity) {
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
    pen.globalAlpha = opacity;
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  // What each unit gives over the plane: one colour where it is below 0 (for sigmoid and output: ½), the other above.
  function maps(frame) {
    const [x0, x1, y0, y1] = data.window, paper = rgb('$paper'), ends = [rgb('$blue'), rgb('$orange')];
    const images = data.sizes.map((n) => Array.from({ length: n }, () => new ImageData(CELLS, CELLS)));
    for (let row = 0; row < CELLS; row += 1) {
      for (let column = 0; column < CELLS; column += 1) {
        const found = layers(data, frame, x0 + ((column + 0.5) * (x1 - x0)) / CELLS, y1 - ((row + 0.5) * (y1 - y0)) / CELLS);
        found.forEach((layer, l) => layer.forEach((value, i) => {
          const half = l > 0 && data.activation[l - 1] === 'sigmoid' ? 4 * (value - 0.5) : value;
          const share = Math.tanh(Math.abs(l + 1 === found.length ? half / 2 : half)), end = ends[half < 0 ? 0 : 1];
          const pixel = 4 * (row * CELLS + column), image = images[l][i].data;
          for (let c = 0; c < 3; c += 1) image[pixel + c] = paper[c] + 0.85 * share * (end[c] - paper[c]);
          image[pixel + 3] = 255;
        }));
      }
    }
    return images;
  }

  function rgb(name) {
    const pen = small.getContext('2d', { willReadFrequently: true });
    pen.fillStyle = api.color(name);
    pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
  }

  // ---- the plane as the last hidden layer has it

  const spot = (frame, x, y) => {
    const h = layers(data, frame, x, y).at(-2);
    return [h[0], h.length > 1 ? h[1] : 0];
  };

  function place(k) {
    const [x0, x1, y0, y1] = data.window;
    return [x0 + (data.points[2 * k] / 4000) * (x1 - x0), y0 + (data.points[2 * k + 1] / 4000) * (y1 - y0)];
  }

  // One view for all moments, so that the plane bends and not the view.
  function view() {
    const ends = [Infinity, -Infinity, Infinity, -Infinity], count = data.points.shape[0];
    for (let frame = 0; frame < data.vector.shape[0]; frame += 4) {
      for (let k = 0; k < count; k += 1 + Math.floor(count / 60)) {
        spot(Math.min(frame + 3, data.vector.shape[0] - 1), ...place(k)).forEach((v, c) => {
          ends[2 * c] = Math.min(ends[2 * c], v);
          ends[2 * c + 1] = Math.max(ends[2 * c + 1], v);
        });
      }
    }
    return [0, 2].flatMap((c) => {
      const room = 0.12 * (ends[c + 1] - ends[c]) || 1;
      return [ends[c] - room, ends[c + 1] + room];
    });
  }

  function bent(pen, w, h, frame) {
    reach ??= view();
    const [u0, u1, v0, v1] = reach, [x0, x1, y0, y1] = data.window, N = 10, FINE = 30, type = parseFloat(pen.font), bottom = 1.5 * type, left = 1.7 * type;
    const at = ([u, v]) => [left + ((u - u0) / (u1 - u0)) * (w - left - 6), h - bottom - ((v - v0) / (v1 - v0)) * (h - bottom - 6)];
    pen.save();
    pen.beginPath();
    pen.rect(left, 4, w - left - 6, h - bottom - 4);
    pen.strokeStyle = api.color('$muted');
    pen.lineWidth = 1;
    pen.stroke();
    pen.clip();
    pen.globalAlpha = 0.6;
    for (let line = 0; line <= N; line += 1) {
      for (const along of [0, 1]) {
        pen.beginPath();
        for (let k = 0; k <= FINE; k += 1) {
          const [s, t] = along ? [k / FINE, line / N] : [line / N, k / FINE];
          pen.lineTo(...at(spot(frame, x0 + s * (x1 - x0), y0 + t * (y1 - y0))));
        }
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
    border(pen, at, frame);
    for (let k = 0; k < data.points.shape[0]; k += 1) {
      const [x, y] = at(spot(frame, ...place(k)));
      pen.fillStyle = api.color(data.classes[k] ? '$orange' : '$blue');
      pen.beginPath();
      const r = type / 13;
      if (data.classes[k]) { pen.moveTo(x, y - 4.5 * r); pen.lineTo(x + 4 * r, y + 3 * r); pen.lineTo(x - 4 * r, y + 3 * r); } else pen.arc(x, y, 3.4 * r, 0, 7);
      pen.fill();
    }
    pen.restore();
    pen.fillStyle = api.color('$ink');
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    pen.fillText('h₁', w / 2, h - 4);
    pen.fillText('h₂', 0.8 * type, h / 2);
  }

  // Where the output is even: a straight line w·h + b = 0, if there are two units.
  function border(pen, at, frame) {
    const { sizes, vector } = data, wide = vector.shape[1], end = (frame + 1) * wide;
    if (sizes.at(-2) !== 2) return;
    const [w1, w2, b] = [vector[end - 3], vector[end - 2], vector[end - 1]], far = 1e3, norm = Math.hypot(w1, w2) || 1;
    const [cx, cy] = [(-b * w1) / norm ** 2, (-b * w2) / norm ** 2];
    pen.beginPath();
    for (const side of [-far, far]) pen.lineTo(...at([cx - (side * w2) / norm, cy + (side * w1) / norm]));
    pen.setLineDash([6, 4]);
    pen.strokeStyle = api.color('$ink');
    pen.lineWidth = 2;
    pen.stroke();
    pen.setLineDash([]);
  }

  // ---- the hand

  function point(event) {
    if (data?.view !== 'net') return;
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let best = 12;
    hover = null;
    wires.forEach(({ from: [x0, y0], to: [x1, y1] }, k) => {
      const t = (x - x0) / (x1 - x0 || 1);
      if (t < 0 || t > 1) return;
      const s = t * t * (3 - 2 * t), away = Math.abs(y - (y0 + s * (y1 - y0)));
      if (away < best) [best, hover] = [away, k];
    });
  }
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('pointerdown', point);
  canvas.addEventListener('pointerleave', () => { hover = null; });
  asked = requestAnimationFrame(tick);

  return {
    update(given) { data = given; drawn = ''; reach = null; },
    close() { closed = true; cancelAnimationFrame(asked); canvas.remove(); says.remove(); },
  };
}
