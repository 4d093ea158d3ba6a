// The experiment panel by panel, under its letters: the stored run behind the live one.
import { experimentOf, opening } from '../catalog';
import { element, get } from '../dom';
import type { Panel, RunDescription } from '../protocol';
import { captionOf } from './caption';
import type { Shown } from './chart';
import { framed, paperOf, show, slug } from './figure';
import { draw as drawKind } from './kinds';

/// The panels of a run's figure: of a run that names no experiment they are those of what the page opens on.
const panelsOf = (run: RunDescription): Panel[] => (experimentOf(run.experiment) ?? opening).panels;

const letter = (i: number) => String.fromCharCode(97 + i);

function figure({ title, note, wide }: Panel, i: number, of: string): HTMLElement {
  const container = element('div', { id: `panel-${i}` });
  const words = note === null ? title : `${title} (${note})`;
  const name = `metacls-${of}-${slug(title)}`;
  const made = framed(container, title, name, element('b', {}, `${letter(i)} `), words);
  made.classList.toggle('wide', wide);
  return made;
}

/// What the figures were made for.
let made = '';

/// Draws the panels, one with each turn, so that whoever calls can let the reader in between.
export function* draw(shown: Shown): Generator<void> {
  const { run, summary } = shown.front;
  if (!summary) return;
  const experiment = experimentOf(run.experiment);
  const list = panelsOf(run);
  const now = JSON.stringify([run.experiment, list]);
  if (now !== made) {
    made = now;
    get('panels').replaceChildren(...list.map((panel, i) => figure(panel, i, experiment?.id ?? 'run')));
  }
  // All widths before anything is drawn: asking in between has the page laid out anew each time.
  const frames = list.map((panel, i) => {
    const container = document.getElementById(`panel-${i}`);
    const most = panel.wide ? 640 : 460;
    return {
      container,
      id: `panel-${i}`,
      width: Math.max(260, Math.min(most, container?.clientWidth ?? 310)),
    };
  });
  const caption = captionOf(shown);
  for (const [i, panel] of list.entries()) {
    const frame = frames[i];
    if (frame) show(frame.container, caption, () => [drawKind(panel.show, shown, frame)]);
    yield;
  }
}

/// Every panel on paper, one with each turn: its file's name without ending, and the document. Their size is
/// always the same, so that a run's pictures are.
export function* pictures(shown: Shown): Generator<{ name: string; text: string }> {
  for (const [i, { title, note, wide, show }] of panelsOf(shown.front.run).entries()) {
    const frame = { id: `paper-${i}`, width: wide ? 640 : 460 };
    const words = `${letter(i)}  ${title}${note === null ? '' : ` (${note})`}`;
    const made = paperOf(() => [drawKind(show, shown, frame)], words, captionOf(shown));
    if (made) yield { name: `${letter(i)}-${slug(title)}`, text: made.text };
  }
}
