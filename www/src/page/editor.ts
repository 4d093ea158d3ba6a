// The configuration editor: one row for each field that the analyst describes.
import { catalog, experimentOf } from '../catalog';
import { button, element, get, put } from '../dom';
import { fieldText } from '../format';
import type { Condition, Config, Field, Kind, Problem } from '../protocol';
import { type Choice, changed } from '../state/choice';
import type { View } from '../state/view';
import { STEPS, stepOf, valueAt } from './slider';

type Input = HTMLInputElement | HTMLSelectElement;
type Change = (name: string, value: unknown) => void;

/// Fields that are not rows of the form.
const HIDDEN = ['schema', 'data'];

const number = (text: string) => (Number.isNaN(Number(text)) ? text : Number(text));

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/// What a field's text means; text that means nothing is passed on, and the analyst says what is allowed.
export function parse(kind: Kind, text: string): unknown {
  switch (kind.kind) {
    case 'whole':
    case 'real':
      return text === '' ? text : number(text);
    case 'widths':
      return text === '' ? null : words(text).map(number);
    case 'set':
    case 'changes':
      return words(text);
    default:
      return text;
  }
}

/// What a field may be, in words.
export function allowed(kind: Kind): string {
  switch (kind.kind) {
    case 'whole':
    case 'real':
      return `${kind.min} to ${kind.max}`;
    case 'widths': {
      const none = kind.min_len === 0 ? 'empty, or ' : '';
      return `${none}${kind.max_len} numbers at most, each ${kind.min} to ${kind.max}`;
    }
    case 'set':
    case 'choice':
      return kind.options.join(', ');
    case 'changes':
      return 'NAME=VALUE, reset:LAYER, silence:LAYER, swap:LAYER:LAYER';
    case 'switch':
      return '';
  }
}

const isSwitch = (input: Input): input is HTMLInputElement =>
  input instanceof HTMLInputElement && input.type === 'checkbox';

const entered = (kind: Kind, input: Input) =>
  isSwitch(input) ? input.checked : parse(kind, input.value.trim());

function inputOf({ kind }: Field, attributes: Record<string, string>): Input {
  if (kind.kind === 'choice') {
    return element('select', attributes, ...kind.options.map((o) => element('option', { value: o }, o)));
  }
  return element('input', { ...attributes, type: kind.kind === 'switch' ? 'checkbox' : 'text' });
}

/// A slider beside the field, where a stretch of its range is to be explored.
function sliderOf({ name, label, kind, explored }: Field, change: Change): HTMLElement[] {
  if (!explored) return [];
  const range = { type: 'range', min: 0, max: STEPS, step: 1, 'data-slider': name };
  const slider = element('input', { ...range, 'aria-label': `${label}, slider` });
  slider.addEventListener('input', () => change(name, valueAt(explored, kind, Number(slider.value))));
  return [slider];
}

/// Puts the sliders where the values are.
function refreshSliders(fields: Field[], config: Config) {
  for (const slider of get('fields').querySelectorAll<HTMLInputElement>('[data-slider]')) {
    const name = slider.dataset['slider'];
    const explored = fields.find((f) => f.name === name)?.explored;
    const value = config[name as keyof Config];
    if (!explored || typeof value !== 'number') continue;
    if (document.activeElement !== slider) slider.value = String(stepOf(explored, value));
    slider.setAttribute('aria-valuetext', String(value));
  }
}

function row(field: Field, change: Change): HTMLElement {
  const id = `field-${field.name}`;
  const input = inputOf(field, { id, name: field.name, 'aria-describedby': `${id}-help` });
  input.addEventListener('input', () => change(field.name, entered(field.kind, input)));
  const slider = sliderOf(field, change);
  const range = allowed(field.kind);
  const help = `${field.meaning} ${range ? `Allowed: ${range}. ` : ''}Figures: ${field.paper}.`;
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, field.unit ? `${field.label} (${field.unit})` : field.label),
    input,
    ...slider,
    element('small', { id: `${id}-help` }, help),
  );
}

