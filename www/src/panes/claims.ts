// The claims with their rules, effects, intervals and verdicts; what the paper does not claim is marked ours.
import { experimentOf } from '../catalog';
import { type Course, isOver } from '../course';
import { element, get, put } from '../dom';
import { effect, probability, verdicts } from '../format';
import type { Outcome, PartOutcome } from '../protocol';

/// The claims that stand there.
let standing: Outcome[] | undefined;

/// What judges, where there is more than one seed.
const JUDGED = [
  'Intervals are 95% bootstrap intervals over seeds,',
  'p is the paired sign-flip test’s after Holm’s correction.',
];

/// Fewer seeds than these judge nothing: src/analysis/claims.rs.
const FEWEST = 2;

/// What stands above the claims; or why there are none.
export function source(shown: Course): string {
  const { config, experiment } = shown.run;
  if (shown.claims.length > 0) {
    const seeds = `${config.seeds} seed${config.seeds === 1 ? '' : 's'}`;
    const run = shown.kind === 'stored' ? 'Stored run' : 'This run';
    return [
      `${run}: ${seeds} on ${shown.data?.name ?? 'unknown images'}; each rule was fixed before.`,
      ...(config.seeds === 1 ? ['One seed judges nothing: more of them do.'] : JUDGED),
    ].join(' ');
  }
  const title = experimentOf(experiment)?.title;
  if (title === undefined) {
    return 'This run belongs to no experiment: there are no claims to hold against it.';
  }
  return isOver(shown)
    ? `${title} makes no claims to hold against this run.`
    : `What ${title} claims is held against this run as soon as a seed is through.`;
}

/// A part's effect with its interval; nothing where it is not measured.
const estimate = ({ effect: value, interval }: PartOutcome) =>
  value === null ? '' : `${effect(value)}${interval ? ` [${interval.map(effect).join(', ')}]` : ''}`;

/// The columns, by the names that a narrow window's cards have for what is in them.
const COLUMNS = [
  ['number', ''],
  ['claim', 'claim'],
  ['rule', 'rule'],
  ['effect', 'effect and interval'],
  ['size', 'd'],
  ['verdict', 'verdict'],
] as const;

/// A row. Roles are said, for where rows stand as cards a browser may take them for no rows.
function row(...cells: (string | Node)[]): HTMLTableRowElement {
  const made = cells.map((cell, i) => {
    const [name, head] = COLUMNS[i] ?? ['', ''];
    return element('td', { role: 'cell', 'data-column': name, 'data-head': head }, cell);
  });
  return element('tr', { role: 'row' }, ...made);
}

/// A claim: a row for each part, the first with its sentence and verdict.
function card(claim: Outcome): HTMLTableSectionElement {
  const number = claim.number === null ? 'ours' : String(claim.number);
  const verdict = element('span', { class: `verdict ${claim.verdict}` }, verdicts[claim.verdict]);
  const p = claim.p_holm === null ? '' : ` p ${probability(claim.p_holm)}`;
  const body = element('tbody', { role: 'rowgroup', class: claim.number === null ? 'ours' : '' });
  if (claim.parts.length === 0) body.append(row(number, claim.sentence, '', '', '', verdict));
  claim.parts.forEach((part, i) => {
    const isFirst = i === 0;
    const mark = claim.number === null || part.n < FEWEST ? '' : part.holds ? '✓' : '✗';
    body.append(
      row(
        isFirst ? number : '',
        isFirst ? claim.sentence : '',
        `${part.what}${part.rule ? `: ${part.rule}` : ''}`,
        estimate(part),
        part.effect_size === null ? '' : part.effect_size.toFixed(1),
        isFirst ? element('span', {}, verdict, p) : mark,
      ),
    );
  });
  return body;
}

/// All claims, in one table: of rows, or in a narrow window of cards.
function table(claims: Outcome[]): HTMLTableElement {
  const heads = COLUMNS.map(([name, head]) =>
    element('th', { role: 'columnheader', scope: 'col', 'data-column': name }, head),
  );
  const head = element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads));
  return element('table', { role: 'table' }, head, ...claims.map(card));
}

/// Draws the claims of the run in front; of the stored one behind it while the run has no verdicts yet.
export function draw(front: Course, behind: Course | undefined) {
  const shown = front.claims.length > 0 ? front : (behind ?? front);
  put(get('claims-source'), source(shown));
  if (shown.claims === standing) return;
  standing = shown.claims;
  get('claims').replaceChildren(...(shown.claims.length > 0 ? [table(shown.claims)] : []));
}
