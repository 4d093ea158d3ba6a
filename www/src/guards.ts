// Whether data from outside is what it is taken for: a host's lists, and what an earlier build, another tab
// or another program has left in the browser.

type Kinds = { string: string; number: number; boolean: boolean; 'string or null': string | null };

const isOf = (kind: keyof Kinds, value: unknown): boolean =>
  kind === 'string or null' ? value === null || typeof value === 'string' : typeof value === kind;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/// Whether it is a record with these fields, each of its kind.
export const hasFields = <T extends Record<string, keyof Kinds>>(
  value: unknown,
  fields: T,
): value is { [Name in keyof T]: Kinds[T[Name]] } =>
  isRecord(value) && Object.entries(fields).every(([name, kind]) => isOf(kind, value[name]));

/// A record's field, whatever it is.
export const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

/// A list of strings.
export const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
