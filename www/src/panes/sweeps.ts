// Sweeps: the questions that stored ones answer, those that this browser keeps, and the one that is shown,
// with its points as a table.
import { sweeps as answered } from '../catalog';
import { button, element, get, put, replace, tableOf } from '../dom';
import type { Answered, SweepForm, SweepView } from '../protocol';
import { type Held, type KeptSweep, type Sweeps, shownSweep, titleOf } from '../state/sweep';
import { card } from './answered';

export type Acts = {
  showStored(story: Answered): void;
  showKept(sweep: KeptSweep): void;
  remove(sweep: KeptSweep): void;
  showLive(): void;
  goOn(): void;
  stop(): void;
  save(form: SweepForm): void;
};

const FORMS: [SweepForm, string, string][] = [
  ['summary', 'summary (JSON)', 'opens again, here and in the terminal'],
  ['lanes', 'every lane (CSV)', 'a row for each lane’s number at the stream’s end'],
  ['means', 'means (CSV)', 'over seeds, with their 95% intervals'],
  ['claims', 'claims (CSV)', 'a row for each part of a claim at each point'],
];

/// Makes what does not change: the answered questions, and the buttons.
export function build(acts: Acts) {
  get('answered').replaceChildren(...answered.map((story) => card(story, 'sweep', acts.showStored)));
  get('sweep-files').append(
    ...FORMS.map(([form, words, title]) => button({ class: 'small', title }, words, () => acts.save(form))),
  );
  get('sweep-go-on').addEventListener('click', acts.goOn);
  get('sweep-stop').addEventListener('click', acts.stop);
  get('sweep-live').addEventListener('click', acts.showLive);
}

/// Days are the reader's.
const day = (at: number) => new Date(at).toLocaleString();

function keptItem(sweep: KeptSweep, isFree: boolean, acts: Acts): HTMLElement {
  const { id, words, measured, count } = sweep;
  const points = measured === count ? `${count} points` : `${measured} of ${count} points`;
  const label = `${words}, ${points}`;
  const show = button(
    { class: 'small', 'data-key': `show ${id}`, 'aria-label': `show ${label}` },
    'show',
    () => acts.showKept(sweep),
  );
  const remove = button(
    { class: 'small', 'data-key': `delete ${id}`, 'aria-label': `delete ${label}` },
    'delete',
    () => acts.remove(sweep),
  );
  remove.disabled = !isFree;
  return element('li', {}, `${label}, ${day(sweep.changed)} `, show, ' ', remove);
}

/// Where a sweep's numbers come from, in sentences.
export function source({ sweep, story }: Held): string {
  const { lanes, shared, data, engines, code_version, digest, title } = sweep;
  const settings = shared.length > 0 ? ` with ${shared.join(', ')}` : '';
  const made = story ? [`Made on ${story.made}.`] : [];
  return [
    `${title}${settings}; ${lanes}; on ${data?.name ?? 'no images yet'};`,
    `by ${engines.length > 0 ? engines.join(', then ') : 'no engine yet'}; metacls ${code_version}.`,
    ...made,
    ...(digest === null ? [] : [`Digest ${digest}.`]),
  ].join(' ');
}

const minutes = (seconds: number) =>
  seconds < 90 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;

/// How far it is, in a sentence.
export function progress({ sweep }: Held, { at, seconds, trained }: Sweeps): string {
  const { measured, points } = sweep;
  const all = `${measured} of ${points.length} points`;
  if (at === undefined)
    return measured === points.length ? `All ${measured} points are measured.` : `${all}.`;
  const left = trained > 0 ? `; about ${minutes((seconds / trained) * (points.length - measured))} left` : '';
  return `${all}; training ${points[at]?.said ?? ''}${left}.`;
}

/// The points as a table: each opens as a run, and each claim's verdict has its look.
function table({ table: { head, rows }, points }: SweepView): HTMLElement {
  const look = (cell: string) =>
    cell === 'holds' || cell === 'does not hold'
      ? element('span', { class: `verdict ${cell.replaceAll(' ', '_')}` }, cell)
      : cell;
  const cells = rows.map((row, p) => {
    const point = points[p];
    const [number = '', ...others] = row;
    const link = element(
      'a',
      {
        href: `#${point?.link ?? ''}`,
        'aria-label': `point ${number}, ${point?.said ?? ''}: open it as a run`,
      },
      number,
    );
    return [link, ...others.map(look)];
  });
  return tableOf(head, cells);
}

let drawnKept: [KeptSweep[], boolean] | undefined;
let drawnTable: SweepView | undefined;

/// Draws what is told; the plots are drawn with the page's charts.
export function draw(state: Sweeps, acts: Acts, isRunning: boolean) {
  const { kept, live, at, problem, opened } = state;
  const isFree = at === undefined;
  if (drawnKept?.[0] !== kept || drawnKept[1] !== isFree) {
    drawnKept = [kept, isFree];
    get('kept-sweeps').hidden = kept.length === 0;
    replace(get('kept-sweeps-list'), ...kept.map((one) => keptItem(one, isFree, acts)));
  }
  put(get('sweep-problem'), problem ?? '');
  const held = shownSweep(state);
  get('sweep-shown').hidden = held === undefined;
  if (!held) return;
  const { sweep, story } = held;
  put(get('sweep-shown-title'), story?.title ?? titleOf(sweep));
  put(get('sweep-question'), story?.question ?? '');
  put(get('sweep-found'), story?.found ?? '');
  put(get('sweep-source'), source(held));
  const isLive = opened === undefined;
  put(get('sweep-progress-words'), progress(held, isLive ? state : { ...state, at: undefined }));
  get<HTMLProgressElement>('sweep-progress').value = sweep.measured / Math.max(1, sweep.points.length);
  get('sweep-stop').hidden = !isLive || at === undefined;
  get('sweep-go-on').hidden = sweep.next === null || at !== undefined;
  get<HTMLButtonElement>('sweep-go-on').disabled = isRunning;
  get('sweep-live').hidden = isLive || live === undefined;
  put(get('sweep-not-drawn'), sweep.not_drawn ?? '');
  const command = story?.command ?? (sweep.link === null ? '' : `metacls sweep "#${sweep.link}"`);
  get('sweep-made').hidden = command === '';
  put(get('sweep-made-by'), command);
  if (drawnTable !== sweep) {
    drawnTable = sweep;
    get('sweep-table').replaceChildren(table(sweep));
    get('sweep-notes').replaceChildren(...sweep.table.notes.map((note) => element('li', {}, note)));
  }
}
