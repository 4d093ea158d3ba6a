// Forks: the form in the strip of time, the stored ones, and the one that is shown.
import { forks as answered } from '../catalog';
import type { Course } from '../course';
import { element, get, put, tableOf } from '../dom';
import { type Answered, CHANGES, type ForkView } from '../protocol';
import { changeOf, type Forks, type HeldFork, hindrance, layersOf } from '../state/fork';
import { card } from './answered';

export type Acts = {
  toggle(): void;
  begin(change: string, seeds: number): void;
  showStored(story: Answered): void;
  save(): void;
};

const select = (id: string) => get<HTMLSelectElement>(id);

/// The change that the form says.
function chosen(): string {
  const { value } = select('fork-change');
  if (value === 'other') return get<HTMLInputElement>('fork-value').value.trim();
  const pattern = CHANGES[Number(value)]?.pattern ?? '';
  return changeOf(pattern, [select('fork-layer').value, select('fork-other').value]);
}

/// Shows what the chosen change needs to be said of it.
function suit() {
  const { value } = select('fork-change');
  const layers = layersOf(CHANGES[Number(value)]?.pattern ?? '');
  get('fork-layer').hidden = layers < 1;
  get('fork-other').hidden = layers < 2;
  get('fork-value').hidden = value !== 'other';
}

/// Makes what does not change.
export function build(acts: Acts) {
  const options = CHANGES.map(({ words }, i) => element('option', { value: i }, words));
  select('fork-change').replaceChildren(
    ...options,
    element('option', { value: 'other' }, 'another knob of training (NAME=VALUE):'),
  );
  select('fork-change').addEventListener('change', suit);
  suit();
  get('fork-open').addEventListener('click', acts.toggle);
  get('fork-form').addEventListener('submit', (e) => {
    e.preventDefault();
    acts.begin(chosen(), Number(get<HTMLInputElement>('fork-seeds').value) || 1);
  });
  get('fork-save').addEventListener('click', acts.save);
  get('answered-forks').replaceChildren(...answered.map((story) => card(story, 'fork', acts.showStored)));
}

let listed: string | undefined;

/// Puts the run's layers into the form.
function layers({ run }: Course) {
  const names = run.layers.map(({ name }) => name);
  const now = names.join();
  if (now === listed) return;
  listed = now;
  for (const [id, first] of [
    ['fork-layer', 0],
    ['fork-other', names.length - 1],
  ] as const) {
    select(id).replaceChildren(...names.map((name) => element('option', { value: name }, name)));
    select(id).value = names[first] ?? '';
  }
}

/// Where a fork's numbers come from, in sentences.
export function source({ fork, story }: HeldFork): string {
  const { title, fork_at, seeds, data, engines, digests, code_version, knobs } = fork;
  const when =
    fork_at > 0 ? ` after ${fork_at} task${fork_at === 1 ? '' : 's'}: ${fork.fork.join(', ')}` : '';
  const engine = engines[0] === engines[1] ? engines[0] : `${engines[0]} and ${engines[1]}`;
  const made = story ? [`Made on ${story.made}.`] : [];
  const others = knobs.filter((knob) => !/^(seeds|conditions|first_seed|data):/.test(knob));
  const paired = `${seeds} seed${seeds === 1 ? '' : 's'} paired`;
  return [
    `${title}, otherwise${when}; ${paired}; on ${data.name}; by ${engine};`,
    `metacls ${code_version}.`,
    ...others.map((knob) => `${knob}.`),
    ...made,
    ...(digests[1] ? [`The branch’s digest is ${digests[1]}.`] : []),
  ].join(' ');
}

let drawn: ForkView | undefined;

/// Draws what is told; the plots are drawn with the page's charts.
export function draw({ shown, words }: Forks) {
  put(get('fork-words'), words);
  get('fork-shown').hidden = shown === undefined;
  if (!shown || shown.fork === drawn) return;
  drawn = shown.fork;
  const { fork, story } = shown;
  put(get('fork-shown-title'), story?.title ?? `${fork.title}, gone on otherwise`);
  put(get('fork-question'), story?.question ?? '');
  put(get('fork-found'), story?.found ?? '');
  put(get('fork-source'), source(shown));
  get('fork-made').hidden = story === undefined;
  put(get('fork-made-by'), story?.command ?? '');
  const [trunk, branch] = fork.links;
  get<HTMLAnchorElement>('fork-trunk').href = `#${trunk}`;
  get<HTMLAnchorElement>('fork-branch').href = `#${branch}`;
  get('fork-table').replaceChildren(tableOf(fork.head, fork.rows));
}

/// Shows whether the run in front can go on otherwise here.
export function refresh(state: Forks, course: Course | undefined, isOver: boolean, after: number) {
  const why = hindrance(course, isOver, after);
  const open = get<HTMLButtonElement>('fork-open');
  const isPossible = hindrance(course, isOver, 1) === undefined;
  open.disabled = !isPossible || state.isTraining;
  const isOpen = state.isOpen && isPossible && !state.isTraining;
  open.setAttribute('aria-expanded', String(isOpen));
  get('fork-form').hidden = !isOpen;
  if (!isOpen || !course) return;
  layers(course);
  put(get('fork-after'), why ?? `After ${after} of ${course.run.config.tasks} tasks:`);
  get<HTMLInputElement>('fork-seeds').max = String(course.run.config.seeds);
  get<HTMLButtonElement>('fork-run').disabled = why !== undefined;
}
