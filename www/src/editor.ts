// The configuration editor: one row for each field the worker describes.
import { element } from './format';
import type { Config, Experiment, Field, Problem } from './protocol';
import { changed } from './state';

type Value = Config[keyof Config];

const id = (field: Field) => `field-${field.name}`;

/// What an input's text means; text that means nothing is passed on, and the worker says what is allowed.
function parse(field: Field, input: HTMLInputElement | HTMLSelectElement): Value {
  if (input instanceof HTMLInputElement && input.type === 'checkbox') return input.checked;
  const text = input.value.trim();
  switch (field.kind.kind) {
    case 'whole':
    case 'real':
      return (text === '' || Number.isNaN(Number(text)) ? text : Number(text)) as Value;
    case 'widths':
      if (text === '') return null;
      return text.split(/[\s,]+/).map((n) => (Number.isNaN(Number(n)) ? n : Number(n))) as Value;
    case 'set':
      return text.split(/[\s,]+/).filter(Boolean) as Value;
    default:
      return text as Value;
  }
}

function range(field: Field): string {
  const kind = field.kind;
  switch (kind.kind) {
    case 'whole':
    case 'real':
      return `${kind.min} to ${kind.max}`;
    case 'widths':
      return `${kind.min_len === 0 ? 'empty, or ' : ''}${kind.max_len} numbers at most, each ${kind.min} to ${kind.max}`;
    case 'set':
    case 'choice':
      return kind.options.join(', ');
    case 'switch':
      return '';
  }
}

const shown = (value: Value) =>
  value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);

export function build(form: HTMLFormElement, fields: Field[], change: (name: string, value: Value) => void) {
  form.replaceChildren();
  const groups = new Map<string, HTMLFieldSetElement>();
  for (const field of fields) {
    if (field.name === 'schema' || field.name === 'data') continue;
    let group = groups.get(field.group);
    if (!group) {
      group = document.createElement('fieldset');
      const legend = document.createElement('legend');
      legend.textContent = field.group;
      group.append(legend);
      groups.set(field.group, group);
      form.append(group);
    }
    const row = document.createElement('div');
    row.className = 'field';
    const label = document.createElement('label');
    label.htmlFor = id(field);
    label.textContent = field.unit ? `${field.label} (${field.unit})` : field.label;
    let input: HTMLInputElement | HTMLSelectElement;
    if (field.kind.kind === 'choice') {
      input = document.createElement('select');
      input.append(...field.kind.options.map((o) => new Option(o, o)));
    } else {
      input = document.createElement('input');
      input.type = field.kind.kind === 'switch' ? 'checkbox' : 'text';
    }
    input.id = id(field);
    input.name = field.name;
    const small = document.createElement('small');
    small.id = `${id(field)}-help`;
    const allowed = range(field);
    small.textContent = `${field.meaning} ${allowed ? `Allowed: ${allowed}. ` : ''}Paper: ${field.paper}.`;
    input.setAttribute('aria-describedby', small.id);
    input.addEventListener('input', () => change(field.name, parse(field, input)));
    row.append(label, input, small);
    group.append(row);
  }
  form.addEventListener('submit', (event) => event.preventDefault());
}

/// Shows a configuration's values, what differs from the preset, and what is wrong.
export function refresh(form: HTMLFormElement, config: Config, preset: Config, problems: Problem[]) {
  const differs = changed(config, preset);
  for (const input of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) {
    const name = input.name as keyof Config;
    if (document.activeElement !== input) {
      if (input instanceof HTMLInputElement && input.type === 'checkbox')
        input.checked = Boolean(config[name]);
      else input.value = shown(config[name]);
    }
    const row = input.parentElement;
    row?.classList.toggle('changed', differs.has(name));
    row?.querySelector('.problem')?.remove();
    const problem = problems.find((p) => p.field === name);
    input.setAttribute('aria-invalid', String(Boolean(problem)));
    if (problem && row) {
      const words = document.createElement('span');
      words.className = 'problem';
      words.textContent = problem.message;
      row.append(words);
    }
  }
}

/// The fields that make an experiment another one: seeds and conditions do not.
export const settings = (a: Config, b: Config): string[] =>
  [...changed(a, b)].filter(
    (name) => !['seeds', 'first_seed', 'conditions', 'evaluate_every', 'data'].includes(name),
  );

export function presets(place: HTMLElement, experiments: Experiment[], choose: (id: string) => void) {
  place.replaceChildren(
    ...experiments.map((e) => {
      const button = element('button', { type: 'button', value: e.id, title: e.sentence }, e.title);
      button.addEventListener('click', () => choose(e.id));
      return button;
    }),
  );
}

export function conditions(place: HTMLElement, fields: Field[], change: (list: string[]) => void) {
  const names = fields.find((f) => f.name === 'conditions')?.kind;
  if (names?.kind !== 'set') return;
  const boxes = names.options.map((name) => {
    const box = element('input', { type: 'checkbox', value: name });
    box.addEventListener('change', () => {
      change([...place.querySelectorAll<HTMLInputElement>('input:checked')].map((b) => b.value));
    });
    return element('label', {}, box, ` ${name}`);
  });
  place.replaceChildren(element('legend', {}, 'conditions'), ...boxes);
}
