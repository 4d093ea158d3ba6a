// The living network: twins side by side, every unit a cell, input below and the top layer above.
import { type Course, levels, recordAt, twins } from './course';
import { dark, element, fixed, percent, rate, style } from './format';
import type { LayerSnapshot, Lesion, Snapshot } from './protocol';

export type Selected = { layer: number; unit: number | null };

type Handlers = { select(selected: Selected): void; cut(lesion: Lesion): void };

/// How a layer's units stand: pathways at their true sizes side by side, others in rows of at most fifty.
function grid(units: number, pathway: boolean): { columns: number; rows: number } {
  const rows = pathway ? Math.min(25, units) : Math.max(5, Math.ceil(units / 50));
  return { columns: Math.ceil(units / rows), rows };
}

function mix(stops: string[], at: number): string {
  const place = Math.min(0.999, Math.max(0, at)) * (stops.length - 1);
  const i = Math.floor(place);
  const part = (hex: string, k: number) => parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  const blend = (k: number) =>
    Math.round(part(stops[i], k) + (place - i) * (part(stops[i + 1], k) - part(stops[i], k)));
  return `rgb(${blend(0)} ${blend(1)} ${blend(2)})`;
}

/// 256 colours: silent, then active from dim to bright.
function ramp(meta: boolean): string[] {
  const stops = [1, 2, 3].map((i) => style(`--${meta ? 'meta' : 'baseline'}-${i}`));
  return Array.from({ length: 256 }, (_, v) => (v === 0 ? style('--silent') : mix(stops, v / 255)));
}

type Cells = {
  canvas: HTMLCanvasElement;
  twin: number;
  layer: number;
  columns: number;
  rows: number;
  units: number;
};

type Row = { active: HTMLElement; speed: HTMLElement; competition: HTMLElement };

export class Network {
  private cells: Cells[] = [];
  private rows: Row[][] = [];
  private key = '';
  private shape = '';
  private pitch = 6;
  private course?: Course;
  private snapshots: (Snapshot | undefined)[] = [];
  private selected: Selected = { layer: -1, unit: null };
  private lesion: Lesion = 'intact';

  constructor(
    private readonly root: HTMLElement,
    private readonly handlers: Handlers,
  ) {}

  /// Shows a run at a point of its stream; `live` shows its units as they are at this moment.
  show(course: Course, at: number, live: boolean, lesion: Lesion = 'intact') {
    this.course = course;
    this.lesion = lesion;
    const pair = twins(course);
    this.pitch = matchMedia('(max-width: 900px)').matches ? 3 : 6;
    const key = JSON.stringify([
      course.run.units,
      course.run.layers,
      pair.map((t) => t.lane),
      this.pitch,
      course.kind,
    ]);
    if (key !== this.key) {
      this.key = key;
      const shape = JSON.stringify(course.run.units);
      if (shape !== this.shape) {
        this.shape = shape;
        // The top layer is where most is to be seen.
        this.selected = {
          layer: course.run.layers.length - (course.run.config.pathways ? 2 : 1),
          unit: null,
        };
      }
      this.build(course);
    }
    for (const button of this.root.querySelectorAll<HTMLElement>('[data-lesion]')) {
      button.setAttribute('aria-pressed', String(button.dataset['lesion'] === lesion));
    }
    this.snapshots = pair.map(
      ({ index }) => (live ? course.now[index] : undefined) ?? course.snapshots[index]?.[at],
    );
    this.paint();
    const records = pair.map(({ index }) => recordAt(course, index, at));
    const layerRate = (twin: number, l: number) => records[twin]?.alpha[course.run.layer_matrix[l]];
    const all = course.run.layers.map((_, l) => l);
    const fastest = Math.max(1e-9, ...pair.flatMap((_, t) => all.map((l) => layerRate(t, l) ?? 0)));
    const hardest = Math.max(0.1, ...pair.flatMap((_, t) => all.map((l) => records[t]?.beta[l] ?? 0)));
    pair.forEach((_, t) => {
      all.forEach((l) => {
        const row = this.rows[t]?.[l];
        if (!row) return;
        const snapshot = this.snapshots[t]?.layers[l];
        const share = records[t]?.evaluation?.active[l];
        const units = course.run.units[l];
        if (snapshot) bar(row.active, snapshot.active / units, `${snapshot.active} of ${units} active`);
        else bar(row.active, share ?? 0, share === undefined ? '' : `${percent(share)} active`);
        const alpha = layerRate(t, l);
        bar(row.speed, (alpha ?? 0) / fastest, alpha === undefined ? '' : `speed ${rate(alpha)}`);
        const beta = records[t]?.beta[l];
        bar(
          row.competition,
          (beta ?? 0) / hardest,
          beta === undefined ? '' : `competition ${fixed(beta, 2)}`,
        );
      });
    });
  }

