// Which runs ask the reader for images first.
import { expect, test } from 'vitest';
import type { Chosen } from '../src/images';
import { mnistWords, question } from '../src/page/offer';
import type { DataSet, Origin } from '../src/protocol';

const view = (kind: DataSet, origin: Origin | null) => ({
  data: { kind, name: kind, digest: '', train: 60, test: 30, side: 28, classes: 10 },
  origin,
});
const own = view('digits', null);
const ask = (wanted: DataSet, seen: ReturnType<typeof view>, chosen: Chosen | undefined) =>
  question(wanted, seen, { chosen });

test('digits that nobody has chosen are asked about where the settings are for other images', () => {
  expect(ask('mnist', own, undefined)).toBe('which');
  expect(ask('custom', own, undefined)).toBe('which');
  expect(ask('digits', own, undefined)).toBe('none');
});

test('what was chosen before is not asked again', () => {
  expect(ask('mnist', own, 'digits')).toBe('none');
  expect(ask('custom', own, 'digits')).toBe('none');
  // MNIST that was chosen and is gone is fetched again.
  expect(ask('mnist', own, 'mnist')).toBe('again');
  expect(ask('digits', own, 'mnist')).toBe('none');
});

test('nothing is asked with MNIST, or with files of the reader’s', () => {
  for (const origin of ['served', 'kept', 'mirror', 'dropped'] as const) {
    for (const chosen of [undefined, 'mnist', 'digits'] as const) {
      expect(ask('mnist', view('mnist', origin), chosen)).toBe('none');
    }
  }
  expect(ask('mnist', view('custom', 'dropped'), undefined)).toBe('none');
});

test('the words say where MNIST comes from, and how much it is', () => {
  expect(mnistWords('mirror')).toBe('fetch MNIST (11 MB) from raw.githubusercontent.com');
  expect(mnistWords('kept')).not.toContain('fetch');
});
