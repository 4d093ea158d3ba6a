// Whether a run comes out again: what is on record, the offer to run it again, and what came of it.
import type { Course } from '../course';
import { element, get, put, same, tableOf } from '../dom';
import { counted } from '../format';
import type { Expected, MeasureKind, MeasureOutcome, Spread } from '../protocol';
import { type Check, likenessWords, type Part } from '../state/check';

const kinds: Record<MeasureKind, string> = {
  accuracy: 'accuracy',
  active: 'active fraction',
  alpha: 'alpha',
  beta: 'beta',
};

/// Where numbers come from: "by the engine cpu, metacls 0.1.0, digest 00…".
export function provenance({ engine, adapter, code_version, digest }: Expected): string {
  const by = adapter === null ? engine : `${engine} (${adapter.replaceAll('_', ' ')})`;
  const proof = digest === null ? 'without digests' : `digest ${digest}`;
  return `by the engine ${by}, metacls ${code_version}, ${proof}`;
}

const seedsOf = ({ conditions }: Expected) => Math.max(0, ...conditions.map(({ seeds }) => seeds));

/// What a stored run says of itself.
export function onRecord({ expected, engine }: Course): string {
  if (!expected)
    return `It is not whole; what it has can be run again. It was made on ${engine?.adapter ?? ''}.`;
  const promise =
    expected.engine !== 'cpu'
      ? 'That engine’s sums depend on the machine: run again it agrees within a tolerance.'
      : expected.digest === null
        ? 'It was written before runs had digests: run again it agrees within a tolerance.'
        : 'The CPU engine gives the same bits in every browser and on every processor: so must this run.';
  return `On record: ${counted(seedsOf(expected), 'seed')} ${provenance(expected)}. ${promise}`;
}

/// What a link claims, before anything of it was run here.
const claimWords = (expected: Expected) =>
  [
    `This link claims what came out of ${counted(seedsOf(expected), 'seed')} ${provenance(expected)}.`,
    'Claimed: nothing of it has been checked here. Run it, and it is compared.',
  ].join(' ');

/// The parts of a stored run that can be run again, with their names.
export function partsOf({ run }: Course): { part: Part; words: string }[] {
  const { config } = run;
  const first = `seed ${config.first_seed}`;
  return [
    ...config.conditions.map((condition) => ({
      part: { seeds: 'first' as const, condition },
      words: `${first} under ${condition}`,
    })),
    {
      part: { seeds: 'first' as const },
      words: `${first}, ${counted(config.conditions.length, 'condition')}`,
    },
    ...(config.seeds > 1
      ? [{ part: { seeds: 'all' as const }, words: `all ${config.seeds} seeds, ${run.lanes.length} lanes` }]
      : []),
  ];
}

const spread = (of: Spread | null | undefined) =>
  !of ? '' : of.sd === null ? String(of.mean) : `${of.mean} (${of.sd})`;

/// A link's claim as a table, with what came out beside it as far as it did.
const claimTable = (measures: MeasureOutcome[]): HTMLElement =>
  tableOf(
    ['mean (SD) over seeds at the end', 'claimed', 'here', ''],
    measures.map(({ condition, kind, of, claimed, again, likeness }) => [
      `${condition}: ${kinds[kind]} ${of}`,
      spread(claimed),
      spread(again),
      likeness === null ? '' : element('span', { class: `likeness ${likeness}` }, likenessWords[likeness]),
    ]),
  );

/// The last word on a check; what is to come while it is under way.
function ending({ held, isOver, likeness, lanes, outcome, again }: Check): Node[] {
  if (!held) return [];
  const on = again ? ` Here: on ${again}.` : '';
  if (!isOver) {
    const so = lanes.length > 0 ? ` ${counted(lanes.length, 'lane')} so far.` : '';
    return [element('p', {}, `It is being run again.${so}${on}`)];
  }
  if (likeness === null) return [element('p', {}, `There was nothing to compare with.${on}`)];
  const digest =
    held.kind === 'link' && outcome
      ? ` Digest claimed ${held.expected.digest ?? 'none'}, here ${outcome.digest ?? 'none'}.`
      : '';
  const promised =
    outcome && !outcome.same_bits_promised
      ? ' The same bits are promised between runs of the CPU engine alone.'
      : '';
  return [
    element(
      'p',
      {},
      element('span', { class: `likeness ${likeness}` }, asSentence(likenessWords[likeness])),
      `.${on}${digest}${promised}`,
    ),
  ];
}

const asSentence = (words: string) => words.replace(/^./, (c) => c.toUpperCase());

let drawn: unknown[] = [];

/// Draws the section: of a link's claim where there is one, else of the stored run.
export function draw(check: Check, stored: Course | undefined, isBusy: boolean) {
  const now = [check, stored, isBusy];
  if (same(now, drawn)) return;
  drawn = now;
  const { claim, held, lanes, outcome, problem } = check;
  get('check').hidden = claim === undefined && stored?.file === undefined && held === undefined;
  const isOfLink = claim !== undefined && held?.kind !== 'file';
  const source = isOfLink ? claimWords(claim.expected) : stored ? onRecord(stored) : '';
  put(get('check-source'), source);
  get('check-offer').hidden = stored?.file === undefined || isOfLink;
  get<HTMLButtonElement>('check-run').disabled = isBusy;
  get<HTMLButtonElement>('check-claim').hidden = !isOfLink;
  get<HTMLButtonElement>('check-claim').disabled = isBusy;
  if (stored) offer(stored);
  const list = element('ul', {}, ...lanes.map((words) => element('li', {}, words)));
  get('check-result').replaceChildren(
    ...(problem ? [element('p', {}, problem)] : []),
    ...ending(check),
    ...(isOfLink ? [claimTable(outcome?.measures ?? claim.claimed)] : []),
    ...(lanes.length > 0 ? [list] : []),
  );
}

let offered: Course | undefined;

/// The parts of the stored run, as choices.
function offer(stored: Course) {
  if (offered === stored) return;
  offered = stored;
  const options = partsOf(stored).map(({ words }, i) => element('option', { value: i }, words));
  get<HTMLSelectElement>('check-part').replaceChildren(...options);
}

/// The part that is chosen.
export const chosenPart = (stored: Course): Part | undefined =>
  partsOf(stored)[Number(get<HTMLSelectElement>('check-part').value)]?.part;
