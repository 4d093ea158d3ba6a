// A run for tests: two layers or two pathways, two conditions, two seeds, three tasks.
import { type Course, liveCourse } from '../src/course';
import type {
  Condition,
  Config,
  Estimate,
  LesionDescription,
  RunDescription,
  SummaryPoint,
  TaskRecord,
} from '../src/protocol';

/// Not all knobs: those that the page's functions read, so that another knob changes nothing here.
export const config = {
  schema: 1,
  data: 'digits',
  stream: 'rotated',
  order: 'sequential',
  own_heads: false,
  tasks: 3,
  degrees_per_task: 9,
  samples_per_task: 20,
  batch: 5,
  replay: 5,
  memory: 100,
  glances: 1,
  hidden: [24, 16],
  pathways: null,
  item_head: false,
  unit_length_inputs: true,
  competition: true,
  k_fraction: 0.01,
  alpha_0: 0.01,
  beta_0: 0.1,
  eta_alpha: 0.001,
  eta_beta: 0.01,
  sync_update: false,
  eta_w: 0.01,
  clip_norm: 2,
  second_order: true,
  evaluation_images: 20,
  evaluate_every: 1,
  evaluate_on: 'test',
  conditions: ['baseline', 'meta'],
  first_seed: 0,
  seeds: 2,
  fork_at: 0,
  fork: [],
} as Config;

const intact: LesionDescription = { lesion: 'intact', name: 'intact', layer: null, units: 0 };

/// Two layers, one head.
export const run: RunDescription = {
  experiment: null,
  config,
  layers: [
    { name: 'h1', units: 24, k: 1, matrix: 0, reads: 'image', depth: 0, pathway: null },
    { name: 'h2', units: 16, k: 1, matrix: 1, reads: { layer: 0 }, depth: 1, pathway: null },
  ],
  matrices: [
    { name: 'hidden1', label: 'h1', from: 'image', to: { layer: 0 } },
    { name: 'hidden2', label: 'h2', from: { layer: 0 }, to: { layer: 1 } },
    { name: 'category', label: 'readout', from: { layer: 1 }, to: { head: 0 } },
  ],
  heads: [{ name: 'category', classes: 10, chance: 0.1 }],
  lesions: [intact],
  lanes: [0, 1].flatMap((seed) => config.conditions.map((condition) => ({ seed, condition }))),
  steps: 12,
  tasks: [0, 60, 120].map((angle) => ({ caption: `${angle}°`, words: `turned by ${angle} degrees` })),
  image_side: 28,
};

/// Two pathways on one layer, two heads; `units` of the left and the right one.
export function pathways([left, right]: [number, number]): RunDescription {
  const reads = { layer: 0 };
  const lesions: LesionDescription[] = [
    intact,
    { lesion: 'without_l', name: 'without h2_L', layer: 1, units: left },
    { lesion: 'without_r', name: 'without h2_R', layer: 2, units: right },
    { lesion: 'without_some_l', name: 'without some of h2_L', layer: 1, units: right },
  ];
  return {
    ...run,
    config: { ...config, hidden: [24], pathways: [left, right], item_head: true },
    layers: [
      { name: 'h1', units: 24, k: 1, matrix: 0, reads: 'image', depth: 0, pathway: null },
      { name: 'h2_L', units: left, k: 1, matrix: 1, reads, depth: 1, pathway: 'left' },
      { name: 'h2_R', units: right, k: 1, matrix: 2, reads, depth: 1, pathway: 'right' },
    ],
    heads: [...run.heads, { name: 'item', classes: 60, chance: 1 / 60 }],
    // Of equal pathways some random units of one are no lesion of their own.
    lesions: left === right ? lesions.slice(0, 3) : lesions,
  };
}

export const estimate = (mean: number): Estimate => ({
  mean,
  sd: 0.2,
  sem: 0.1,
  n: 2,
  interval: [mean - 0.3, mean + 0.3],
});

export const record = (tasks: number, accuracy: number | null): TaskRecord => ({
  tasks_learned: tasks,
  alpha: [0.01, 0.02, 0.03],
  beta: [0.1, 0.2],
  meta_loss: tasks === 0 ? null : 1.5,
  evaluation:
    accuracy === null
      ? null
      : {
          accuracy: [{ head: 0, lesion: 'intact', mean: accuracy, by_task: [] }],
          active: [0.5, 0.1],
          active_by_task: [],
          active_pooled: 0.3,
          correlation: [],
        },
});

export const point = (tasks: number, accuracy: number | null): SummaryPoint => ({
  tasks_learned: tasks,
  accuracy: accuracy === null ? [] : [estimate(accuracy)],
  by_task: [],
  lesions: accuracy === null ? [] : [{ head: 0, lesion: 'intact', accuracy: estimate(accuracy) }],
  active: [],
  correlation: [],
  active_pooled: null,
  alpha: [0.01, 0.02, 0.03].map(estimate),
  beta: [0.1, 0.2].map(estimate),
  meta_loss: null,
});

/// A run that was measured before training and after two of its three tasks, evaluated after the first.
export function course(): Course {
  const of = (condition: Condition) => ({
    condition,
    points: [point(0, 0.1), point(1, 0.4), point(2, null)],
  });
  return {
    ...liveCourse(run),
    records: run.lanes.map(() => [record(0, 0.1), record(1, 0.4), record(2, null)]),
    summary: { conditions: config.conditions.map(of) },
  };
}
