// The four charts beside the network, of the same kinds as the panels'.
import type { RunDescription, Show } from '../protocol';
import { captionOf } from './caption';
import { LATER, type Shown } from './chart';
import { exits, show } from './figure';
import { draw as drawKind } from './kinds';

/// The charts beside the network are as tall together as it is; several in one's frame share its height.
const tall = (charts = 1) => (charts > 1 ? 150 : innerWidth > 1180 ? 228 : 188);

/// Beside pathways, whose cells are many, there is a closer look below the charts.
const tallRates = (run: RunDescription) => (run.layers.some((l) => l.pathway !== null) ? 188 : tall());

type Beside = {
  id: string;
  name: string;
  shows(run: RunDescription): Show[];
  height(run: RunDescription): number;
};

const charts: Beside[] = [
  {
    id: 'chart-accuracy',
    name: 'accuracy',
    shows: (run) => run.heads.map((_, head) => ({ kind: 'course', head })),
    height: (run) => tall(run.heads.length),
  },
  { id: 'chart-active', name: 'active', shows: () => [{ kind: 'profile' }], height: () => tall() },
  {
    id: 'chart-alpha',
    name: 'alpha',
    shows: () => [{ kind: 'trajectories', rate: 'alpha' }],
    height: tallRates,
  },
  {
    id: 'chart-beta',
    name: 'beta',
    shows: () => [{ kind: 'trajectories', rate: 'beta' }],
    height: tallRates,
  },
];

/// Gives a chart its buttons, once.
function frame(container: HTMLElement | null, name: string) {
  const caption = container?.parentElement?.querySelector('figcaption');
  if (!container || !caption || caption.querySelector('.exits')) return;
  caption.append(' ', exits(container, (caption.textContent ?? '').trim(), `metacls-${name}`));
}

const isSeen = (container: HTMLElement) => {
  const { top, bottom } = container.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

/// Draws the charts, one with each turn; `onlySeen` leaves out those that are scrolled out of sight.
export function* draw(shown: Shown, onlySeen = false): Generator<void> {
  const containers = charts.map(({ id, name }) => {
    const container = document.getElementById(id);
    frame(container, name);
    return container;
  });
  // Asked before anything is drawn: in between, each question has the page laid out anew.
  const widths = containers.map((c) => Math.max(260, Math.min(640, c?.clientWidth ?? 310)));
  const wanted = containers.map((c) => c !== null && (!onlySeen || isSeen(c)));
  const { run, summary } = shown.front;
  const caption = captionOf(shown);
  for (const [i, { id, shows, height }] of charts.entries()) {
    if (!wanted[i]) continue;
    const size = { width: widths[i] ?? 310, height: height(run) };
    const drawOne = (one: Show, n: number) =>
      drawKind(one, shown, { id: `${id}-${n}`, ...size, compares: true });
    show(containers[i] ?? null, caption, () => (summary ? shows(run).map(drawOne) : [LATER]));
    yield;
  }
}
