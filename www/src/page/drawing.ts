// What is drawn of the run in front: the network and its numbers at once, charts and what stands below them
// after.
import { type Course, pairOf, reached, type Spread } from '../course';
import { get, put, same } from '../dom';
import * as claims from '../panes/claims';
import type { Inspector } from '../panes/inspector';
import type { Lesions } from '../panes/lesions';
import type { Network } from '../panes/network';
import * as schematics from '../panes/schematics';
import * as table from '../panes/table';
import type { Time } from '../panes/time';
import type { Trace } from '../panes/trace';
import type { ForkView, SweepView } from '../protocol';
import { behind, type Choice, front, ownRun } from '../state/choice';
import type { Store } from '../state/store';
import type { View } from '../state/view';
import { surroundings } from '../theme';
import { explanations, stretches } from '../words';
import { callout } from './callout';
import * as first from './first';
import type { Scheduler } from './scheduler';

/// Everything that draws with Plot; it comes after the first picture.
type Charts = typeof import('../charts');

export type Panes = {
  network: Network;
  inspector: Inspector;
  lesions: Lesions;
  trace: Trace;
  time: Time;
};

/// What bands mean, as the reader has chosen.
const chosenSpread = () => get<HTMLSelectElement>('spread').value as Spread;

/// The width from which charts stand beside the network.
const WIDE = 1180;

export class Drawing {
  private charts: Charts | undefined;
  /// What was drawn last below the network, so that another unit chosen redraws only cells.
  private drawn: unknown[] = [];

  constructor(
    private readonly view: Store<View>,
    private readonly choice: Store<Choice>,
    private readonly panes: Panes,
    private readonly fill: Scheduler['fill'],
  ) {}

  /// The run in front.
  get front(): Course | undefined {
    return front(this.choice.get(), this.view.get().live);
  }

  /// Loads what draws charts.
  async load(): Promise<void> {
    this.charts = await import('../charts');
  }

  /// The figure's panels on paper, at a point of the stream: of that run alone, whatever is shown behind it.
  async pictures(front: Course, at: number): Promise<Iterable<{ name: string; text: string }>> {
    if (!this.charts) await this.load();
    const shown = { front, behind: undefined, at, spread: chosenSpread() };
    return this.charts?.panels.pictures(shown) ?? [];
  }

  /// Whether there is what draws charts.
  get hasCharts(): boolean {
    return this.charts !== undefined;
  }

  /// Draws small plots, a sweep's or a fork's, once there is what draws.
  *smallPlots(root: HTMLElement, shown: SweepView | ForkView): Generator<void> {
    if (this.charts) yield* this.charts.smallPlots.draw(root, shown);
  }

  /// Draws everything now, whatever was drawn before.
  whole() {
    this.panes.time.stop();
    this.drawn = [];
    this.draw(true, (pieces) => {
      while (!pieces.next().done);
    });
    this.table();
  }

