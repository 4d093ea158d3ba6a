// Files out.
import type { Picture } from './charts/picture';

/// Saves a file.
export function save(name: string, parts: BlobPart, type: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(parts instanceof Blob ? parts : new Blob([parts], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const SVG = 'image/svg+xml';

export const saveSvg = ({ text }: Picture, name: string) => save(`${name}.svg`, text, SVG);

/// Three pixels for each of the picture's.
export async function savePng({ text, width, height }: Picture, name: string) {
  const url = URL.createObjectURL(new Blob([text], { type: SVG }));
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
