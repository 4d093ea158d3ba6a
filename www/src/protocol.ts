// Generated from src/protocol: METACLS_BLESS=1 cargo test --lib typescript_types

export type Request = { "type": "hello" } | { "type": "check", 
/**
 * The configuration as JSON text.
 */
config: string, } | { "type": "recognise", 
/**
 * Where they were looked for, in words.
 */
place: string, 
/**
 * Of each its path and its first bytes, 4,096 at most.
 */
files: Array<File>, } | { "type": "open", 
/**
 * Its content.
 */
file: File, } | { "type": "open_kept", 
/**
 * Its log.
 */
file: File, } | { "type": "convert", 
/**
 * Its content.
 */
file: File, 
/**
 * JSON, which opens again, or long-form CSV.
 */
format: Format, } | { "type": "everything", 
/**
 * Its content.
 */
file: File, 
/**
 * The address of the page that the run's link is to open on.
 */
page: string, } | { "type": "write_link", 
/**
 * The configuration as JSON text.
 */
config: string, 
/**
 * The experiment that it belongs to, by its id.
 */
experiment: string | null, 
/**
 * The view that the link opens: a point of the stream, a lesion, a layer or a unit.
 */
shown: Shown, 
/**
 * What it is to say came out; none to say nothing of it.
 */
expected: Expected | null, 
/**
 * What is varied of it, each as `NAME=VALUES`; empty of a run.
 */
vary: Array<string>, } | { "type": "beside", 
/**
 * The trunk's results.
 */
trunk: File, 
/**
 * Results of the same seeds and images under other settings.
 */
branch: File, } | { "type": "plan_sweep" } & SweepAsked | { "type": "begin_sweep" } & SweepAsked | { "type": "take_point", 
/**
 * The sweep's summary.
 */
sweep: File, 
/**
 * Which point, from 0.
 */
point: number, 
/**
 * The point's results.
 */
results: File, } | { "type": "convert_sweep", 
/**
 * Its summary.
 */
file: File, 
/**
 * The summary, which opens again, or one of its tables as CSV.
 */
form: SweepForm, } | { "type": "compare", 
/**
 * The results file, or a log of one, that the run is held against.
 */
on_record: File, 
/**
 * Results of the same configuration, of all of its seeds and conditions or some.
 */
again: File, } | { "type": "compare_with_link", 
/**
 * What the link says.
 */
expected: Expected, 
/**
 * Results of the link's configuration.
 */
again: File, } | { "type": "read_link", 
/**
 * The link or its fragment, as it was sent.
 */
fragment: string, };
export type Response = { "type": "catalog", 
/**
 * The code's version.
 */
version: string, 
/**
 * The experiments, in the order in which they are offered.
 */
experiments: Array<Experiment>, 
/**
 * Every knob, as the Lab's field has it.
 */
fields: Array<Field>, } | { "type": "checked", 
/**
 * What is wrong with the configuration; empty if it is usable.
 */
problems: Array<Problem>, 
/**
 * The configuration, read and checked, where it is usable: what [`super::Command::Run`] takes.
 */
config: Config | null, } | { "type": "refused", 
/**
 * Why, in words.
 */
reason: string, } | { "type": "claims", 
/**
 * In the experiment's order.
 */
outcomes: Array<Outcome>, } | { "type": "link", 
/**
 * The fragment, without `#`; none of what is no usable configuration.
 */
fragment: string | null, } | { "type": "compared", 
/**
 * Lane by lane, those that were begun again.
 */
lanes: Array<LaneOutcome>, 
/**
 * The same in words, a sentence for each.
 */
words: Array<string>, 
/**
 * Differences at the end of the stream, seed by seed; empty where all bits are the same.
 */
differences: Array<Difference>, 
/**
 * The worst of all; none where there was nothing to compare with.
 */
likeness: Likeness | null, } | { "type": "compared_with_link" } & ExpectedOutcome | { "type": "link_read", 
/**
 * What it holds; none if it can't be read.
 */
link: Link | null, 
/**
 * What it claims came out, number by number; nothing of a link that claims nothing.
 */
claimed: Array<MeasureOutcome>, 
/**
 * The experiment to open where it can't.
 */
preset: string, 
/**
 * What is wrong with it, in words.
 */
problem: string | null, } | { "type": "recognised", 
/**
 * What each file is by its first bytes, in the request's order.
 */
files: Array<Recognised>, 
/**
 * The files of a data set.
 */
images: Array<Chosen>, 
/**
 * Why there is none, in words.
 */
problem: string | null, } | { "type": "opened" } & StoredRun | { "type": "configured", 
/**
 * The configuration, checked.
 */
config: Config, 
/**
 * The experiment that it is nearest to, by its id.
 */
experiment: string, } | { "type": "watched" } & Watched | { "type": "kept_opened", 
/**
 * The run as far as it is kept: lanes that have not ended have no records.
 */
run: StoredRun, 
/**
 * What its first seed's units did, as far as that was kept.
 */
watched: Watched, 
/**
 * Lanes that ended.
 */
ended: number, } | { "type": "results", 
/**
 * A name to save it under.
 */
file_name: string, 
/**
 * Its media type, to save it by: application/json or text/csv.
 */
media_type: string, 
/**
 * The whole file as text.
 */
text: string, 
/**
 * What a link can say came out; none of a run that is not whole.
 */
expected: Expected | null, } | { "type": "everything", 
/**
 * A name for all of them together.
 */
name: string, 
/**
 * How it was made, the results, every number, and what the numbers are.
 */
files: Array<TextFile>, } | { "type": "sweep_planned", 
/**
 * Why it can't be made, in words; none where it can.
 */
problem: string | null, 
/**
 * How much it is, in words.
 */
words: string, } | { "type": "sweep", 
/**
 * What is shown of it.
 */
sweep: SweepView, 
/**
 * Its summary.
 */
file: TextFile, } | { "type": "fork", 
/**
 * What is shown of it.
 */
fork: ForkView, 
/**
 * Its summary.
 */
file: TextFile, } | { "type": "sweep_written", 
/**
 * The sweep in the form asked for, under a name to save it by.
 */
file: TextFile, 
/**
 * Its media type, to save it by: application/json or text/csv.
 */
media_type: string, } | { "type": "failed" } & Words;
export type Command = { "type": "use_digits" } | { "type": "use_files", 
/**
 * The files, in any order; which is which is read from their headers and sizes.
 */
files: Array<File>, 
/**
 * Where they come from.
 */
origin: Origin, 
/**
 * Which set they are, where the reader says so; else their content and shape say.
 */
set: DataSet | null, } | { "type": "run" } & RunRequest | { "type": "go_on" } & KeptRun | { "type": "pause" } | { "type": "resume" } | { "type": "step", 
/**
 * How far.
 */
unit: StepUnit, } | { "type": "reset" } | { "type": "export" } & Export | { "type": "watch", 
/**
 * The digit.
 */
probe: Probe, } | { "type": "receptive", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * The unit, from 0.
 */
unit: number, } | { "type": "trace", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, } | { "type": "bench", 
/**
 * The configuration, as the analyst has checked it.
 */
config: Config, 
/**
 * The engine that is wanted; with auto the GPU where it can serve, else the CPU.
 */
engine: EngineChoice, };
export type Event = { "type": "data", 
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
reason: string, 
/**
 * Where they came from.
 */
origin: Origin, } | { "type": "state", 
/**
 * What the trainer does now, or waits for.
 */
state: State, 
/**
 * The state in words, for people.
 */
words: string, } | { "type": "engine", 
/**
 * Which of the three, on which device, and how far its self-test was off.
 */
info: EngineInfo, 
/**
 * Workers that train its lanes side by side; 0 where it needs none.
 */
workers: number, 
/**
 * What is missing and what it means, in words, where it isn't the one hoped for.
 */
notice: string | null, 
/**
 * Which lanes are on another engine than the run began on, and from which step, in words.
 */
changes: Array<string>, } | { "type": "started", 
/**
 * What its numbers are labelled by: settings, layers, heads, lanes, tasks.
 */
run: RunDescription, } | { "type": "progress" } & Progress | { "type": "checkpoint", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * What was measured.
 */
record: TaskRecord, } | { "type": "summary" } & Summary | { "type": "measured" } & Measured | { "type": "not_exported", 
/**
 * Who asked ([`Export::number`]).
 */
number: number, } | { "type": "probed", 
/**
 * The digit.
 */
probe: Probe, 
/**
 * Its pixels, 0 to 255, row by row.
 */
pixels: Array<number>, 
/**
 * The same digit as each task of the run turns it.
 */
strip: Array<Array<number>>, } | { "type": "snapshot", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * Tasks learned, at a task's end; none in between.
 */
tasks_learned: number | null, 
/**
 * What was seen.
 */
snapshot: Snapshot, } | { "type": "receptive", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * The unit that was asked for, from 0.
 */
unit: number, 
/**
 * Its weights W now, a pixel for each input.
 */
weights: Picture, 
/**
 * What it has learned: their change since before training.
 */
learned: Picture, } | { "type": "traced", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * What the step sees, what each inner step changes, and what comes of it.
 */
trace: StepTrace, } | { "type": "lane_diverged", 
/**
 * Index into [`RunDescription::lanes`].
 */
lane: number, 
/**
 * The observe step (counted from 0) at which it was found.
 */
step: number, 
/**
 * In words.
 */
reason: string, } | { "type": "keep" } & Keep | { "type": "done", 
/**
 * Seconds from start to end, pauses left out.
 */
seconds: number, } | { "type": "bench" } & Found | { "type": "bench_failed" } & Words | { "type": "failed" } & Words;
export type RunRequest = { 
/**
 * The configuration, as the analyst has checked it.
 */
config: Config, 
/**
 * The experiment that it belongs to, by its id.
 */
experiment: string | null, 
/**
 * The engine that is wanted; with auto the GPU where it can serve, else the CPU.
 */
engine: EngineChoice, 
/**
 * Whether to wait, paused, before the first step.
 */
paused: boolean, 
/**
 * Whether it is part of something that is kept as a whole, and so not kept by itself.
 */
unkept: boolean, };
export type KeptRun = { 
/**
 * The name under which the page keeps it: more is added under the same.
 */
id: string, 
/**
 * Its log ([`crate::kept::log`]).
 */
log: File, 
/**
 * Its last checkpoint ([`crate::kept::checkpoint`]), if there is one.
 */
checkpoint: File | null, };
export type Keep = { "part": "begin", 
/**
 * The name of the kept run that goes on; none of a new one.
 */
id: string | null, 
/**
 * The log so far.
 */
log: Uint8Array, 
/**
 * Lanes of the whole run, ended or not.
 */
lanes: number, 
/**
 * Lanes that have ended so far.
 */
ended: number, } | { "part": "lanes", 
/**
 * Whole lines of JSON ([`crate::kept::log`]), each with its line end.
 */
lines: Uint8Array, 
/**
 * Lanes that have ended so far.
 */
ended: number, } | { "part": "checkpoint", 
/**
 * A whole checkpoint ([`crate::kept::checkpoint`]).
 */
file: Uint8Array, 
/**
 * Tasks that they have learned.
 */
tasks_learned: number, } | { "part": "end" } | { "part": "nothing" };
export type Measured = { 
/**
 * Everything, as a results file's text: what the analyst reads anyway.
 */
results: string, 
/**
 * The file to write of it; none to hold the experiment's claims against it.
 */
export: Export | null, };
export type Export = { 
/**
 * JSON, which opens again, or long-form CSV.
 */
format: Format, 
/**
 * Who asks, as the page numbers them: its answer comes back with it.
 */
number: number, };
export type File = { 
/**
 * Its name, for messages.
 */
name: string, 
/**
 * Its content.
 */
bytes: Uint8Array, };
export type TextFile = { 
/**
 * A name to save it under, with its ending.
 */
name: string, 
/**
 * Its content.
 */
text: string, };
export type Origin = "served" | "kept" | "dropped" | "mirror";
export type Format = "json" | "csv";
export type StepUnit = "observe" | "task";
export type State = "loading" | "compiling" | "self_testing" | "training" | "evaluating" | "paused" | "done" | "failed";
export type Likeness = "same_bits" | "within_tolerance" | "not_the_same";
export type Expected = { 
/**
 * The run's digest; none where its records had none.
 */
digest: string | null, 
/**
 * On which engine; of a run on several, the one that promises least.
 */
engine: EngineKind, 
/**
 * The GPU's name, as far as a link holds it; none of the others.
 */
adapter: string | null, 
/**
 * Version of the code that ran it, as far as a link holds it.
 */
code_version: string, 
/**
 * Under each condition.
 */
conditions: Array<ExpectedCondition>, };
export type ExpectedCondition = { 
/**
 * What the lanes meta-learned that are averaged here.
 */
condition: Condition, 
/**
 * Seeds that came to the end of the stream.
 */
seeds: number, 
/**
 * For each kind of measure in [`MeasureKind::ALL`]'s order, the numbers of each head, layer or matrix.
 */
measures: Array<Array<Spread>>, };
export type ExpectedOutcome = { 
/**
 * Whether the same bits are promised: both by the CPU engine.
 */
same_bits_promised: boolean, 
/**
 * The run's digest now; none as long as it is not whole.
 */
digest: string | null, 
/**
 * Number by number.
 */
measures: Array<MeasureOutcome>, 
/**
 * The worst of all, of digests too where the same bits are promised; none as long as the run is not
 * whole.
 */
likeness: Likeness | null, };
export type MeasureOutcome = { 
/**
 * Under which condition.
 */
condition: Condition, 
/**
 * Accuracy, active fraction, alpha or beta, at the end of the stream.
 */
kind: MeasureKind, 
/**
 * Of which head, layer or matrix.
 */
of: string, 
/**
 * What is claimed of it; none where the link leaves out what this run has.
 */
claimed: Spread | null, 
/**
 * What came out; none as long as not all seeds of the condition are through.
 */
again: Spread | null, 
/**
 * What is to be said of it; none as long as nothing came out.
 */
likeness: Likeness | null, };
export type Spread = { 
/**
 * The mean, to four significant digits.
 */
mean: number, 
/**
 * The standard deviation (n - 1), to three; none of one seed.
 */
sd: number | null, };
export type Apart = { 
/**
 * Of alpha, relative to the largest of both.
 */
alpha: number, 
/**
 * Of beta, likewise.
 */
beta: number, 
/**
 * Of accuracies, of all heads and lesions.
 */
accuracy: number, 
/**
 * Of active fractions.
 */
active: number, };
export type LaneLikeness = { "type": "same_bits", 
/**
 * Records compared.
 */
records: number, } | { "type": "departs", 
/**
 * Tasks learned in the first record that differs.
 */
tasks_learned: number, 
/**
 * How far it is there.
 */
apart: Apart, } | { "type": "altered", 
/**
 * Tasks learned in the first such record.
 */
tasks_learned: number, 
/**
 * How far the file's numbers are from those made again.
 */
apart: Apart, } | { "type": "diverged", 
/**
 * The step in the file, if it diverged there.
 */
on_record: number | null, 
/**
 * The step now.
 */
again: number | null, } | { "type": "first_task", 
/**
 * How far the two records are from each other.
 */
apart: Apart, 
/**
 * Whether it is close enough.
 */
tolerated: boolean, } | { "type": "not_on_record" };
export type LaneOutcome = { 
/**
 * The lane that was made again.
 */
lane: Lane, 
/**
 * What came of it.
 */
outcome: LaneLikeness, };
export type Difference = { 
/**
 * Under which condition.
 */
condition: Condition, 
/**
 * Accuracy, active fraction, alpha or beta, at the end of the stream.
 */
kind: MeasureKind, 
/**
 * Of which head, layer or matrix.
 */
of: string, 
/**
 * The differences, again less on record, seed by seed: with their 95% bootstrap interval.
 */
difference: Estimate, 
/**
 * p of the sign-flip test that they are as often of either sign, after Holm's correction over all.
 */
p: number, };
export type MeasureKind = "accuracy" | "active" | "alpha" | "beta";
export type RunDescription = { 
/**
 * The experiment that it belongs to, by its id; none of a configuration of one's own.
 */
experiment: string | null, 
/**
 * What is run.
 */
config: Config, 
/**
 * Hidden layers, bottom-up, in beta's order.
 */
layers: Array<LayerDescription>, 
/**
 * Weight matrices, in alpha's order.
 */
matrices: Array<MatrixDescription>, 
/**
 * Output heads, by index.
 */
heads: Array<HeadDescription>, 
/**
 * What evaluation leaves out in turn; the first is the intact network.
 */
lesions: Array<LesionDescription>, 
/**
 * All lanes: seeds outermost, then conditions in the configuration's order.
 */
lanes: Array<Lane>, 
/**
 * Observe steps of each lane.
 */
steps: number, 
/**
 * What tells the first seed's tasks apart; empty where only what is measured is shown.
 */
tasks: Array<TaskDescription>, 
/**
 * Pixels along an image's side.
 */
image_side: number, };
export type LayerDescription = { 
/**
 * Its name: h1, h2, ...; of pathways h4_L and h4_R, with their own depth.
 */
name: string, 
/**
 * Its width.
 */
units: number, 
/**
 * k of the k-th largest pre-activation, which sets the strength of inhibition.
 */
k: number, 
/**
 * The index of its matrix.
 */
matrix: number, 
/**
 * Where its input comes from: the image, or a layer by its index.
 */
reads: Source, 
/**
 * Layers below it: 0 at the bottom; pathways have the same.
 */
depth: number, 
/**
 * Which pathway it is, if it is one.
 */
pathway: Pathway | null, };
export type MatrixDescription = { 
/**
 * Its name in files.
 */
name: string, 
/**
 * Its name for people: of the hidden layer it leads to, or of the head, with the pathway it comes from.
 */
label: string, 
/**
 * Where its input comes from: the image, or a layer by its index.
 */
from: Source, 
/**
 * Where its product goes: a layer or a head, by its index.
 */
to: Target, };
export type HeadDescription = { 
/**
 * Its name: category or item.
 */
name: string, 
/**
 * How many classes it tells apart.
 */
classes: number, 
/**
 * The accuracy of guessing, 0 to 1: of a category see [`Config::chance`].
 */
chance: number, };
export type TaskDescription = { 
/**
 * As a caption has it: 63°, permuted, classes 3, 7.
 */
caption: string, 
/**
 * As a sentence goes on: turned by 63 degrees, with its pixels permuted, with classes 3 and 7.
 */
words: string, };
export type LesionDescription = { 
/**
 * Which, as records name it.
 */
lesion: Lesion, 
/**
 * Its name for people, with the layer's own.
 */
name: string, 
/**
 * The index of the layer whose units are silenced; none of the intact network.
 */
layer: number | null, 
/**
 * How many of its units are silenced.
 */
units: number, };
export type Pathway = "left" | "right";
export type Source = "image" | { "layer": number };
export type Target = { "layer": number } | { "head": number };
export type Progress = { 
/**
 * Lane-steps done, in all waves.
 */
lane_steps: number, 
/**
 * Observe steps of one lane times all lanes of the run.
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
 * Tasks of the stream.
 */
tasks: number, 
/**
 * The wave in progress, from 0.
 */
wave: number, 
/**
 * How many waves there are now: more once one was cut into smaller ones.
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
 * Version of this record: [`version::current`].
 */
schema: number, 
/**
 *MNIST (verified by SHA-256), the project's own procedural digits, other IDX files, or another data set of the catalogue (`metacls info --data-sets`).
 */
data: DataSet, 
/**
 *What tells tasks apart: rotated, each turns every image by one angle; permuted, each permutes the pixels in one way; classes, each has classes of its own.
 */
stream: TaskKind, 
/**
 *Sequential, one task after the other; mixed, all tasks' images shuffled together, as a control that has no forgetting: a task in the results is then a stretch as long as one.
 */
order: Order, 
/**
 *With stream classes: each task's images are told apart among its own classes only, in training and in evaluation.
 */
own_heads: boolean, 
/**
 *Number of tasks, learned one after the other where order says so; stream says how they differ.
 */
tasks: number, 
/**
 *Task t rotates its images counter-clockwise by an angle drawn uniformly from t to t + 1 times this; used where stream is rotated.
 */
degrees_per_task: number, 
/**
 *Training images of each task, seen once in random order.
 */
samples_per_task: number, 
/**
 *New samples in each observe step (B); the look-ahead takes one inner step for each.
 */
batch: number, 
/**
 *Samples drawn from the memory in each observe step (R), with replacement.
 */
replay: number, 
/**
 *Slots of the reservoir that replay draws from.
 */
memory: number, 
/**
 *How many times each batch is seen, reshuffled and with fresh replay; the memory is fed once.
 */
glances: number, 
/**
 *Units of each hidden layer, bottom-up.
 */
hidden: Array<number>, 
/**
 *Two pathways side by side on top of the hidden layers, left (L) and right (R); null for none.
 */
pathways: [number, number] | null, 
/**
 *A second head that names each single training image, beside the category head.
 */
item_head: boolean, 
/**
 *Scales every layer's input to unit length.
 */
unit_length_inputs: boolean, 
/**
 *Subtracts beta times the k-th largest pre-activation from every unit of a layer.
 */
competition: boolean, 
/**
 *Which unit sets the strength of inhibition: the k-th largest, k = max(1, floor(this x units)).
 */
k_fraction: number, 
/**
 *Learning rate of every weight matrix before training.
 */
alpha_0: number, 
/**
 *Inhibition strength of every hidden layer before training.
 */
beta_0: number, 
/**
 *How fast learning rates are meta-learned.
 */
eta_alpha: number, 
/**
 *How fast inhibition strengths are meta-learned.
 */
eta_beta: number, 
/**
 *Updates every matrix with eta_w rather than with its own alpha.
 */
sync_update: boolean, 
/**
 *Learning rate of all weights where sync_update is on; not used otherwise.
 */
eta_w: number, 
/**
 *Bound on the L2 norm of the meta-gradient of all weights, of all alpha and of all beta.
 */
clip_norm: number, 
/**
 *Takes the meta-gradient exactly, through the inner gradients, rather than holding those constant.
 */
second_order: boolean, 
/**
 *The number of tasks after which the run goes on otherwise, as fork says; 0 for never.
 */
fork_at: number, 
/**
 *Changes at the fork: learn_alpha=false stops meta-learning of rates, NAME=VALUE sets a knob of training, reset:LAYER, silence:LAYER and swap:LAYER:LAYER intervene.
 */
fork: Array<string>, 
/**
 *Images of each task that accuracy and activity are measured on.
 */
evaluation_images: number, 
/**
 *Tasks between evaluations on all tasks; there is always one after the last.
 */
evaluate_every: number, 
/**
 *The test set's images, or the task's own training images.
 */
evaluate_on: EvaluateOn, 
/**
 *What the networks of each seed meta-learn; frozen starts from meta's final values and needs it.
 */
conditions: Array<Condition>, 
/**
 *Seeds count up from here; a seed fixes weights, images, what tells tasks apart, order and replay.
 */
first_seed: number, 
/**
 *How many seeds; each is one network under each condition.
 */
seeds: number, };
export type Condition = "baseline" | "meta" | "rates" | "sparsity" | "frozen";
export type DataSet = "mnist" | "digits" | "custom" | "fashion_mnist" | "kmnist" | "emnist_digits" | "emnist_letters" | "emnist_balanced";
export type TaskKind = "rotated" | "permuted" | "classes";
export type Order = "sequential" | "mixed";
export type EvaluateOn = "test" | "learned";
export type Field = { 
/**
 * Its name in files, links and on the command line.
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
kind: Kind, 
/**
 * The stretch of its range that the Lab has a slider for.
 */
explored: Explored | null, 
/**
 * What it does, in a sentence or two.
 */
meaning: string, 
/**
 * The figures' values and where they come from, in words.
 */
paper: string, };
export type Kind = { "kind": "whole", 
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
 * The words, of which the value is one.
 */
options: Array<string>, } | { "kind": "widths", 
/**
 * Shortest list allowed (0: the value may be null).
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
 * The words that may be in the list, each at most once.
 */
options: Array<string>, } | { "kind": "changes" };
export type Lane = { 
/**
 * The seed that fixes initial weights, images, what tells tasks apart, order and replay.
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
export type Role = "lanes" | "measuring" | "setting" | "step" | "fork";
export type Chosen = { 
/**
 * Its index among the files given.
 */
index: number, 
/**
 * MNIST's name for the file of its place; none of a set of two files.
 */
name: string | null, };
export type DataInfo = { 
/**
 * Which set of the catalogue; custom where not all of its files are verified by their SHA-256.
 */
kind: DataSet, 
/**
 * In words: "MNIST (verified)", "procedural digits", "custom IDX files", or how these were read.
 */
name: string, 
/**
 * SHA-256 (hex) over the training images' pixels and labels, then the test set's.
 */
digest: string, 
/**
 * How many images the training set has.
 */
train: number, 
/**
 * How many images the test set has.
 */
test: number, 
/**
 * Pixels of an image's side.
 */
side: number, 
/**
 * Categories of the labels.
 */
classes: number, };
export type EngineChoice = "auto" | "gpu" | "cpu" | "reference";
export type EngineInfo = { 
/**
 * Which of the three.
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
export type Catalog = { 
/**
 * The experiments, in the order in which they are offered.
 */
experiments: Array<Experiment>, 
/**
 * The tour's steps in their order, [`tour::COUNT`] of them.
 */
tour: Array<Step>, 
/**
 * What-if questions.
 */
what_if: Array<WhatIf>, 
/**
 * Questions that stored sweeps answer.
 */
sweeps: Array<Answered>, 
/**
 * Questions that stored forks answer.
 */
forks: Array<Answered>, };
export type Experiment = { 
/**
 * The name used on the command line, in links and in files' names.
 */
id: string, 
/**
 * The name for people.
 */
title: string, 
/**
 * What it shows, in a sentence or two.
 */
sentence: string, 
/**
 * Its settings.
 */
config: Config, 
/**
 * Its figure's panels; their letters (a, b, c, ...) are by their order.
 */
panels: Array<Panel>, 
/**
 * Whether a run of it is stored, in `stored/` by its id: it is a tab of the page, and has a picture in
 * `docs/`.
 */
stored: boolean, 
/**
 * Whether it is what the page opens on; one of the stored ones is.
 */
opening: boolean, };
export type Part = "network" | "inspector" | "active" | "alpha" | "time" | "lesions" | "first_panel" | "controls";
export type Step = { 
/**
 * What it is about.
 */
title: string, 
/**
 * What there is to see, in a sentence or two.
 */
words: string, 
/**
 * The experiment whose stored run is shown, by its id.
 */
experiment: string, 
/**
 * The view of that run: a point of the stream, a layer, a lesion.
 */
shown: Shown, 
/**
 * What of the page is shown.
 */
parts: Array<Part>, };
export type Shown = { 
/**
 * The point of the stream: tasks learned; none for the end.
 */
at: number | null, 
/**
 * Whether it is shown in the Lab, though its experiment has a page of its own.
 */
lab: boolean, 
/**
 * What is cut; none of the intact network.
 */
cut: Lesion | null, 
/**
 * The layer looked at closer, by its name; none for what the page chooses.
 */
layer: string | null, 
/**
 * The unit of that layer, from 0; none for the layer as a whole.
 */
unit: number | null, 
/**
 * The input that units are shown on; none for what the page chooses.
 */
probe: Probe | null, 
/**
 * Whether only the figure and its controls are shown, within another page.
 */
embed: boolean, 
/**
 * The step of the tour that is open, from 1; none outside it.
 */
tour: number | null, };
export type WhatIf = { 
/**
 * The question.
 */
title: string, 
/**
 * What is changed, and what to look for in the run.
 */
look_for: string, 
/**
 * The experiment that the settings start from, by its id.
 */
experiment: string, 
/**
 * The settings of the run that answers it, with one seed.
 */
config: Config, };
export type Answered = { 
/**
 * Its name in files' names: `stored/sweeps/ID.json.gz` or `stored/forks/ID.json.gz`.
 */
id: string, 
/**
 * What stands over it.
 */
title: string, 
/**
 * What is asked, in one sentence with its question mark.
 */
question: string, 
/**
 * What was found, in a paragraph, with its numbers.
 */
found: string, 
/**
 * The terminal's command that made it; of a fork the commands, between semicolons.
 */
command: string, 
/**
 * The day on which it was made: year, month, day.
 */
made: string, };
export type Explored = { 
/**
 * Its lower end.
 */
low: number, 
/**
 * Its upper end.
 */
high: number, 
/**
 * Whether equal steps are equal ratios rather than equal differences.
 */
is_log: boolean, };
export type Panel = { 
/**
 * What it shows, for people.
 */
title: string, 
/**
 * What stands beside the title, if anything.
 */
note: string | null, 
/**
 * Whether it takes two places of a row.
 */
wide: boolean, 
/**
 * What is drawn.
 */
show: Show, };
export type Rate = "alpha" | "beta";
export type Show = { "kind": "course", 
/**
 * Index of the head: 0 category, 1 item.
 */
head: number, } | { "kind": "profile" } | { "kind": "bars", 
/**
 * How fast the layer learns, or how hard its units compete.
 */
rate: Rate, } | { "kind": "trajectories", 
/**
 * How fast the layer learns, or how hard its units compete.
 */
rate: Rate, } | { "kind": "pairs", 
/**
 * Index of the head: 0 category, 1 item.
 */
head: number, } | { "kind": "differences", 
/**
 * Index into the experiment's claims.
 */
claim: number, 
/**
 * Index into the claim's parts.
 */
part: number, } | { "kind": "lesions", 
/**
 * Index of the head: 0 category, 1 item.
 */
head: number, } | { "kind": "matrix", 
/**
 * Under which condition.
 */
condition: Condition, } | { "kind": "codes" };
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
 * What the lanes meta-learn that are averaged here.
 */