  draw(atOnce: boolean, fill = this.fill) {
    const course = this.front;
    const isLive = course?.kind === 'live';
    put(get('source-badge'), isLive ? 'this machine' : 'stored run');
    const other = get('other-run');
    const chosen = this.choice.get();
    other.hidden = chosen.tour !== null || !chosen.stored || !ownRun(chosen, this.view.get().live);
    put(other, isLive ? 'show the stored run' : 'show this machine’s run');
    if (!course) return;
    const { choice, panes } = this;
    const { network, lesions, trace, time } = panes;
    const { config, lanes } = course.run;
    const { stored, follows, tab, tour } = choice.get();
    const seeds = config.seeds > 1 ? ` of ${config.seeds}` : '';
    put(get('network-words'), `seed ${lanes[0]?.seed}${seeds}, ${course.data?.name ?? ''}`);
    const limit = reached(course);
    if (isLive && follows && !time.isPlaying) time.at = limit;
    const strip = course.strip ?? stored?.strip;
    time.set(config, limit, strip);
    const { at } = time;
    lesions.show(course, at);
    trace.show(course);
    network.show(course, at, isLive && at === limit, lesions.chosen);
    first.seen();
    this.inspect();
    if (!time.isPlaying) put(get('callout'), callout(course, at, lesions.words(course, at)));
    const back = behind(choice.get(), course);
    const spread = chosenSpread();
    const { summary, records, traces } = course;
    const { isPlaying } = time;
    const of = [summary, records, course.claims, traces, back, at, spread, tab, lesions.chosen, isPlaying];
    // A step of the tour shows parts that had no width before.
    const now = [...of, tour, strip, this.charts, innerWidth, devicePixelRatio, surroundings()];
    if (same(now, this.drawn)) return;
    this.drawn = now;
    time.follow();
    if (!isPlaying) {
      claims.draw(course, back);
      explain(course);
    }
    put(get('panels-source'), source(course, back));
    if (!this.charts) return;
    const shown = { front: course, behind: back, at, spread };
    const pieces = this.charts.beside.draw(shown, isPlaying);
    // While the pass plays only what is beside the network follows, as far as it is seen.
    if (isPlaying) return fill(pieces);
    if (atOnce) while (!pieces.next().done);
    fill(rest(this.charts, shown, pieces));
  }

  /// Shows a closer look at what is chosen.
  inspect() {
    const course = this.front;
    if (!course) return;
    const { inspector, network } = this.panes;
    // Pathways are tall: what is looked at closer stands beside them, so that time stays in view.
    const isTall = course.run.layers.some((l) => l.pathway !== null);
    inspector.moveTo(get(isTall && innerWidth > WIDE ? 'inspect-right' : 'inspector'));
    const { selected, layers } = network.inspected();
    inspector.show(course, selected, layers, this.view.get().receptive);
  }

  /// Fills the table of all numbers.
  table() {
    const course = this.front;
    if (course) table.draw(course);
  }

  /// The lanes shown side by side, where they are of this machine.
  get liveLanes(): number[] {
    const course = this.front;
    return course?.kind === 'live' ? pairOf(course).map(({ index }) => index) : [];
  }
}

type ShownRuns = Parameters<Charts['beside']['draw']>[0];

/// What is left of the charts beside the network, and what stands below.
function* rest(charts: Charts, shown: ShownRuns, pieces: Generator<void>): Generator<void> {
  yield* pieces;
  yield* charts.panels.draw(shown);
  schematics.draw(shown.front, shown.at);
  yield;
  if (get<HTMLDetailsElement>('numbers').open) table.draw(shown.front);
}

/// Which run the panels show, and what stands behind it.
function source({ kind, run, data, engine, engineChanges = [] }: Course, back: Course | undefined): string {
  const whose = run.experiment === null ? ' It belongs to no experiment.' : '';
  if (kind === 'stored') {
    const { seeds } = run.config;
    const count = `${seeds} seed${seeds === 1 ? '' : 's'}`;
    const on = [data?.name ?? 'unknown images', engine?.adapter ?? 'an unknown engine'].join(', by ');
    return `The stored run of ${count}, on ${[on, ...engineChanges].join('; ')}.${whose}`;
  }
  if (back) {
    const { fork_at: after, fork } = run.config;
    const when = `after ${after} ${stretches(run.config)}`;
    const otherwise = fork.length > 0 ? `, otherwise ${when} (${fork.join(', ')})` : '';
    const trunk = fork.length > 0 ? ', as they go on without,' : '';
    const { seeds } = back.run.config;
    return `This run${otherwise} in front; the stored ${seeds} seeds${trunk} behind it, pale.`;
  }
  return `This run.${whose} The stored one has other images or settings, so it is not shown behind it.`;
}

/// The explanations' words, as the run in front has them.
function explain({ run }: Course) {
  for (const span of document.querySelectorAll<HTMLElement>('[data-words]')) {
    put(span, explanations[span.dataset['words'] ?? '']?.(run.config) ?? '');
  }
}
