// The Lab's form for sweeps: one or two fields, the values of each, and how much that is.
import { element, get, put } from '../dom';
import type { Config, Field } from '../protocol';
import type { Choice } from '../state/choice';
import {
  partsOf,
  type Range,
  rangeOf,
  rangeText,
  type Sweeps,
  valuesOf,
  variable,
  varied,
} from '../state/sweep';

type Handlers = {
  /// Other values are asked for.
  change(vary: string[]): void;
  seeds(count: number): void;
  begin(): void;
};

type Row = {
  field: HTMLSelectElement;
  values: HTMLInputElement;
  range: HTMLElement;
  ends: Record<keyof Range, HTMLInputElement | HTMLSelectElement>;
};

/// So many fields are varied at most.
const ROWS = 2;

let rows: Row[] = [];

const option = ({ name, label }: Field) => element('option', { value: name }, `${label} (${name})`);

function selectOf(fields: Field[], label: string): HTMLSelectElement {
  const all = variable(fields);
  const group = (words: string, list: Field[]) => {
    const made = element('optgroup', { label: words });
    made.append(...list.map(option));
    return made;
  };
  return element(
    'select',
    { 'aria-label': label },
    element('option', { value: '' }, 'nothing'),
    group(
      'over a range',
      all.filter((f) => f.explored),
    ),
    group(
      'single values',
      all.filter((f) => !f.explored),
    ),
  );
}

function rowOf(fields: Field[], n: number): Row {
  const which = n === 0 ? 'first field' : 'second field';
  const input = (label: string, more: Record<string, string> = {}) =>
    element('input', { type: 'text', 'aria-label': `${which}: ${label}`, ...more });
  const scale = element(
    'select',
    { 'aria-label': `${which}: steps` },
    element('option', { value: 'log' }, 'equal ratios'),
    element('option', { value: 'linear' }, 'equal differences'),
  );
  const ends = {
    from: input('from', { size: '7' }),
    to: input('to', { size: '7' }),
    count: input('how many', { inputmode: 'numeric', size: '3' }),
    scale,
  };
  return {
    field: selectOf(fields, which),
    values: input('values', { class: 'values' }),
    range: element(
      'span',
      { class: 'range' },
      ends.count,
      ' from ',
      ends.from,
      ' to ',
      ends.to,
      ' at ',
      scale,
    ),
    ends,
  };
}

const asked = () => rows.flatMap(({ field, values }) => varied(field.value, values.value));

/// Makes the form.
export function build(fields: Field[], config: () => Config, handlers: Handlers) {
  rows = Array.from({ length: ROWS }, (_, n) => rowOf(fields, n));
  const changed = () => handlers.change(asked());
  for (const { field, values, ends } of rows) {
    field.addEventListener('change', () => {
      const chosen = fields.find(({ name }) => name === field.value);
      values.value = chosen ? valuesOf(chosen, config()) : '';
      changed();
    });
    values.addEventListener('input', changed);
    for (const end of Object.values(ends)) {
      end.addEventListener('input', () => {
        const [scale, from, to, count] = [ends.scale, ends.from, ends.to, ends.count].map((e) =>
          e.value.trim(),
        );
        const isLog = scale === 'log';
        const range = {
          scale: isLog ? 'log' : 'linear',
          from: from ?? '',
          to: to ?? '',
          count: count ?? '',
        } as const;
        values.value = rangeText(range);
        changed();
      });
    }
  }
  const lines = rows.map(({ field, values, range }, n) =>
    element(
      'p',
      { class: 'row' },
      n === 0 ? 'over ' : 'and over ',
      field,
      range,
      element('label', {}, 'values ', values),
    ),
  );
  get('sweep-form').replaceChildren(...lines);
  get('sweep-form').addEventListener('submit', (e) => e.preventDefault());
  get<HTMLInputElement>('sweep-seeds').addEventListener('input', (e) =>
    handlers.seeds(Number((e.target as HTMLInputElement).value)),
  );
  get('sweep-begin').addEventListener('click', handlers.begin);
}

/// Writes a value into a control that the reader is not at.
function fill(control: HTMLInputElement | HTMLSelectElement, value: string) {
  if (document.activeElement !== control) control.value = value;
}

/// Shows what is asked for.
export function refresh({ vary, config }: Choice, state: Sweeps, canBegin: boolean) {
  const { plan, at } = state;
  fill(get<HTMLInputElement>('sweep-seeds'), String(config.seeds));
  for (const [n, { field, values, range, ends }] of rows.entries()) {
    const part = partsOf(vary[n] ?? '=');
    fill(field, part.name);
    fill(values, part.values);
    field.disabled = n > 0 && rows[0]?.field.value === '';
    values.disabled = part.name === '';
    const found = rangeOf(values.value);
    range.hidden = !found;
    if (found) for (const name of ['from', 'to', 'count', 'scale'] as const) fill(ends[name], found[name]);
  }
  const more = vary.length > ROWS ? ` The link varies more: ${vary.slice(ROWS).join(', ')}.` : '';
  const words =
    at !== undefined
      ? 'A sweep is under way: see “Sweeps and forks” below.'
      : vary.length === 0
        ? 'Choose a field.'
        : (plan?.problem ?? plan?.words ?? '');
  put(get('sweep-plan'), `${words}${more}`);
  get('sweep-plan').classList.toggle('problem', plan?.problem != null && at === undefined);
  get<HTMLButtonElement>('sweep-begin').disabled = !canBegin || at !== undefined;
  get('sweep-here').hidden = !canBegin;
}