  /// The two layers' looks under a selection, for the inspector.
  inspected(): { selected: Selected; layers: (LayerSnapshot | undefined)[] } {
    return {
      selected: this.selected,
      layers: this.snapshots.map((snapshot) => snapshot?.layers[this.selected.layer]),
    };
  }

  private build(course: Course) {
    const { run } = course;
    const pair = twins(course);
    const left = run.layers.findIndex((n) => n.endsWith('_L'));
    const stack = levels(run);
    this.cells = [];
    this.rows = pair.map(() => []);
    const top = stack.length - 1;
    const columns = pair.map(({ lane }, t) => {
      const column = element('div', { class: `twin ${lane.condition}` }, element('h3', {}, lane.condition));
      [...stack].reverse().forEach((level, i) => {
        const depth = top - i;
        const kind =
          depth === top && level.length > 1
            ? ''
            : depth === top
              ? 'hippocampus-like'
              : depth === 0
                ? 'cortex-like'
                : '';
        const box = element('div', { class: level.length > 1 ? 'level pathways' : 'level' });
        if (level.length > 1)
          column.append(element('small', { class: 'kind' }, 'hippocampus-like: two pathways'));
        for (const l of level) {
          const { columns, rows } = grid(run.units[l], left >= 0 && l >= left);
          const canvas = element('canvas', {
            tabindex: '0',
            role: 'img',
            'aria-label': `${lane.condition}, layer ${run.layers[l]}: ${run.units[l]} units. Arrow keys choose a unit, Enter the whole layer.`,
          });
          const row: Row = { active: element('span'), speed: element('span'), competition: element('span') };
          this.rows[t][l] = row;
          const open = element(
            'button',
            {
              type: 'button',
              class: 'layer-name',
              title: 'The layer’s sorted activity, and the line competition draws',
            },
            run.layers[l],
          );
          open.addEventListener('click', () => this.choose({ layer: l, unit: null }));
          const name = element(
            'div',
            { class: 'name' },
            open,
            element('small', {}, kind),
            ...this.cutter(run.layers[l], lane.condition),
          );
          box.append(
            element(
              'div',
              { class: 'layer' },
              name,
              canvas,
              element('div', { class: 'bars' }, row.active, row.speed, row.competition),
            ),
          );
          this.cells.push({ canvas, twin: t, layer: l, columns, rows, units: run.units[l] });
          this.listen(this.cells[this.cells.length - 1]);
        }
        column.append(box);
      });
      return column;
    });
    this.root.replaceChildren(element('div', { class: 'twins' }, ...columns));
  }

  /// A pathway can be silenced where it stands.
  private cutter(layer: string, condition: string): HTMLElement[] {
    const lesion = layer.endsWith('_L') ? 'without_l' : layer.endsWith('_R') ? 'without_r' : undefined;
    if (!lesion) return [];
    const button = element(
      'button',
      { type: 'button', class: 'small', 'data-lesion': lesion, 'aria-label': `cut ${layer}, ${condition}` },
      'cut',
    );
    button.addEventListener('click', () => this.handlers.cut(lesion));
    return [button];
  }

