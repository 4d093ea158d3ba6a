// Small plots of several runs, each a figure with its ways out.
import { element } from '../dom';
import type { ForkView, SmallPlot, SweepView } from '../protocol';
import { captionOfFork, captionOfSweep } from './caption';
import { framed, show, slug } from './figure';
import { draw as drawPlot } from './small-plot';

const titleOf = ({ title, note }: SmallPlot) => (note === '' ? title : `${title} (${note})`);

function figure(plot: SmallPlot, i: number, name: string): HTMLElement {
  const container = element('div', {});
  const title = titleOf(plot);
  return framed(container, title, `${name}-${i + 1}-${slug(plot.title)}`, title);
}

/// Rows of a map are so tall at least, in pixels.
const ROW = 22;

function height({ shown }: SmallPlot): number {
  const rows = shown.kind === 'map' ? shown.rows.length : 0;
  return Math.max(220, rows * ROW + 70);
}

/// What has small plots.
export type Plotted = SweepView | ForkView;

/// For which plots a place has figures.
const made = new WeakMap<HTMLElement, string>();

/// Draws small plots, a sweep's or a fork's, into a place, one with each turn; figures that stand there stay.
export function* draw(root: HTMLElement, plotted: Plotted): Generator<void> {
  const { name, plots } = plotted;
  const caption = 'fork_at' in plotted ? captionOfFork(plotted) : captionOfSweep(plotted);
  const now = JSON.stringify([name, plots.map(titleOf)]);
  if (made.get(root) !== now) {
    made.set(root, now);
    root.replaceChildren(...plots.map((plot, i) => figure(plot, i, name)));
  }
  // All widths before anything is drawn: asking in between has the page laid out anew each time.
  const places = [...root.children].map((one) => {
    const container = one.querySelector<HTMLElement>(':scope > div');
    return { container, width: Math.max(260, Math.min(460, container?.clientWidth ?? 310)) };
  });
  for (const [i, plot] of plots.entries()) {
    const { container = null, width = 310 } = places[i] ?? {};
    show(container, caption, () => [drawPlot(plot, { width, height: height(plot) })]);
    yield;
  }
}
