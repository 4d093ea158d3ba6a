// The paper's claims with their rules, effects, intervals and verdicts; what the paper does not claim is marked ours.
import type { Course } from './course';
import { effect, element, probability, tableOf, verdicts } from './format';

/// The claims that stand there.
let standing: Course['claims'] | undefined;

export function draw(front: Course, behind: Course | undefined) {
  const place = document.getElementById('claims');
  const source = document.getElementById('claims-source');
  if (!place || !source) return;
  // A run in progress has no verdicts yet: the stored run's stand there, and say so.
  const shown = front.claims.length > 0 ? front : (behind ?? front);
  const { config } = shown.run;
  const words =
    shown.claims.length === 0
      ? 'These settings have the shape of no figure of the paper: there are no claims to hold against them.'
      : `${shown.kind === 'stored' ? 'Stored run' : 'This run'}: ${config.seeds} seed${config.seeds === 1 ? '' : 's'} on ${shown.data?.name ?? 'unknown images'}; each rule was fixed before. Intervals are 95% bootstrap intervals over seeds, p is the paired sign-flip test’s after Holm’s correction.`;
  if (source.textContent !== words) source.textContent = words;
  if (shown.claims === standing) return;
  standing = shown.claims;
  if (shown.claims.length === 0) {
    place.replaceChildren();
    return;
  }
  const rows = shown.claims.flatMap((claim) =>
    claim.parts.length === 0
      ? [
          [
            claim.number === null ? 'ours' : String(claim.number),
            claim.sentence,
            '',
            '',
            '',
            verdicts[claim.verdict],
          ],
        ]
      : claim.parts.map((part, i) => {
          const first = i === 0;
          const verdict = element('span', { class: `verdict ${claim.verdict}` }, verdicts[claim.verdict]);
          const p = claim.p_holm === null ? '' : `p ${probability(claim.p_holm)}`;
          return [
            first ? (claim.number === null ? 'ours' : String(claim.number)) : '',
            first ? claim.sentence : '',
            `${part.what}${part.rule ? `: ${part.rule}` : ''}`,
            part.effect === null || part.interval === null
              ? '–'
              : `${effect(part.effect)} [${effect(part.interval[0])}, ${effect(part.interval[1])}]`,
            part.effect_size === null ? '' : part.effect_size.toFixed(1),
            first
              ? element('span', {}, verdict, p && ` ${p}`)
              : claim.number === null || part.n === 0
                ? ''
                : part.holds
                  ? '✓'
                  : '✗',
          ];
        }),
  );
  place.replaceChildren(tableOf(['', 'claim', 'rule', 'effect and interval', 'd', 'verdict'], rows));
}
