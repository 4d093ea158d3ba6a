// Generated from src/protocol.rs: METACLS_BLESS=1 cargo test --lib typescript_types

export type Command = { "type": "hello" } | { "type": "check", 
/**
 * The configuration as JSON text.
 */
config: string, } | { "type": "use_digits" } | { "type": "use_files", 
/**
 * The files, in any order; which is which is read from their headers and sizes.
 */
files: Array<File>, 
/**
 * Where they come from.
 */
origin: Origin, } | { "type": "run", 
/**
 * The configuration as JSON text.
 */
config: string, 
/**
 * Which engine.
 */
engine: EngineChoice, 
/**
 * Whether to wait, paused, before the first step.
 */
paused: boolean, } | { "type": "pause" } | { "type": "resume" } | { "type": "step", 
/**
 * How far.
 */
unit: StepUnit, } | { "type": "reset" } | { "type": "export" };
export type Event = { "type": "catalog", 
/**
 * The code's version.
 */
version: string, 
/**
 * The presets.
 */
experiments: Array<Experiment>, 
/**
 * Every knob.
 */
fields: Array<Field>, } | { "type": "checked", 
/**
 * The text that was asked about.
 */
config: string, 
/**
 * What is wrong with it; empty if usable.
 */
problems: Array<Problem>, } | { "type": "data", 
/**
 * What they are.
 */
info: DataInfo, 
/**
 * Where they came from; none for procedural digits.
 */
origin: Origin | null, } | { "type": "data_refused", 
/**
 * Why, in words.
 */
reason: string, } | { "type": "state", 
/**
 * The state.
 */
state: State, 
/**
 * The state in words, for people.
 */
words: string, } | { "type": "engine", 
/**
 * Which.
 */
info: EngineInfo, 
/**
 * What is missing and what it means, in words, where it isn't the one hoped for.
 */
notice: string | null, } | { "type": "started", 
/**
 * What runs.
 */
run: RunInfo, } | { "type": "progress" } & Progress | { "type": "checkpoint", 
/**
 * Index into [`RunInfo::lanes`].
 */
lane: number, 
/**
 * What was measured.
 */
record: TaskRecord, } | { "type": "summary" } & Summary | { "type": "lane_lost", 
/**
 * Index into [`RunInfo::lanes`].
 */
lane: number, 
/**
 * The observe step (counted from 0) at which it was found.
 */
step: number, 
/**
 * In words.
 */
reason: string, } | { "type": "done", 
/**
 * Seconds from start to end, pauses left out.
 */
seconds: number, } | { "type": "results", 
/**
 * A name to save it under.
 */
file_name: string, 
/**
 * Its JSON text.
 */
json: string, } | { "type": "failed", 
/**
 * What happened.
 */
what: string, 
/**
 * What it means.
 */
meaning: string, 
/**
 * What to do.
 */
advice: string, };
export type File = { 
/**
 * Its name, for messages.
 */
name: string, 
/**
 * Its content.
 */
bytes: Uint8Array, };
export type Origin = "served" | "kept" | "dropped" | "mirror";
export type StepUnit = "observe" | "task";
export type State = "ready" | "loading" | "compiling" | "self_testing" | "training" | "evaluating" | "paused" | "done" | "failed";
export type RunInfo = { 
/**
 * The configuration.
 */
config: Config, 
/**
 * Hidden layers' names in beta's order (h1, h2, ..., or h4_L, h4_R).
 */
layers: Array<string>, 
/**
 * Weight matrices' names in alpha's order.
 */
matrices: Array<string>, 
/**
 * For each hidden layer, the index of its weight matrix in alpha's order.
 */
layer_matrix: Array<number>, 
/**
 * Heads' names: category, and item where there is one.
 */
heads: Array<string>, 
/**
 * Chance level of each head.
 */
chance: Array<number>, 
/**
 * The lanes.
 */
lanes: Array<Lane>, 
/**
 * Observe steps of each lane.
 */
steps: number, 
/**
 * The first seed's angle of each task, in degrees.
 */
angles: Array<number>, };
export type Progress = { 
/**
 * Lane-steps done, in all waves.
 */
lane_steps: number, 
/**
 * Lane-steps in all.
 */
lane_steps_total: number, 
/**
 * Observe steps done in the wave in progress.
 */
step: number, 
/**
 * Observe steps of one lane.
 */
steps: number, 
/**
 * The task in progress, from 0.
 */
task: number, 
/**
 * The wave in progress, from 0.
 */
wave: number, 
/**
 * How many waves.
 */
waves: number, 
/**
 * Measured speed in lane-steps a second; none before it is known.
 */
lane_steps_per_second: number | null, 
/**
 * Estimated seconds to the end, evaluations counted; none before it is known.
 */
seconds_left: number | null, };
export type Config = { 
/**
 * Version of this record; [`SCHEMA`].
 */
schema: number, 
/**
 * Which images.
 */
data: DataSet, 
/**
 * Number of tasks, each with one rotation.
 */
tasks: number, 
/**
 * Width in degrees of the interval that each task's angle is drawn from.
 */
degrees_per_task: number, 
/**
 * Training images per task.
 */
samples_per_task: number, 
/**
 * Current samples per observe step, and so inner steps of the look-ahead (B).
 */
batch: number, 
/**
 * Replayed samples per observe step (R).
 */
replay: number, 
/**
 * Slots of the replay memory (a reservoir).
 */
memory: number, 
/**
 * How often each batch is seen, reshuffled, with fresh replay.
 */
glances: number, 
/**
 * Units of the hidden layers, bottom-up.
 */
hidden: Array<number>, 
/**
 * Units of two pathways side by side on top (h4_L, h4_R), or none.
 */
pathways: [number, number] | null, 
/**
 * Whether a second head names each training image (the item task).
 */
item_head: boolean, 
/**
 * Whether every layer's input is scaled to unit length.
 */
unit_length_inputs: boolean, 
/**
 * Whether units compete: `h = relu(z - beta c)` rather than `relu(z)`.
 */
competition: boolean, 
/**
 * `c` is the k-th largest `z`, with k = max(1, floor(k_fraction x units)).
 */
k_fraction: number, 
/**
 * Initial learning rate of every matrix.
 */
alpha_0: number, 
/**
 * Initial inhibition strength of every hidden layer.
 */
beta_0: number, 
/**
 * Meta-learning rate of alpha.
 */
eta_alpha: number, 
/**
 * Meta-learning rate of beta.
 */
eta_beta: number, 
/**
 * Whether weights are updated with `eta_w` rather than with each matrix's alpha.
 */
sync_update: boolean, 
/**
 * The weights' learning rate under `sync_update`; not used otherwise.
 */
eta_w: number, 
/**
 * Bound on the L2 norm of each group's meta-gradient.
 */
clip_norm: number, 
/**
 * Whether the meta-gradient goes through the inner gradients (exact) or not (as published).
 */
second_order: boolean, 
/**
 * Images per task that accuracy and activity are measured on.
 */
evaluation_images: number, 
/**
 * Tasks between evaluations; the last task is always followed by one.
 */
evaluate_every: number, 
/**
 * Which images accuracy and activity are measured on.
 */
evaluate_on: EvaluateOn, 
/**
 * What the lanes of each seed meta-learn.
 */
conditions: Array<Condition>, 
/**
 * The first seed.
 */
first_seed: number, 
/**
 * How many seeds, counted up from the first.
 */
seeds: number, };
export type Condition = "baseline" | "meta" | "rates" | "sparsity" | "frozen";
export type DataSet = "mnist" | "digits" | "custom";
export type EvaluateOn = "test" | "learned";
export type Field = { 
/**
 * Its name in JSON.
 */
name: string, 
/**
 * The group it is shown in.
 */
group: string, 
/**
 * Its short name for people.
 */
label: string, 
/**
 * Its unit; empty for a pure number.
 */
unit: string, 
/**
 * Its type and range.
 */
kind: FieldKind, 
/**
 * What it does, in a sentence or two.
 */
meaning: string, 
/**
 * What the paper (or its authors' public code) uses.
 */
paper: string, };
export type FieldKind = { "kind": "whole", 
/**
 * Smallest value allowed.
 */
min: number, 
/**
 * Largest value allowed.
 */
max: number, } | { "kind": "real", 
/**
 * Smallest value allowed.
 */
min: number, 
/**
 * Largest value allowed.
 */
max: number, } | { "kind": "switch" } | { "kind": "choice", 
/**
 * The words.
 */
options: Array<string>, } | { "kind": "widths", 
/**
 * Shortest list allowed (0: the field may be null).
 */
min_len: number, 
/**
 * Longest list allowed.
 */
max_len: number, 
/**
 * Smallest number allowed in it.
 */
min: number, 
/**
 * Largest number allowed in it.
 */
max: number, } | { "kind": "set", 
/**
 * The words.
 */
options: Array<string>, };
export type Lane = { 
/**
 * The seed that fixes initial weights, images, angles, order and replay.
 */
seed: number, 
/**
 * What is meta-learned.
 */
condition: Condition, };
export type Problem = { 
/**
 * The field's name in JSON; empty where the text is no configuration at all.
 */
field: string, 
/**
 * What is wrong and what is allowed, in words.
 */
message: string, };
export type DataInfo = { 
/**
 * Which kind.
 */
kind: DataSet, 
/**
 * In words: "MNIST (verified)", "procedural digits", "custom IDX files".
 */
name: string, 
/**
 * SHA-256 (hex) over the training images' pixels and labels, then the test set's.
 */
digest: string, 
/**
 * Training images.
 */
train: number, 
/**
 * Test images.
 */
test: number, };
export type EngineChoice = "auto" | "gpu" | "cpu" | "reference";
export type EngineInfo = { 
/**
 * Which engine.
 */
kind: EngineKind, 
/**
 * The adapter's name (GPU), or what the others are.
 */
adapter: string, 
/**
 * The graphics interface beneath (Vulkan, Metal, Dx12, WebGPU); empty for the others.
 */
backend: string, 
/**
 * Largest relative deviation from the float64 reference in the self-test; none if not run.
 */
self_test: number | null, };
export type EngineKind = "gpu" | "cpu" | "reference";
export type Experiment = { 
/**
 * The name used on the command line and in links.
 */
id: string, 
/**
 * The name for people.
 */
title: string, 
/**
 * What it shows, in a sentence or two.
 */
summary: string, 
/**
 * Its settings.
 */
config: Config, };
export type Accuracy = { 
/**
 * Index of the head: 0 category, 1 item.
 */
head: number, 
/**
 * What was left out.
 */
lesion: Lesion, 
/**
 * Mean over all tasks.
 */
mean: number, 
/**
 * Each task's share of images read correctly.
 */
by_task: Array<number>, };
export type ConditionSummary = { 
/**
 * The condition.
 */
condition: Condition, 
/**
 * Points in order of `tasks_learned`.
 */
points: Array<SummaryPoint>, };
export type Estimate = { 
/**
 * Mean.
 */
mean: number, 
/**
 * Standard deviation (n - 1); none for a single value.
 */
sd: number | null, 
/**
 * Standard error of the mean; none for a single value.
 */
sem: number | null, 
/**
 * Values counted.
 */
n: number, };
export type Evaluation = { 
/**
 * For each head and lesion.
 */
accuracy: Array<Accuracy>, 
/**
 * Active fraction of each hidden layer: mean over all tasks' images.
 */
active: Array<number>, 
/**
 * The same by layer, then task.
 */
active_by_task: Array<Array<number>>, 
/**
 * All layers pooled by units.
 */
active_pooled: number, 
/**
 * For each hidden layer, the mean correlation between its codes of different images, over all tasks'
 * ([`crate::codes`]); none where it was silent. Empty in files written before it was measured.
 */
correlation: Array<number | null>, };
export type Lesion = "intact" | "without_l" | "without_r" | "without_some_l";
export type LesionEstimate = { 
/**
 * Index of the head.
 */
head: number, 
/**
 * What was left out.
 */
lesion: Lesion, 
/**
 * Accuracy over all tasks.
 */
accuracy: Estimate, };
export type Summary = { 
/**
 * In the configuration's order.
 */
conditions: Array<ConditionSummary>, };
export type SummaryPoint = { 
/**
 * Tasks learned so far.
 */
tasks_learned: number, 
/**
 * Intact accuracy over all tasks, by head; empty where not evaluated.
 */
accuracy: Array<Estimate>, 
/**
 * Accuracy of every head and lesion, in [`Evaluation::accuracy`]'s order; empty where not evaluated.
 */
lesions: Array<LesionEstimate>, 
/**
 * Active fraction by layer; empty where not evaluated.
 */
active: Array<Estimate>, 
/**
 * Mean correlation between codes by layer; empty where not measured, or for a layer silent in some lane.
 */
correlation: Array<Estimate>, 
/**
 * All layers pooled by units; none where not evaluated.
 */
active_pooled: Estimate | null, 
/**
 * Learning rate by matrix.
 */
alpha: Array<Estimate>, 
/**
 * Inhibition by layer.
 */
beta: Array<Estimate>, 
/**
 * Meta-loss over the task just learned.
 */
meta_loss: Estimate | null, };
export type TaskRecord = { 
/**
 * Tasks learned so far.
 */
tasks_learned: number, 
/**
 * Learning rate of each matrix, as it is (not its relu).
 */
alpha: Array<number>, 
/**
 * Inhibition strength of each hidden layer.
 */
beta: Array<number>, 
/**
 * Mean meta-loss over the observe steps of the task just learned; none before training.
 */
meta_loss: number | null, 
/**
 * Measured accuracy and activity; none where `evaluate_every` skips this task.
 */
evaluation: Evaluation | null, };