/// Makes the form: a group of rows for each group of fields.
function form(fields: Field[], change: Change) {
  const groups = new Map<string, HTMLElement[]>();
  for (const field of fields.filter((f) => !HIDDEN.includes(f.name))) {
    groups.set(field.group, [...(groups.get(field.group) ?? []), row(field, change)]);
  }
  const sets = [...groups].map(([name, rows]) =>
    element('fieldset', {}, element('legend', {}, name), ...rows),
  );
  get('fields').replaceChildren(...sets);
}

/// Makes the boxes of conditions.
function conditions(fields: Field[], change: Change) {
  const kind = fields.find((f) => f.name === 'conditions')?.kind;
  if (kind?.kind !== 'set') return;
  const root = get('conditions');
  const boxes = kind.options.map((name) => {
    const box = element('input', { type: 'checkbox', value: name });
    box.addEventListener('change', () => {
      const checked = [...root.querySelectorAll<HTMLInputElement>('input:checked')];
      change(
        'conditions',
        checked.map((b) => b.value),
      );
    });
    return element('label', {}, box, ` ${name}`);
  });
  root.replaceChildren(element('legend', {}, 'conditions'), ...boxes);
}

/// Gives the fields for numbers beside the editor their knobs' bounds.
function bounds(fields: Field[]) {
  for (const [id, name] of [
    ['seeds', 'seeds'],
    ['sweep-seeds', 'seeds'],
    ['first-seed', 'first_seed'],
  ] as const) {
    const kind = fields.find((f) => f.name === name)?.kind;
    if (kind?.kind !== 'whole') continue;
    Object.assign(get<HTMLInputElement>(id), { min: String(kind.min), max: String(kind.max) });
  }
}

/// Makes the editor; `choose` starts from an experiment's settings.
export function build(fields: Field[], change: Change, choose: (id: string) => void) {
  const presets = catalog.map(({ id, title, sentence }) =>
    button({ value: id, title: sentence }, title, () => choose(id)),
  );
  get('presets').replaceChildren(...presets);
  bounds(fields);
  conditions(fields, change);
  form(fields, change);
}

function refreshRow(input: Input, config: Config, differs: boolean, problem: Problem | undefined) {
  const value = config[input.name as keyof Config];
  if (document.activeElement !== input) {
    if (isSwitch(input)) input.checked = Boolean(value);
    else input.value = fieldText(value);
  }
  const row = input.parentElement;
  row?.classList.toggle('changed', differs);
  row?.querySelector('.problem')?.remove();
  input.setAttribute('aria-invalid', String(problem !== undefined));
  if (problem) row?.append(element('span', { class: 'problem' }, problem.message));
}

/// Shows a configuration's values, what differs from its experiment's, and what is wrong.
export function refresh({ config, experiment }: Choice, { problems, fields }: View) {
  const from = experimentOf(experiment);
  for (const preset of get('presets').querySelectorAll('button')) {
    preset.setAttribute('aria-pressed', String(preset.value === experiment));
  }
  put(get('summary-of-preset'), from?.sentence ?? '');
  for (const [id, value] of [
    ['seeds', config.seeds],
    ['first-seed', config.first_seed],
  ] as const) {
    const input = get<HTMLInputElement>(id);
    if (document.activeElement !== input) input.value = String(value);
  }
  for (const box of get('conditions').querySelectorAll<HTMLInputElement>('input')) {
    box.checked = config.conditions.includes(box.value as Condition);
  }
  const differs = changed(config, from?.config ?? config);
  for (const input of get('fields').querySelectorAll<Input>('input[name], select')) {
    const problem = problems.find((p) => p.field === input.name);
    refreshRow(input, config, differs.has(input.name as keyof Config), problem);
  }
  refreshSliders(fields, config);
}
