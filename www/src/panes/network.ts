// The living network: two lanes side by side, every unit a cell, input below and the top layer above.
import { type Course, levels, pairOf, recordAt, topLayer } from '../course';
import { button, element } from '../dom';
import { fixed, percent, rate } from '../format';
import type { Condition, LayerSnapshot, Lesion, RunDescription, Snapshot } from '../protocol';
import { lesionOf } from '../words';
import { grid, type Layer, paintLayer, ramp } from './cells';

/// A layer, or one of its units.
export type Selected = { layer: number; unit: number | null };

type Handlers = { select(selected: Selected): void; cut(lesion: Lesion): void };

/// A layer of one of the two lanes.
type Cells = Layer & { side: number; layer: number };

/// What is said of the keys of a layer's cells.
const KEYS = 'Arrow keys choose a unit, Enter the whole layer.';

type Bars = { active: HTMLElement; speed: HTMLElement; competition: HTMLElement };

export class Network {
  private cells: Cells[] = [];
  /// By side, then layer.
  private bars: Bars[][] = [];
  /// What the elements were made for, and which units they show.
  private made = '';
  private shape = '';
  private course?: Course;
  private snapshots: (Snapshot | undefined)[] = [];
  private selected: Selected = { layer: -1, unit: null };
  /// What is to be selected as soon as there is a run that has it.
  private aimed: { layer: string; unit: number | null } | undefined;
  private lesion: Lesion = 'intact';

  constructor(
    private readonly root: HTMLElement,
    private readonly handlers: Handlers,
  ) {}

  /// Shows a run at a point of its stream; `live` shows its units as they are at this moment.
  show(course: Course, at: number, live: boolean, lesion: Lesion = 'intact') {
    this.course = course;
    this.lesion = lesion;
    const pair = pairOf(course);
    this.make(course, matchMedia('(max-width: 900px)').matches ? 3 : 6);
    this.reach(course);
    for (const cut of this.root.querySelectorAll<HTMLElement>('[data-lesion]')) {
      cut.setAttribute('aria-pressed', String(cut.dataset['lesion'] === lesion));
    }
    this.snapshots = pair.map(
      ({ index }) => (live ? course.now[index] : undefined) ?? course.snapshots[index]?.[at],
    );
    this.paint();
    this.measure(course, at);
  }

  /// Selects a layer by its name, or one of its units; no name for what is selected where nothing was picked.
  aim(layer: string | null, unit: number | null) {
    this.aimed = layer === null ? undefined : { layer, unit };
    if (this.course) this.selected = { layer: topLayer(this.course.run), unit: null };
  }

  /// What is selected, by its layer's name; none where that is what the page selects by itself.
  get picked(): { layer: string; unit: number | null } | undefined {
    const { course, selected, aimed } = this;
    // What a link asked for is said also until it is drawn.
    if (aimed) return aimed;
    const layer = course?.run.layers[selected.layer]?.name;
    if (!course || layer === undefined) return undefined;
    const isPlain = selected.layer === topLayer(course.run) && selected.unit === null;
    return isPlain ? undefined : { layer, unit: selected.unit };
  }

  /// The two lanes' layers under a selection, for the inspector.
  inspected(): { selected: Selected; layers: (LayerSnapshot | undefined)[] } {
    const { selected } = this;
    return { selected, layers: this.snapshots.map((snapshot) => snapshot?.layers[selected.layer]) };
  }

  /// Selects what was aimed at, where this run has it.
  private reach({ run }: Course) {
    const { aimed } = this;
    const layer = run.layers.findIndex((l) => l.name === aimed?.layer);
    if (!aimed || layer < 0) return;
    this.aimed = undefined;
    const units = run.layers[layer]?.units ?? 0;
    this.selected = { layer, unit: aimed.unit !== null && aimed.unit < units ? aimed.unit : null };
  }

  /// The bars beneath each layer: units active, speed, competition, each as a share of the largest shown.
  private measure(course: Course, at: number) {
    const { run } = course;
    const records = pairOf(course).map(({ index }) => recordAt(course, index, at));
    const speeds = records.map((r) => run.layers.map(({ matrix }) => r?.alpha[matrix]));
    const largest = (list: (number | undefined)[], least: number) =>
      Math.max(least, ...list.map((x) => x ?? 0));
    const fastest = largest(speeds.flat(), 1e-9);
    const hardest = largest(
      records.flatMap((r) => r?.beta ?? []),
      0.1,
    );
    this.bars.forEach((layers, side) => {
      layers.forEach((bars, l) => {
        const units = run.layers[l]?.units ?? 0;
        const active = this.snapshots[side]?.layers[l]?.active;
        const share = records[side]?.evaluation?.active[l];
        if (active !== undefined) fill(bars.active, active / units, `${active} of ${units} active`);
        else fill(bars.active, share ?? 0, share === undefined ? '' : `${percent(share)} active`);
        const speed = speeds[side]?.[l];
        fill(bars.speed, (speed ?? 0) / fastest, speed === undefined ? '' : `speed ${rate(speed)}`);
        const beta = records[side]?.beta[l];
        fill(
          bars.competition,
          (beta ?? 0) / hardest,
          beta === undefined ? '' : `competition ${fixed(beta, 2)}`,
        );
      });
    });
  }

