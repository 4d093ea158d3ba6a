// One sentence on what is to be seen, with the numbers shown.
import { type Course, compared, measuredAt, topLayer } from '../course';
import { accuracy, percent, rate } from '../format';
import { stretches, untrained } from '../words';

/// `cut` says what a lesion costs, where there is one.
export function callout(course: Course, at: number, cut: string): string {
  const { run } = course;
  const [one, two] = compared(run.config.conditions);
  if (!one || !two) return '';
  const [base, meta] = [measuredAt(course, one, at), measuredAt(course, two, at)];
  if (!base || !meta || base.tasks_learned !== at) return '';
  if (at === 0) return untrained(run.config);
  if (cut) return cut;
  const top = topLayer(run);
  const name = (l: number) => run.layers[l]?.name ?? '';
  const learns = (l: number) => {
    const alpha = meta.alpha[run.layers[l]?.matrix ?? -1]?.mean ?? 0;
    return alpha <= 0 ? `${name(l)} does not learn` : `${name(l)} learns at ${rate(alpha)}`;
  };
  const active = (point: typeof meta) => percent(point.active[top]?.mean ?? 0);
  const heads = run.heads.map(({ name, chance }, h) => {
    const value = (point: typeof meta) => accuracy(point.accuracy[h]?.mean ?? 0, chance);
    return `${run.heads.length > 1 ? `${name} ` : ''}accuracy ${value(meta)} against ${value(base)}`;
  });
  const back = course.kind === 'stored' && at === run.config.tasks ? ' Drag the handle back to task 0.' : '';
  const { seeds } = run.config;
  const whose = seeds > 1 ? `Mean of ${seeds} seeds, after` : 'After';
  return [
    `${whose} ${at} ${stretches(run.config, at)} ${two} keeps ${active(meta)} of ${name(top)} active,`,
    `${one} ${active(base)};`,
    `in ${two} ${learns(top)}, ${learns(0)}.`,
    `Its ${heads.join(', ')}. Nothing rewarded silence.${back}`,
  ].join(' ');
}
