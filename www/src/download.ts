// Files out: results, and charts as SVG (text stays text) or PNG.
export function save(name: string, parts: BlobPart, type: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(parts instanceof Blob ? parts : new Blob([parts], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/// A chart by itself: its ground and its fonts written into it.
function alone(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const box = svg.viewBox.baseVal;
  const [width, height] = [box.width || svg.clientWidth, box.height || svg.clientHeight];
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const root = getComputedStyle(document.documentElement);
  copy.style.background = root.getPropertyValue('--ground').trim();
  copy.style.color = root.getPropertyValue('--text').trim();
  copy.style.fontFamily = 'system-ui, sans-serif';
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function saveSvg(svg: SVGSVGElement, name: string) {
  save(`${name}.svg`, alone(svg).text, 'image/svg+xml');
}

/// Three pixels for each of the chart's.
export async function savePng(svg: SVGSVGElement, name: string) {
  const { text, width, height } = alone(svg);
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * 3;
    canvas.height = height * 3;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.scale(3, 3);
    pen.drawImage(picture, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob) save(`${name}.png`, blob, 'image/png');
  } finally {
    URL.revokeObjectURL(url);
  }
}
