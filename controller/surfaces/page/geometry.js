// Scales, ticks and paths of the chart.

export function scale([from, to], [start, end]) {
  const ratio = (end - start) / (to - from || 1);
  const forth = (value) => start + (value - from) * ratio;
  forth.inverse = (place) => from + (place - start) / ratio;
  return forth;
}

// Round values from low to high, about `wanted` steps of 1, 2 or 5 times a power of ten.
export function ticks(low, high, wanted) {
  const rough = (high - low || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.floor(low / step) * step;
  const found = [];
  for (let value = first; value <= high + step * 1e-6; value += step) found.push(value);
  return found;
}

// SVG path data through the values of points. null leaves a gap; `step` holds a value until the
// next; `base` closes each piece down to it; what lies above `top` runs along it.
export function path(points, value, x, y, { step = false, base = null, top = -Infinity }) {
  const pieces = [];
  let piece = [];
  for (const one of points) {
    const shown = value(one);
    if (shown === null || shown === undefined) {
      if (piece.length > 0) pieces.push(piece);
      piece = [];
      continue;
    }
    piece.push([x(one.at), Math.max(top, y(shown))]);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces.map((each) => outline(each, step, base)).join("");
}

function outline(piece, step, base) {
  const place = ([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`;
  let data = `M${place(piece[0])}`;
  for (const [index, here] of piece.entries()) {
    if (index === 0) continue;
    data += step ? `H${here[0].toFixed(1)}V${here[1].toFixed(1)}` : `L${place(here)}`;
  }
  if (base === null) return data;
  return `${data}L${place([piece.at(-1)[0], base])}L${place([piece[0][0], base])}Z`;
}
