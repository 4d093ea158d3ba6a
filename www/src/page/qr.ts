// A link as a QR code, for a lecture room: dark on light in every scheme, for cameras read nothing else.
import { encode } from 'uqr';
import { drawing } from '../dom';

export function draw(text: string): SVGSVGElement {
  // The lowest redundancy: a screen has no dirt on it, and larger squares are read from farther away.
  const { data, size } = encode(text, { ecc: 'L', border: 4 });
  const { root, add } = drawing(size, size, 'QR code of the link');
  add('rect', { width: size, height: size, fill: '#fff' });
  const squares = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : [])));
  add('path', { d: squares.join(''), fill: '#000', 'shape-rendering': 'crispEdges' });
  return root;
}
