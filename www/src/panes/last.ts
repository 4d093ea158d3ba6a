// The run in front beside the last one: in which settings they differ, and what came of it.
import { type Course, compared, lastAt, pointsOf, reached } from '../course';
import { element, get, same, tableOf } from '../dom';
import { accuracy, fieldText, fixed, percent, rate } from '../format';
import type { Condition, Config, Field, SummaryPoint } from '../protocol';
import { changed } from '../state/choice';

/// What is compared of a layer, a matrix or a head, with its name.
type Measure = { name: string; of(point: SummaryPoint): number | undefined; say(value: number): string };

function measures({ run }: Course): Measure[] {
  return [
    ...run.heads.map(({ name, chance }, h) => ({
      name: `accuracy, ${name}`,
      of: (p: SummaryPoint) => p.accuracy[h]?.mean,
      say: (x: number) => accuracy(x, chance),
    })),
    ...run.layers.flatMap((layer, l) => [
      { name: `active, ${layer.name}`, of: (p: SummaryPoint) => p.active[l]?.mean, say: percent },
      { name: `speed, ${layer.name}`, of: (p: SummaryPoint) => p.alpha[layer.matrix]?.mean, say: rate },
      {
        name: `competition, ${layer.name}`,
        of: (p: SummaryPoint) => p.beta[l]?.mean,
        say: (x: number) => fixed(x, 2),
      },
    ]),
  ];
}

/// A field's value in words.
const said = (config: Config, name: string) => fieldText(config[name as keyof Config]) || 'none';

/// In which settings two runs differ, a sentence for each.
export function differences(now: Course, last: Course, fields: Field[]): string[] {
  const [a, b] = [now.run.config, last.run.config];
  const names = [...changed(a, b)].filter((name) => name !== 'schema');
  return names.map((name) => {
    const label = fields.find((f) => f.name === name)?.label ?? name;
    return `${label}: ${said(a, name)}, last ${said(b, name)}`;
  });
}

const end = (course: Course, condition: Condition, at: number) =>
  lastAt(pointsOf(course, condition), at, (p) => p.accuracy.length > 0);

/// The rows of the table, at a point that both have reached.
export function rows(now: Course, last: Course, at: number): string[][] {
  const theirs = measures(last);
  return compared(now.run.config.conditions).flatMap((condition) => {
    const [a, b] = [end(now, condition, at), end(last, condition, at)];
    if (!a || !b) return [];
    return measures(now).flatMap(({ name, of, say }) => {
      const value = of(a);
      const before = theirs.find((m) => m.name === name)?.of(b);
      if (value === undefined) return [];
      return [[condition, name, say(value), before === undefined ? 'not there' : say(before)]];
    });
  });
}

/// What the comparison was drawn of: the page is told of every step of a run.
let drawn: unknown[] = [];

/// Shows the comparison, where there are two runs of this machine.
export function draw(now: Course | undefined, last: Course | undefined, fields: Field[]) {
  const isThere = now?.kind === 'live' && last !== undefined;
  get('last').hidden = !isThere;
  if (!isThere) return;
  const of = [now.run, now.summary, last, fields];
  if (same(of, drawn)) return;
  drawn = of;
  const differ = differences(now, last, fields);
  const list = element('ul', {}, ...differ.map((words) => element('li', {}, words)));
  const alike = element('p', {}, 'The settings are the same.');
  const at = Math.min(reached(now), reached(last));
  const found = rows(now, last, at);
  const head = ['condition', 'measure', 'this run', 'last run'];
  const when = element('p', { class: 'secondary' }, `Means over seeds, after ${at} tasks in both.`);
  const none = element('p', { class: 'secondary' }, 'Nothing is measured in both yet.');
  get('last-result').replaceChildren(
    differ.length > 0 ? list : alike,
    ...(found.length > 0 ? [when, tableOf(head, found)] : [none]),
  );
}
