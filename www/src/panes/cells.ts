// Units as cells and weights as pictures, on canvases.
import type { LayerSnapshot } from '../protocol';
import { rgb, style } from '../theme';

/// How a layer's units stand: pathways at their true sizes side by side, others in rows of at most fifty.
export function grid(units: number, isPathway: boolean): { columns: number; rows: number } {
  const rows = isPathway ? Math.min(25, units) : Math.max(5, Math.ceil(units / 50));
  return { columns: Math.ceil(units / rows), rows };
}

/// A colour between stops written as #rrggbb, `at` from 0 to 1.
function mix(stops: string[], at: number): string {
  const position = Math.min(0.999, Math.max(0, at)) * (stops.length - 1);
  const i = Math.floor(position);
  const [from, to] = [rgb(stops[i] ?? ''), rgb(stops[i + 1] ?? '')];
  const blend = (k: 0 | 1 | 2) => Math.round(from[k] + (position - i) * (to[k] - from[k]));
  return `rgb(${blend(0)} ${blend(1)} ${blend(2)})`;
}

/// 256 colours: silent, then active from dim to bright. The baseline's are its own; every other condition has
/// meta's.
export function ramp(isBaseline: boolean): string[] {
  const stops = [1, 2, 3].map((i) => style(`--${isBaseline ? 'baseline' : 'meta'}-${i}`));
  return Array.from({ length: 256 }, (_, v) => (v === 0 ? style('--silent') : mix(stops, v / 255)));
}

/// Makes a canvas so many CSS pixels large, sharp on every screen: of whole pixels of it, also where one of
/// the page's is one and a quarter. Gives its pen, scaled, and what takes a length to such a pixel's edge.
function sized(canvas: HTMLCanvasElement, width: number, height: number) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${canvas.width / ratio}px`;
  canvas.style.height = `${canvas.height / ratio}px`;
  const pen = canvas.getContext('2d');
  pen?.scale(ratio, ratio);
  return { pen, edge: (length: number) => Math.round(length * ratio) / ratio };
}

export type Layer = {
  canvas: HTMLCanvasElement;
  columns: number;
  rows: number;
  units: number;
  /// CSS pixels from one cell to the next.
  pitch: number;
};

type Painted = { snapshot: LayerSnapshot | undefined; colors: string[]; isCut: boolean; unit: number | null };

/// Draws a layer's cells: crossed out where they are cut, with a frame around the unit chosen.
export function paintLayer({ canvas, columns, rows, units, pitch }: Layer, painted: Painted) {
  const [width, height] = [columns * pitch, rows * pitch];
  const { pen, edge } = sized(canvas, width, height);
  if (!pen) return;
  const { snapshot, colors, isCut, unit } = painted;
  const at = (u: number): [number, number] => [
    edge((u % columns) * pitch),
    edge(Math.floor(u / columns) * pitch),
  ];
  const side = edge(pitch - (pitch > 3 ? 1 : 0.5));
  for (let u = 0; u < units; u++) {
    pen.fillStyle = colors[isCut ? 0 : (snapshot?.output[u] ?? 0)] ?? '';
    pen.fillRect(...at(u), side, side);
  }
  pen.strokeStyle = style('--text');
  if (isCut) {
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.lineTo(width, height);
    pen.moveTo(width, 0);
    pen.lineTo(0, height);
    pen.stroke();
  }
  if (unit !== null && unit < units) {
    const [x, y] = at(unit);
    pen.lineWidth = 1.5;
    pen.strokeRect(x - 1, y - 1, pitch + 1, pitch + 1);
  }
}

// Weights: positive in one colour, negative in the other.
const POSITIVE = [214, 98, 20] as const;
const NEGATIVE = [96, 120, 200] as const;

/// Draws a square of values 0 to 255: ink on the page's ground, or, signed, weights with 128 for none.
export function paintSquare(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, isSigned = false) {
  const side = Math.round(Math.sqrt(pixels.length));
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  if (!pen || side === 0) return;
  const ink = rgb(style('--text'));
  const image = pen.createImageData(side, side);
  Array.from(pixels).forEach((p, i) => {
    const color = !isSigned ? ink : p >= 128 ? POSITIVE : NEGATIVE;
    const strength = isSigned ? 2 * Math.abs(p - 128) : p;
    image.data.set([...color, Math.min(255, strength)], 4 * i);
  });
  pen.putImageData(image, 0, 0);
}