  /// Makes the elements, where there are not those of such a run yet.
  private make(course: Course, pitch: number) {
    const { run, kind } = course;
    const pair = pairOf(course);
    const made = JSON.stringify([run.layers, run.lesions, pair.map((p) => p.lane), pitch, kind]);
    if (made === this.made) return;
    this.made = made;
    const shape = JSON.stringify(run.layers.map((l) => l.units));
    if (shape !== this.shape) {
      this.shape = shape;
      // The top layer is where most is to be seen.
      this.selected = { layer: topLayer(run), unit: null };
    }
    this.cells = [];
    this.bars = pair.map(() => []);
    const columns = pair.map(({ lane }, side) => this.column(run, lane.condition, side, pitch));
    this.root.replaceChildren(element('div', { class: 'lanes' }, ...columns));
  }

  /// One lane's layers, the top one first.
  private column(run: RunDescription, condition: Condition, side: number, pitch: number): HTMLElement {
    const column = element('div', { class: `lane ${condition}` }, element('h3', {}, condition));
    const stack = levels(run);
    for (const level of [...stack].reverse()) {
      const sideBySide = level.length > 1;
      const isTop = level === stack.at(-1);
      const kind = isTop ? (sideBySide ? '' : 'hippocampus-like') : level === stack[0] ? 'cortex-like' : '';
      if (sideBySide) column.append(element('small', { class: 'kind' }, 'hippocampus-like: two pathways'));
      const layers = level.map((l) => this.layer(run, condition, side, l, kind, pitch));
      column.append(element('div', { class: sideBySide ? 'level pathways' : 'level' }, ...layers));
    }
    return column;
  }

  private layer(
    run: RunDescription,
    condition: Condition,
    side: number,
    l: number,
    kind: string,
    pitch: number,
  ): HTMLElement {
    const { name = '', units = 0, pathway = null } = run.layers[l] ?? {};
    const canvas = element('canvas', {
      tabindex: 0,
      role: 'img',
      'aria-label': `${condition}, layer ${name}: ${units} units. ${KEYS}`,
    });
    const cells = { canvas, side, layer: l, units, pitch, ...grid(units, pathway !== null) };
    this.cells.push(cells);
    this.listen(cells);
    const bars = { active: element('span'), speed: element('span'), competition: element('span') };
    const lane = this.bars[side];
    if (lane) lane[l] = bars;
    const title = 'The layer’s sorted activity, and the threshold that competition sets';
    const open = button({ class: 'layer-name', title }, name, () => this.choose({ layer: l, unit: null }));
    return element(
      'div',
      { class: 'layer' },
      element('div', { class: 'name' }, open, element('small', {}, kind), ...this.cutter(run, l, condition)),
      canvas,
      element('div', { class: 'bars' }, bars.active, bars.speed, bars.competition),
    );
  }

  /// A layer whose lesion is measured can be silenced where it stands.
  private cutter(run: RunDescription, l: number, condition: Condition): HTMLElement[] {
    const lesion = lesionOf(run, l)?.lesion;
    if (!lesion) return [];
    const label = `cut ${run.layers[l]?.name}, ${condition}`;
    const attributes = { class: 'small', 'data-lesion': lesion, 'aria-label': label };
    return [button(attributes, 'cut', () => this.handlers.cut(lesion))];
  }

  private listen(cells: Cells) {
    const { canvas, columns, rows, units, layer } = cells;
    const under = (e: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor(((e.clientX - box.left) / box.width) * columns);
      const row = Math.floor(((e.clientY - box.top) / box.height) * rows);
      const unit = row * columns + column;
      return unit >= 0 && unit < units ? unit : null;
    };
    canvas.addEventListener('pointermove', (e) => {
      const unit = under(e);
      const isOther = unit !== this.selected.unit || layer !== this.selected.layer;
      if (unit !== null && isOther) this.choose({ layer, unit });
    });
    canvas.addEventListener('pointerdown', (e) => this.choose({ layer, unit: under(e) }));
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    };
    canvas.addEventListener('keydown', (e) => {
      const step = steps[e.key];
      if (step === undefined && e.key !== 'Enter') return;
      e.preventDefault();
      e.stopPropagation();
      const now = this.selected.layer === layer ? (this.selected.unit ?? 0) : 0;
      const unit = step === undefined ? null : Math.min(units - 1, Math.max(0, now + step));
      this.choose({ layer, unit });
    });
  }

  private choose(selected: Selected) {
    this.aimed = undefined;
    this.selected = selected;
    this.paint();
    this.handlers.select(selected);
  }

  /// Draws every cell.
  paint() {
    if (!this.course) return;
    const { run } = this.course;
    const ramps = pairOf(this.course).map(({ lane }) => ramp(lane.condition === 'baseline'));
    for (const cells of this.cells) {
      paintLayer(cells, {
        snapshot: this.snapshots[cells.side]?.layers[cells.layer],
        colors: ramps[cells.side] ?? [],
        isCut: lesionOf(run, cells.layer)?.lesion === this.lesion,
        unit: this.selected.layer === cells.layer ? this.selected.unit : null,
      });
    }
  }
}

/// A bar of a share, 0 to 1, with its words.
function fill(bar: HTMLElement, share: number, words: string) {
  bar.style.setProperty('--share', `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`);
  if (bar.textContent !== words) bar.textContent = words;
}
