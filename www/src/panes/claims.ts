// The claims with their rules, effects, intervals and verdicts; what the paper does not claim is marked ours.
import { experimentOf } from '../catalog';
import { type Course, isOver } from '../course';
import { element, get, put, tableOf } from '../dom';
import { effect, probability, verdicts } from '../format';
import type { Outcome, PartOutcome } from '../protocol';

/// The claims that stand there.
let standing: Outcome[] | undefined;

/// What stands above the claims; or why there are none.
export function source(shown: Course): string {
  const { config, experiment } = shown.run;
  if (shown.claims.length > 0) {
    const seeds = `${config.seeds} seed${config.seeds === 1 ? '' : 's'}`;
    const run = shown.kind === 'stored' ? 'Stored run' : 'This run';
    const alone = config.seeds === 1 ? ['One seed judges nothing: more of them do.'] : [];
    return [
      `${run}: ${seeds} on ${shown.data?.name ?? 'unknown images'}; each rule was fixed before.`,
      'Intervals are 95% bootstrap intervals over seeds,',
      'p is the paired sign-flip test’s after Holm’s correction.',
      ...alone,
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

type Row = (string | Node)[];

function rowsOf(claim: Outcome): Row[] {
  const number = claim.number === null ? 'ours' : String(claim.number);
  const verdict = element('span', { class: `verdict ${claim.verdict}` }, verdicts[claim.verdict]);
  if (claim.parts.length === 0) return [[number, claim.sentence, '', '', '', verdicts[claim.verdict]]];
  const p = claim.p_holm === null ? '' : ` p ${probability(claim.p_holm)}`;
  return claim.parts.map((part, i) => {
    const isFirst = i === 0;
    const mark = claim.number === null ? '' : part.holds ? '✓' : '✗';
    return [
      isFirst ? number : '',
      isFirst ? claim.sentence : '',
      `${part.what}${part.rule ? `: ${part.rule}` : ''}`,
      estimate(part),
      part.effect_size === null ? '' : part.effect_size.toFixed(1),
      isFirst ? element('span', {}, verdict, p) : mark,
    ];
  });
}

/// Draws the claims of the run in front; of the stored one behind it while the run has no verdicts yet.
export function draw(front: Course, behind: Course | undefined) {
  const shown = front.claims.length > 0 ? front : (behind ?? front);
  put(get('claims-source'), source(shown));
  if (shown.claims === standing) return;
  standing = shown.claims;
  const head = ['', 'claim', 'rule', 'effect and interval', 'd', 'verdict'];
  get('claims').replaceChildren(
    ...(shown.claims.length > 0 ? [tableOf(head, shown.claims.flatMap(rowsOf))] : []),
  );
}
