// The numbers of every chart as a table: mean and, in brackets, SD over seeds.
import type { Course } from '../course';
import { get, tableOf } from '../dom';
import { decimals } from '../format';
import type { Estimate } from '../protocol';

const text = (e: Estimate | undefined, digits: number) =>
  e ? e.mean.toFixed(digits) + (e.sd === null ? '' : ` (${e.sd.toFixed(digits)})`) : '';

export function draw({ run, summary }: Course) {
  if (!summary) {
    get('table').replaceChildren();
    return;
  }
  const { layers, matrices, heads } = run;
  const head = [
    'condition',
    'tasks',
    'seeds',
    ...heads.map(({ name }) => (heads.length > 1 ? `accuracy ${name}` : 'accuracy')),
    ...layers.map(({ name }) => `active ${name}`),
    ...matrices.map(({ name }) => `alpha ${name}`),
    ...layers.map(({ name }) => `beta ${name}`),
  ];
  const rows = summary.conditions.flatMap(({ condition, points }) =>
    points.map((p) => [
      condition,
      String(p.tasks_learned),
      String(p.alpha[0]?.n ?? 0),
      ...heads.map(({ chance }, h) => text(p.accuracy[h], decimals(chance))),
      ...layers.map((_, l) => text(p.active[l], 3)),
      ...matrices.map((_, m) => text(p.alpha[m], 4)),
      ...layers.map((_, l) => text(p.beta[l], 3)),
    ]),
  );
  get('table').replaceChildren(tableOf(head, rows));
}
