import { expect, test } from 'vitest';
import { adapterOf, type Gpu } from '../src/adapter';
import { GPU_PATIENCE } from '../src/protocol';

const arc = { info: { vendor: 'intel', architecture: 'xe', description: '', device: 'Arc' } };

/// Answers one after the other, the last for ever.
function answering(...answers: (() => Promise<{ info: object } | null>)[]) {
  let asked = 0;
  const gpu: Gpu = {
    requestAdapter: () => (answers[Math.min(asked++, answers.length - 1)] as (typeof answers)[0])(),
  };
  return { gpu, asked: () => asked };
}
const never = () => new Promise<null>(() => {});
/// Time that passes at once, but after what is ready.
const quick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test('an adapter has its name', async () => {
  const { gpu, asked } = answering(async () => arc);
  expect(await adapterOf(gpu, quick)).toEqual({ name: 'intel xe Arc', is_software: false, silent: null });
  expect(asked()).toBe(1);
  const software = answering(async () => ({ info: { ...arc.info, isFallbackAdapter: true } }));
  expect((await adapterOf(software.gpu, quick)).is_software).toBe(true);
});

test('where there is none at first it is asked for again', async () => {
  const { gpu, asked } = answering(
    async () => null,
    async () => arc,
  );
  expect((await adapterOf(gpu, quick)).name).toBe('intel xe Arc');
  expect(asked()).toBe(2);
  const gone = answering(async () => null);
  expect(await adapterOf(gone.gpu, quick)).toEqual({ name: '', is_software: false, silent: null });
  expect(gone.asked()).toBe(2);
});

test('who never answers is waited for eight seconds and not asked again', async () => {
  const { gpu, asked } = answering(never);
  const waited: number[] = [];
  const pass = (seconds: number) => {
    waited.push(seconds);
    return quick();
  };
  expect((await adapterOf(gpu, pass)).silent).toBe(GPU_PATIENCE);
  expect([asked(), waited]).toEqual([1, [8]]);
  const later = answering(async () => null, never);
  expect((await adapterOf(later.gpu, quick)).silent).toBe(8);
});

test('no WebGPU and one that refuses have no name', async () => {
  expect((await adapterOf(undefined, quick)).name).toBe('');
  const { gpu } = answering(() => Promise.reject(new Error('blocked')));
  expect((await adapterOf(gpu, quick)).name).toBe('');
});
