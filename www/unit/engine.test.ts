import { expect, test } from 'vitest';
import { engineWords } from '../src/page/status';
import type { EngineInfo } from '../src/protocol';
import { fold, initialView } from '../src/state/view';

const cpu: EngineInfo = { kind: 'cpu', adapter: 'CPU, matrix products', backend: '', self_test: 1e-6 };

test('the badge says which lanes went on on another engine, and from where', () => {
  const changes = ['from step 1200 on seeds 4 to 7 on CPU, matrix products'];
  const view = fold(initialView, { type: 'engine', info: cpu, workers: 0, notice: null, changes });
  expect(engineWords(view.engine, view.engineChanges)).toBe(
    'Engine: CPU, matrix products; self-test passed (deviation 1e-6); ' +
      'from step 1200 on seeds 4 to 7 on CPU, matrix products.',
  );
  // The next run has its own.
  const next = fold(view, { type: 'engine', info: cpu, workers: 0, notice: null, changes: [] });
  expect(engineWords(next.engine, next.engineChanges)).toBe(
    'Engine: CPU, matrix products; self-test passed (deviation 1e-6).',
  );
  expect(engineWords(undefined)).toBe('Engine: not started.');
});