condition: Condition, 
/**
 * Points in order of `tasks_learned`.
 */
points: Array<SummaryPoint>, };
export type Estimate = { 
/**
 * Arithmetic mean of the values, in their unit.
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
n: number, 
/**
 * The mean's 95% bootstrap interval, where it was asked for.
 */
interval: [number, number] | null, };
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
 * ([`crate::numeric::codes`]); none where it was silent. Empty in files written before it was measured.
 */
correlation: Array<number | null>, };
export type Lesion = "intact" | "without_l" | "without_r" | "without_some_l";
export type LesionEstimate = { 
/**
 * Index of the head: 0 category, 1 item.
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
 * Tasks learned when it was measured; 0 before training.
 */
tasks_learned: number, 
/**
 * Intact accuracy over all tasks, by head; empty where not evaluated.
 */
accuracy: Array<Estimate>, 
/**
 * Mean over seeds of the intact accuracy on each task, by head, then task; empty where not evaluated.
 */
by_task: Array<Array<number>>, 
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
evaluation: Evaluation | null, 
/**
 * Of W, alpha, beta and what was counted, as [`crate::digest::of_lane`] makes it; none in files written
 * before there were any.
 */
digest?: string, };
export type Outcome = { 
/**
 * Its number; none for ours.
 */
number: number | null, 
/**
 * What is claimed, in one sentence with its full stop.
 */
sentence: string, 
/**
 * All its parts, as the claim states them.
 */
parts: Array<PartOutcome>, 
/**
 * The largest p of its parts; none where no part has one.
 */
p: number | null, 
/**
 * The same after Holm's correction over the claims judged.
 */
p_holm: number | null, 
/**
 * What is to be said of all its parts together: provisional while planned seeds are missing.
 */
verdict: Verdict, };
export type PartOutcome = { 
/**
 * What is measured, in words: [`Part::what`].
 */
what: string, 
/**
 * What it must be, in words; empty if it is only shown.
 */
rule: string, 
/**
 * The mean over seeds, or the ratio of two means; none where it is not measured, and of a ratio whose
 * denominator can't be told from 0.
 */
effect: number | null, 
/**
 * Its 95% interval, where there is an effect and more than one seed.
 */
interval: [number, number] | null, 
/**
 * Cohen's d_z; none for ratios, and without a spread.
 */
effect_size: number | null, 
/**
 * The sign-flip test's p; none for ratios, and of one seed.
 */
p: number | null, 
/**
 * Seeds counted; 0 where it is not measured.
 */
n: number, 
/**
 * Whether it is as it must be: never of one seed; always, where nothing must be.
 */
holds: boolean, 
/**
 * Each seed's number, in the order of seeds; empty for ratios, and where it is not measured.
 */
values: Array<number>, 
/**
 * Which seeds they are of: a seed that is not through, or was set aside, has none.
 */
seeds: Array<number>, };
export type Verdict = "holds" | "does_not_hold" | "provisionally_holds" | "provisionally_not" | "one_seed" | "not_the_papers_setting" | "not_measured" | "shown";
export type Link = { 
/**
 * The preset that the configuration started from.
 */
preset: string, 
/**
 * What is to be run.
 */
config: Config, 
/**
 * The view that it opens: a point of the stream, a lesion, a layer or a unit.
 */
shown: Shown, 
/**
 * What is claimed to come out; none of a link that says nothing of it.
 */
expected: Expected | null, 
/**
 * What is varied, each as `NAME=VALUES`, of a link of a sweep. Whether these are values of that knob is
 * told where the sweep's points are made ([`crate::sweep::points::grid`]).
 */
vary: Array<string>, };
export type LayerSnapshot = { 
/**
 * For each unit its output h as a share of the layer's largest: 0 is silent, 1 to 255 active.
 */
output: Array<number>, 
/**
 * For each unit its pre-activation z before competition, from `low` (0) to `high` (255).
 */
pre_activation: Array<number>, 
/**
 * The smallest pre-activation.
 */
low: number, 
/**
 * The largest pre-activation.
 */
high: number, 
/**
 * The threshold that competition sets, beta times c: what lies above it is active (if it is above 0).
 */
threshold: number, 
/**
 * Units with h > 0.
 */
active: number, };
export type Learned = { 
/**
 * For each unit the means over 2 x 2 pixels as digits, row by row (14 x 14 of MNIST's): 0 for the most
 * negative change, 3 for none, 6 for the most positive.
 */
units: Array<string>, 
/**
 * For each unit, what 6 stands for: the largest of its means, to four decimals.
 */
scales: Array<number>, };
export type Snapshot = { 
/**
 * For each hidden layer, in beta's order.
 */
layers: Array<LayerSnapshot>, 
/**
 * The category it reads: 0 to 9.
 */
answer: number, 
/**
 * How sure it is of that: the category's softmax, 0 to 1.
 */
confidence: number, };
export type Picture = { 
/**
 * For each pixel its weight, row by row: 1 for the most negative, 128 for none, 255 for the most
 * positive.
 */
pixels: Array<number>, 
/**
 * What 255 stands for; 0 where all weights are.
 */
scale: number, };
export type Probe = { 
/**
 * Which digit: 0 to 9.
 */
digit: number, 
/**
 * Its rotation in degrees, counter-clockwise as seen.
 */
angle: number, };
export type Watched = { 
/**
 * Version of this record: [`version::current`].
 */
schema: number, 
/**
 * Version of the code that ran it.
 */
code_version: string, 
/**
 * What was run.
 */
config: Config, 
/**
 * See [`crate::results::Results::draws`].
 */
draws: string, 
/**
 * On which images.
 */
data: DataInfo, 
/**
 * On which engine the run's lanes began.
 */
engine: EngineInfo, 
/**
 * The image that they are shown on.
 */
probe: Probe, 
/**
 * Its pixels, 0 to 255, row by row.
 */
pixels: Array<number>, 
/**
 * The same digit as each task turns it.
 */
strip: Array<Array<number>>, 
/**
 * The watched lanes that are through; none that diverged.
 */
lanes: Array<WatchedLane>, };
export type WatchedLane = { 
/**
 * Before training, then after each task.
 */
snapshots: Array<Snapshot>, 
/**
 * The first step after a fifth of the tasks, walked through: what is learned first still moves.
 */
trace: StepTrace, 
/**
 * What h1's units have learned after the last task.
 */
learned: Learned, 
/**
 * The seed that fixes initial weights, images, what tells tasks apart, order and replay.
 */
seed: number, 
/**
 * What is meta-learned.
 */
condition: Condition, };
export type Recognised = { "kind": "images" } | { "kind": "record" } | { "kind": "other", 
/**
 * What it is, in words.
 */
reason: string, };
export type StoredRun = { 
/**
 * What was run.
 */
run: RunDescription, 
/**
 * On which images.
 */
data: DataInfo, 
/**
 * On which engine its lanes began.
 */
engine: EngineInfo, 
/**
 * Which lanes went on on another, and from which step, in words; mostly none.
 */
engine_changes: Array<string>, 
/**
 * The version of the code that ran it.
 */
code_version: string, 
/**
 * SHA-256 of the first seed's draws.
 */
draws: string, 
/**
 * A digit as each task of the first seed shows it: see [`inspect::strip`].
 */
strip: Array<Array<number>>, 
/**
 * For each lane of `run`, what was measured, without each task's shares and digests: the page shows
 * their means, and holds others beside the results file itself.
 */
records: Array<Array<TaskRecord>>, 
/**
 * What a link can say came out; none of a run that is not whole.
 */
expected: Expected | null, 
/**
 * The fragment of a link of its settings, without `#`.
 */
link: string, 
/**
 * Means over seeds.
 */
summary: Summary, 
/**
 * The claims of the figure it has the shape of.
 */
claims: Array<Outcome>, };
export type StepTrace = { 
/**
 * The step, counted from 0 over the whole stream.
 */
step: number, 
/**
 * The task being learned, from 0.
 */
task: number, 
/**
 * Current samples, in the order of the inner steps.
 */
current: Array<TracedSample>, 
/**
 * Replayed samples; empty while the memory is.
 */
replay: Array<TracedSample>, 
/**
 * Mean cross-entropy of all samples with W, before the look-ahead.
 */
loss_before: number, 
/**
 * One inner step for each current sample, in their order.
 */
inner: Array<TracedInner>, 
/**
 * The meta-loss: the mean of the inner steps'.
 */
meta_loss: number, 
/**
 * For each matrix, the norm of W.
 */
weights: Array<number>, 
/**
 * For each matrix, the norm of the meta-gradient of W.
 */
weights_gradient: Array<number>, 
/**
 * For each matrix, the meta-gradient of alpha.
 */
alpha_gradient: Array<number>, 
/**
 * For each layer, the meta-gradient of beta.
 */
beta_gradient: Array<number>, 
/**
 * What clipping leaves of the gradients of W, alpha and beta: 1 is all.
 */
clip: [number, number, number], 
/**
 * For each matrix, how far W moves.
 */
weights_moved: Array<number>, 
/**
 * For each matrix its alpha, before the update and after it.
 */
alpha: [Array<number>, Array<number>], 
/**
 * For each layer its beta, before the update and after it.
 */
beta: [Array<number>, Array<number>], 
/**
 * One unit of h1, seen closer.
 */
unit: TracedUnit, };
export type TracedInner = { 
/**
 * The current sample's cross-entropy before it, summed over heads.
 */
loss: number, 
/**
 * The meta-loss after it: the mean cross-entropy of all samples with the fast weights.
 */
meta_loss: number, 
/**
 * For each matrix, how far the fast weights are from W.
 */
moved: Array<number>, };
export type TracedSample = { 
/**
 * Its pixels as the network gets them, 0 to 255, row by row.
 */
pixels: Array<number>, 
/**
 * Its task, from 0.
 */
task: number, 
/**
 * Its category label, from 0.
 */
category: number, 
/**
 * Its item label, where there is an item task.
 */
item: number | null, };
export type TracedUnit = { 
/**
 * Which: the one whose fast weights moved farthest.
 */
unit: number, 
/**
 * Its weights W before the step.
 */
before: Picture, 
/**
 * How far its fast weights are from W after the last inner step.
 */
fast: Picture, 
/**
 * How far W moves in the update.
 */
update: Picture, };
export type Words = { 
/**
 * What happened.
 */
what: string, 
/**
 * What follows from it: for the run, or for what can be relied on.
 */
meaning: string, 
/**
 * What to do.
 */
advice: string, };
export type SweepAsked = { 
/**
 * The settings that its points share, as JSON text.
 */
config: string, 
/**
 * The experiment that they belong to, by its id.
 */
experiment: string | null, 
/**
 * What is varied, each as `NAME=VALUES`.
 */
vary: Array<string>, };
export type SweepForm = "summary" | "lanes" | "means" | "claims";
export type SweepView = { 
/**
 * A name for files.
 */
name: string, 
/**
 * The experiment whose claims are held against its points: its title.
 */
title: string, 
/**
 * The experiment that it names, by its id.
 */
experiment: string | null, 
/**
 * What is varied, by the knobs' names.
 */
knobs: Array<string>, 
/**
 * What all points have otherwise than the experiment, each as `name=value`.
 */
shared: Array<string>, 
/**
 * How many seeds under which conditions, in words.
 */
lanes: string, 
/**
 * All its points, measured or not, in the definition's order.
 */
points: Array<SweepPoint>, 
/**
 * How many of them are measured.
 */
measured: number, 
/**
 * The first that is not, from 0; none where all are.
 */
next: number | null, 
/**
 * A row for each point.
 */
table: SweepTable, 
/**
 * Its plots; none where they are more than are drawn.
 */
plots: Array<SmallPlot>, 
/**
 * What of it is not drawn, and why, in words.
 */
not_drawn: string | null, 
/**
 * The images; none before the first point.
 */
data: DataInfo | null, 
/**
 * The engines that trained it.
 */
engines: Array<string>, 
/**
 * The version of the code that wrote its file.
 */
code_version: string, 
/**
 * Its digest; none where a point is missing.
 */
digest: string | null, 
/**
 * The fragment of its link; none of points that are no grid.
 */
link: string | null, };
export type SweepPoint = { 
/**
 * In words: `alpha_0=0.01, hidden=64x4`.
 */
said: string, 
/**
 * The fragment of the link that opens it as a run.
 */
link: string, 
/**
 * Its digest; none where it is not measured.
 */
digest: string | null, };
export type SweepTable = { 
/**
 * The columns' names.
 */
head: Array<string>, 
/**
 * A row for each point.
 */
rows: Array<Array<string>>, 
/**
 * What stands under it: the claims' sentences, what was set aside.
 */
notes: Array<string>, };
export type ForkView = { 
/**
 * A name for files.
 */
name: string, 
/**
 * The experiment's title.
 */
title: string, 
/**
 * Tasks after which the branch goes on otherwise; 0 of two runs that differ from their beginning.
 */
fork_at: number, 
/**
 * What changes there, each as the Lab's field has it.
 */
fork: Array<string>, 
/**
 * What else they have otherwise, in words.
 */
knobs: Array<string>, 
/**
 * Seeds that are paired.
 */
seeds: number, 
/**
 * The images.
 */
data: DataInfo, 
/**
 * What trained trunk and branch.
 */
engines: [string, string], 
/**
 * Their digests; none of a run that is not whole.
 */
digests: [string | null, string | null], 
/**
 * The fragments of their links.
 */
links: [string, string], 
/**
 * The version of the code that wrote its file.
 */
code_version: string, 
/**
 * Accuracy over the stream in both, and its difference, under each condition.
 */
plots: Array<SmallPlot>, 
/**
 * The names of the table's columns.
 */
head: Array<string>, 
/**
 * Differences at the end of the stream, a row for each measure.
 */
rows: Array<Array<string>>, };
export type SmallPlot = { 
/**
 * What stands over it.
 */
title: string, 
/**
 * The line under that.
 */
note: string, 
/**
 * The number of the claim that it is a part of, and marks stand out where that holds; none of a measure.
 */
claim: number | null, 
/**
 * What is measured: it stands along the upright axis of lines.
 */
measure: string, 
/**
 * What the places along the axis below are.
 */
label: string, 
/**
 * Their names.
 */
names: Array<string>, 
/**
 * Lines over one setting, or a map over two.
 */
shown: PlotShown, };
export type PlotShown = { "kind": "lines", 
/**
 * A line for each condition, for trunk and branch, or a single one.
 */
series: Array<PlotSeries>, 
/**
 * Whether a line joins the marks: the places are numbers, and what lies between them has a meaning.
 */
is_joined: boolean, } | { "kind": "map", 
/**
 * What the rows are.
 */
label: string, 
/**
 * Their names, from below.
 */
rows: Array<string>, 
/**
 * For each row a mark for each column.
 */
cells: Array<Array<PlotMark | null>>, };
export type PlotSeries = { 
/**
 * Its name; empty for the only one.
 */
name: string, 
/**
 * Whose colour it has.
 */
condition: Condition, 
/**
 * Whether it is what the others are held against: pale and dashed.
 */
is_behind: boolean, 
/**
 * For each of the plot's names a mark; none where nothing was measured.
 */
marks: Array<PlotMark | null>, };
export type PlotMark = { 
/**
 * Which run it is of, by its place in the list of all of them, from 0; of a course after how many tasks.
 */
point: number, 
/**
 * A mean over seeds, or the effect of a claim's part.
 */
value: number, 
/**
 * Where its spread begins and ends; none where it has none.
 */
ends: [number, number] | null, 
/**
 * Whether it stands out: filled, or framed in a map.
 */
strong: boolean, };
export type Found = { 
/**
 * The engine that was measured.
 */
engine: EngineKind, 
/**
 * Its device, in words.
 */
adapter: string, 
/**
 * Lanes side by side: seeds times conditions, as far as there was room.
 */
lanes: number, 
/**
 * Units of the hidden layers.
 */
hidden: Array<number>, 
/**
 * Whether the meta-gradient is of second order.
 */
second_order: boolean, 
/**
 * Observe steps a second, summed over lanes.
 */
lane_steps: number, 
/**
 * Images evaluated a second, each counted once for each lane.
 */
lane_images: number, 
/**
 * Additions and multiplications of one lane's step.
 */
step_operations: number, 
/**
 * Additions and multiplications of one image with one lane.
 */
image_operations: number, 
/**
 * Bytes that one lane's step must read and write at least: its weights are read, and read and written.
 */
step_bytes: number, 
/**
 * Operations a second of a plain matrix product of 1024 x 1024 on every core that trains (in a browser,
 * on one core times the workers that train); none of a GPU.
 */
plain_product: number | null, 
/**
 * What was found of the GPU besides; none of the other engines.
 */
gpu: FoundOnGpu | null, };
export type FoundOnGpu = { 
/**
 * Dispatches of an observe step.
 */
dispatches: number, 
/**
 * Threads of a workgroup that walks a list of passes.
 */
threads_of_a_walk: number, 
/**
 * Bytes read and written a second by a plain copy.
 */
copied_bytes: number, 
/**
 * Operations a second in registers.
 */
operations: number, 
/**
 * Seconds of a dispatch that does nothing.
 */
dispatch_seconds: number, 
/**
 * Seconds that a step of all lanes can't fall below: by its bytes, its operations, its dispatches.
 */
floors: [number, number, number], 
/**
 * The largest of them as a share of the step that was measured.
 */
share: number, 
/**
 * What the stages of a step take, each by itself.
 */
stages: Array<StageTime>, 
/**
 * Images of each seed that are evaluated at once.
 */
evaluation_images: number, 
/**
 * Operations a second of the best plain product in WGSL, as large as the largest of that evaluation: of
 * all lanes (or as many as 128 MiB hold), by those images, rounded up to whole tiles.
 */
plain_product: number, 
/**
 * Operations a second of the evaluation as a share of that: all of it, competition and counts with it.
 */
evaluation_share: number, 
/**
 * The same of its products alone, by their part of all its stages' time; 0 where stages were not
 * measured.
 */
products_share: number, 
/**
 * What the stages of their evaluation take.
 */
evaluation_stages: Array<StageTime>, };
export type StageTime = { 
/**
 * The stage's name: that of its file in `shaders/`.
 */
stage: string, 
/**
 * How many dispatches of it there are in one step, or in one evaluation.
 */
dispatches: number, 
/**
 * Seconds of all of them.
 */
seconds: number, };
export type Tuning = { 
/**
 * Threads of a workgroup that walks a list of passes.
 */
threads_of_a_walk: number, };
/** The catalogue's data sets: their names, what an image is called, what is known. */
export const DATA_SETS: Record<DataSet, { title: string; noun: string; words: string }> = {
  mnist: { title: 'MNIST', noun: 'digit', words: "10 classes, 60000 images to train and 10000 to test; verified by SHA-256. Licence: none stated by its makers; used everywhere for research." },
  digits: { title: 'procedural digits', noun: 'digit', words: "10 classes. Licence: MIT or Apache-2.0, as this project." },
  custom: { title: 'custom IDX files', noun: 'image', words: "as many classes as its labels. Licence: whatever their makers say." },
  fashion_mnist: { title: 'Fashion-MNIST', noun: 'image', words: "10 classes, 60000 images to train and 10000 to test; can't be verified whole: not every SHA-256 is on record. Licence: MIT (LICENSE in github.com/zalandoresearch/fashion-mnist)." },
  kmnist: { title: 'KMNIST', noun: 'image', words: "10 classes, 60000 images to train and 10000 to test; can't be verified whole: not every SHA-256 is on record. Licence: CC BY-SA 4.0 (README.md in github.com/rois-codh/kmnist)." },
  emnist_digits: { title: 'EMNIST digits', noun: 'digit', words: "10 classes, 240000 images to train and 40000 to test; images lie transposed and are set right; can't be verified whole: not every SHA-256 is on record. Licence: none stated; made by Cohen et al. (arXiv:1702.05373) of NIST's Special Database 19." },
  emnist_letters: { title: 'EMNIST letters', noun: 'image', words: "26 classes, 124800 images to train and 20800 to test; images lie transposed and are set right; labels from 1 on are counted from 0; can't be verified whole: not every SHA-256 is on record. Licence: none stated; made by Cohen et al. (arXiv:1702.05373) of NIST's Special Database 19." },
  emnist_balanced: { title: 'EMNIST balanced', noun: 'image', words: "47 classes, 112800 images to train and 18800 to test; images lie transposed and are set right; can't be verified whole: not every SHA-256 is on record. Licence: none stated; made by Cohen et al. (arXiv:1702.05373) of NIST's Special Database 19." },
};
/** How many digits the probe can be, whatever classes the network tells apart. */
export const DIGITS = 10;
/** Seconds after which a question to the GPU counts as not answered. */
export const GPU_PATIENCE = 8;
/** What a run's time is counted in, as axes have it. */
export const PROGRESS: Record<Order, string> = {
  sequential: 'tasks learned',
  mixed: 'stretches as long as a task',
};
/** Of heads, layers and matrices: how metrics' names begin, their units. */
export const QUANTITIES = {
  accuracy: { words: 'accuracy', unit: 'share' },
  active: { words: 'active fraction', unit: 'share' },
  alpha: { words: 'alpha', unit: '1' },
  beta: { words: 'beta', unit: '1' },
  correlation: { words: 'correlation of codes', unit: '1' },
} as const;
/** What each knob's value is of. */
export const ROLES: Record<string, Role> = {
  data: 'lanes',
  stream: 'setting',
  order: 'setting',
  own_heads: 'setting',
  tasks: 'setting',
  degrees_per_task: 'setting',
  samples_per_task: 'setting',
  batch: 'setting',
  replay: 'setting',
  memory: 'setting',
  glances: 'setting',
  hidden: 'setting',
  pathways: 'setting',
  item_head: 'setting',
  unit_length_inputs: 'setting',
  competition: 'step',
  k_fraction: 'setting',
  alpha_0: 'setting',
  beta_0: 'setting',
  eta_alpha: 'step',
  eta_beta: 'step',
  sync_update: 'step',
  eta_w: 'step',
  clip_norm: 'step',
  second_order: 'setting',
  fork_at: 'fork',
  fork: 'fork',
  evaluation_images: 'setting',
  evaluate_every: 'measuring',
  evaluate_on: 'setting',
  conditions: 'lanes',
  first_seed: 'lanes',
  seeds: 'lanes',
};
/** What a fork may change, in words and as the knob `fork` has it. */
export const CHANGES: { words: string; pattern: string }[] = [
  { words: 'learning rates stay as they are', pattern: 'learn_alpha=false' },
  { words: 'inhibition stays as it is', pattern: 'learn_beta=false' },
  { words: 'no competition any more', pattern: 'competition=false' },
  { words: 'weights are drawn anew in', pattern: 'reset:LAYER' },
  { words: 'silent from here on:', pattern: 'silence:LAYER' },
  { words: 'rates and inhibition exchanged between', pattern: 'swap:LAYER:LAYER' },
];