  private listen(cells: Cells) {
    const at = (e: PointerEvent) => {
      const box = cells.canvas.getBoundingClientRect();
      const column = Math.floor(((e.clientX - box.left) / box.width) * cells.columns);
      const row = Math.floor(((e.clientY - box.top) / box.height) * cells.rows);
      const unit = row * cells.columns + column;
      return unit >= 0 && unit < cells.units ? unit : null;
    };
    cells.canvas.addEventListener('pointermove', (e) => {
      const unit = at(e);
      if (unit !== null && (unit !== this.selected.unit || cells.layer !== this.selected.layer)) {
        this.choose({ layer: cells.layer, unit });
      }
    });
    cells.canvas.addEventListener('pointerdown', (e) => this.choose({ layer: cells.layer, unit: at(e) }));
    cells.canvas.addEventListener('keydown', (e) => {
      const now = this.selected.layer === cells.layer ? (this.selected.unit ?? 0) : 0;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -cells.columns, ArrowDown: cells.columns }[e.key];
      if (step === undefined && e.key !== 'Enter') return;
      e.preventDefault();
      e.stopPropagation();
      const unit = step === undefined ? null : Math.min(cells.units - 1, Math.max(0, now + step));
      this.choose({ layer: cells.layer, unit });
    });
  }

  private choose(selected: Selected) {
    this.selected = selected;
    this.paint();
    this.handlers.select(selected);
  }

  /// Draws every cell.
  paint() {
    if (!this.course) return;
    const pair = twins(this.course);
    const ratio = Math.min(2, devicePixelRatio || 1);
    const names = this.course.run.layers;
    for (const { canvas, twin, layer, columns, rows, units } of this.cells) {
      const { pitch } = this;
      const [width, height] = [columns * pitch, rows * pitch];
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const pen = canvas.getContext('2d');
      if (!pen) continue;
      pen.scale(ratio, ratio);
      const snapshot = this.snapshots[twin]?.layers[layer];
      const colors = ramp(pair[twin]?.lane.condition !== 'baseline');
      const cut =
        (this.lesion === 'without_l' && names[layer].endsWith('_L')) ||
        (this.lesion === 'without_r' && names[layer].endsWith('_R'));
      const gap = pitch > 3 ? 1 : 0.5;
      for (let unit = 0; unit < units; unit++) {
        pen.fillStyle = colors[snapshot && !cut ? snapshot.output[unit] : 0];
        pen.fillRect((unit % columns) * pitch, Math.floor(unit / columns) * pitch, pitch - gap, pitch - gap);
      }
      if (cut) {
        pen.strokeStyle = style('--text');
        pen.lineWidth = 2;
        pen.beginPath();
        pen.moveTo(0, 0);
        pen.lineTo(width, height);
        pen.moveTo(width, 0);
        pen.lineTo(0, height);
        pen.stroke();
      }
      const { unit } = this.selected;
      if (this.selected.layer === layer && unit !== null && unit < units) {
        pen.strokeStyle = style('--text');
        pen.lineWidth = 1.5;
        pen.strokeRect(
          (unit % columns) * pitch - 1,
          Math.floor(unit / columns) * pitch - 1,
          pitch + 1,
          pitch + 1,
        );
      }
    }
  }
}

function bar(place: HTMLElement, share: number, text: string) {
  place.style.setProperty('--share', `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`);
  if (place.textContent !== text) place.textContent = text;
}

/// Draws grey values 0 to 255, ink on the page's ground.
export function image(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, signed = false) {
  const side = Math.round(Math.sqrt(pixels.length));
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const data = pen.createImageData(side, side);
  for (let i = 0; i < pixels.length; i++) {
    const p = pixels[i];
    // Weights: positive in one colour, negative in the other.
    const [r, g, b, a] = signed
      ? p >= 128
        ? [214, 98, 20, 2 * (p - 128)]
        : [96, 120, 200, 2 * (128 - p)]
      : dark.matches
        ? [236, 234, 228, p]
        : [28, 27, 25, p];
    data.data.set([r, g, b, Math.min(255, a)], 4 * i);
  }
  pen.putImageData(data, 0, 0);
}
