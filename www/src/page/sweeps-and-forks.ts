// Sweeps and forks as they are drawn: the forms that ask for them, what is told of the one that is shown, and
// its small plots, in turns of their own beside all else.
import type { Plotted } from '../charts/small-plots';
import { get, same } from '../dom';
import * as forksPane from '../panes/forks';
import * as sweepForm from '../panes/sweep-form';
import * as sweepsPane from '../panes/sweeps';
import type { Time } from '../panes/time';
import type { Choice } from '../state/choice';
import type { Forks as ForkState } from '../state/fork';
import type { Store } from '../state/store';
import { type Sweeps as SweepState, shownSweep } from '../state/sweep';
import { isRunning, type View } from '../state/view';
import { dark, surroundings } from '../theme';
import type { Drawing } from './drawing';
import type { Forks } from './forks';
import { Scheduler } from './scheduler';
import type { Sweeps } from './sweeps';

type Parts = {
  view: Store<View>;
  choice: Store<Choice>;
  sweepState: Store<SweepState>;
  forkState: Store<ForkState>;
  sweeps: Sweeps;
  forks: Forks;
  drawing: Drawing;
  time: Time;
};

/// Small plots in one place of the page.
class Plots {
  private readonly scheduler = new Scheduler(() => undefined);
  /// What they were last drawn of.
  private drawn: unknown[] = [];

  constructor(
    private readonly place: string,
    private readonly drawing: Drawing,
  ) {}

  /// Draws them after the rest, where they are to be drawn anew.
  draw(of: Plotted | undefined) {
    if (!of) return;
    const now = [of, this.drawing.hasCharts, innerWidth, surroundings()];
    if (same(now, this.drawn)) return;
    this.drawn = now;
    this.scheduler.fill(this.drawing.smallPlots(get(this.place), of));
  }
}

export class SweepsAndForks {
  private readonly sweepPlots: Plots;
  private readonly forkPlots: Plots;

  constructor(private readonly parts: Parts) {
    this.sweepPlots = new Plots('sweep-plots', parts.drawing);
    this.forkPlots = new Plots('fork-plots', parts.drawing);
  }

  /// Makes what does not change, and draws the rest when it does.
  listen() {
    sweepsPane.build(this.sweepActs);
    forksPane.build(this.forkActs);
    const { sweepState, forkState } = this.parts;
    sweepState.listen(() => this.drawSweep());
    forkState.listen(() => this.drawFork());
    dark.addEventListener('change', () => this.draw());
    addEventListener('resize', () => this.draw());
  }

  /// What of both follows the run under way.
  refresh() {
    this.refreshSweep();
    this.refreshFork();
  }

  /// What of forks follows the run in front, and where in it the reader looks.
  refreshFork() {
    const { view, choice, forkState, drawing, time } = this.parts;
    const { tour } = choice.get();
    const course = tour === null ? drawing.front : undefined;
    const hasFile = course?.kind === 'live' || course?.file !== undefined;
    const isThrough = drawing.front?.kind === 'stored' || view.get().state === 'done';
    forksPane.refresh(forkState.get(), hasFile ? course : undefined, isThrough, time.at);
  }

  /// Draws those that are shown, their plots after the rest.
  draw() {
    this.drawSweep();
    this.drawFork();
  }

  private refreshSweep() {
    const { view, choice, sweepState, sweeps } = this.parts;
    const isBusy = isRunning(view.get());
    sweepForm.refresh(choice.get(), sweepState.get(), sweeps.isPlanned && !isBusy);
    sweepsPane.draw(sweepState.get(), this.sweepActs, isBusy);
  }

  private drawSweep() {
    this.refreshSweep();
    this.sweepPlots.draw(shownSweep(this.parts.sweepState.get())?.sweep);
  }

  private drawFork() {
    this.refreshFork();
    const state = this.parts.forkState.get();
    forksPane.draw(state);
    this.forkPlots.draw(state.shown?.fork);
  }

  private readonly sweepActs: sweepsPane.Acts = {
    showStored: (story) => void this.parts.sweeps.showStored(story),
    showKept: (kept) => void this.parts.sweeps.showKept(kept),
    remove: (kept) => void this.parts.sweeps.remove(kept),
    showLive: () => this.parts.sweeps.showLive(),
    goOn: () => void this.parts.sweeps.goOn(),
    stop: () => this.parts.sweeps.stop(),
    save: (form) => void this.parts.sweeps.save(form),
  };

  private readonly forkActs: forksPane.Acts = {
    toggle: () => this.parts.forkState.update((now) => ({ ...now, isOpen: !now.isOpen, words: '' })),
    begin: (change, seeds) => {
      const { forks, drawing, time } = this.parts;
      const course = drawing.front;
      if (course) void forks.begin(course, time.at, change, seeds);
    },
    showStored: (story) => void this.parts.forks.showStored(story),
    save: () => void this.parts.forks.save(),
  };
}
