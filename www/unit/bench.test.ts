import { expect, test } from 'vitest';
import { words } from '../src/panes/bench';
import type { Found } from '../src/protocol';

const found: Found = {
  engine: 'gpu',
  adapter: 'a GPU',
  lanes: 80,
  hidden: [250, 250],
  second_order: false,
  lane_steps: 40_000,
  lane_images: 1e6,
  step_operations: 3e7,
  image_operations: 5e5,
  step_bytes: 3e6,
  plain_product: null,
  gpu: {
    dispatches: 9,
    threads_of_a_walk: 256,
    copied_bytes: 1.5e12,
    operations: 3.7e13,
    dispatch_seconds: 4e-6,
    floors: [1.6e-4, 6e-5, 3.6e-5],
    share: 0.08,
    stages: [],
    evaluation_images: 100,
    plain_product: 2e13,
    evaluation_share: 0.25,
    products_share: 0.6,
    evaluation_stages: [],
  },
};

test('a GPU is held against its own floors', () => {
  const said = words(found);
  expect(said).toContain('80 lanes side by side (250, 250 hidden units) on a GPU.');
  expect(said).toContain('A step of all lanes takes 2.00 ms;');
  expect(said).toContain('0.160 ms for its bytes');
  expect(said).toContain('8.0% of the nearest');
  expect(said).toContain('An evaluation of 100 images reaches 25% of the best plain product');
  expect(said).toContain('(20,000 G/s); its products alone 60%.');
});

test('cores are held against a plain product', () => {
  const said = words({ ...found, lanes: 1, second_order: true, plain_product: 1.5e11, gpu: null });
  expect(said).toContain('1 lane side by side (250, 250 hidden units, second order)');
  expect(said).toContain('150 G/s');
});
