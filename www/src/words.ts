// Sentences that follow a run's configuration: nothing in them that a field of the Lab can make false.
import { type Course, compared, isOver, reached } from './course';
import { Count, count, counted } from './format';
import {
  type Condition,
  type Config,
  DATA_SETS,
  type LesionDescription,
  PROGRESS,
  type RunDescription,
} from './protocol';

/// Whether a lesion silences a whole layer rather than some units of it.
const isWhole = ({ layers }: RunDescription, lesion: LesionDescription) =>
  lesion.layer !== null && lesion.units === layers[lesion.layer]?.units;

/// The lesion that silences a layer, if it is measured.
export const lesionOf = (run: RunDescription, layer: number): LesionDescription | undefined =>
  run.lesions.find((l) => l.layer === layer && isWhole(run, l));

/// What a lesion takes away: "h4_L", "250 random units of h4_L"; nothing of the intact network.
export function silenced(run: RunDescription, lesion: LesionDescription): string {
  if (lesion.layer === null) return '';
  const name = run.layers[lesion.layer]?.name ?? '';
  return isWhole(run, lesion) ? name : `${lesion.units} random units of ${name}`;
}

/// Why some of one pathway's units are silenced at random: they are as many as all of the other's. Empty
/// where that is not measured.
export function lesionNote(run: RunDescription): string {
  const some = run.lesions.find((l) => l.layer !== null && !isWhole(run, l));
  const from = some?.layer == null ? undefined : run.layers[some.layer];
  const other = run.layers.find((l) => l.pathway !== null && l !== from && l.units === some?.units);
  if (!some || !from || !other) return '';
  const times = from.units / other.units;
  const ratio = Number.isInteger(times)
    ? `${from.name} has ${times === 2 ? 'twice' : `${count(times)} times`} the units of ${other.name}`
    : `${from.name} has ${from.units} units, ${other.name} ${other.units}`;
  return `${ratio}: the ${some.units} random ones are as many as all of ${other.name}.`;
}

const fromMemory = (order: Config['order']) =>
  `replayed from memory, of ${order === 'mixed' ? 'any task' : 'this task or earlier ones'}`;

/// What a run’s time is counted in, so many of it: tasks, or stretches as long where all are learned
/// together.
export const stretches = ({ order }: Pick<Config, 'order'>, of = 0): string => {
  const [one, more] = order === 'mixed' ? ['stretch', 'stretches'] : ['task', 'tasks'];
  return of === 1 ? one : more;
};

/// The same as an axis has it.
export const progress = ({ order }: Pick<Config, 'order'>): string => PROGRESS[order];

/// The stream in a sentence.
export function streamSentence(config: Config): string {
  const nouns = `${nounOf(config)}s`;
  const apart = {
    rotated: `the same ${nouns}, each task turned by one angle`,
    permuted: `the same ${nouns}, each task with its pixels permuted in one way`,
    classes: `each task with classes of its own${config.own_heads ? ', told apart among these only' : ''}`,
  }[config.stream];
  const order = config.order === 'mixed' ? 'all shuffled together' : 'one after the other, never again';
  return `${config.tasks} tasks, ${order}: ${apart}.`;
}

/// What one of the run's images is called: a digit, or an image where they show something else.
export const nounOf = ({ data }: Pick<Config, 'data'>): string => DATA_SETS[data].noun;

/// A noun with its article: "a digit", "an image", "an 8".
const withArticle = (noun: string) => `${/^[aeiou8]/.test(noun) ? 'an' : 'a'} ${noun}`;

/// An image of a class: a digit is called by its number.
export const imageOf = (noun: string, category: number) =>
  withArticle(noun === 'digit' ? String(category) : `${noun} of class ${category}`);

/// When one of that class was learned, as short as a drawing asks for.
export const afterImage = (noun: string, category: number) =>
  `after ${noun === 'digit' ? imageOf(noun, category) : `class ${category}`}`;

/// What one observe step sees.
export function seen(current: number, replayed: number, noun: string, order: Config['order']): string {
  const memory = fromMemory(order);
  const fresh =
    current === 1 ? `One new ${noun} comes` : `${Count(current)} new ${noun}s come one after the other`;
  const replay =
    replayed === 0
      ? 'the memory is still empty, so none is replayed'
      : replayed === current
        ? `as many are ${memory}`
        : `${count(replayed)} ${replayed === 1 ? 'is' : 'are'} ${memory}`;
  return `${fresh}; ${replay}.`;
}

/// How a look-ahead of so many inner steps makes the meta-loss.
export const metaLoss = (steps: number, noun: string) =>
  [
    `On a copy of its weights the network learns the new ${noun}s one by one.`,
    'After each it is asked how well all of them, new and replayed, are read now:',
    steps === 1 ? 'that' : `the mean of these ${counted(steps, 'number')}`,
    'is the meta-loss, ',
  ].join(' ');

/// How gradients are clipped.
export const clipping = ({ clip_norm }: Config) =>
  `Each of the three groups is scaled down to a norm of ${clip_norm} if it is longer; what is left of it: `;

/// Whether one of the networks side by side is frozen: it starts from what meta ended with.
const isFrozen = (config: Pick<Config, 'conditions'>) => compared(config.conditions).includes('frozen');

/// How the networks side by side are alike before training.
export const untrained = (config: Pick<Config, 'conditions'>): string =>
  isFrozen(config)
    ? 'Untrained, the two networks have the same weights; frozen has the speeds and the competition that ' +
      'meta ended with.'
    : 'Untrained, the two networks are identical, cell for cell.';

/// What a network's meta-learning tunes; empty where it tunes nothing.
function tuned(condition: Condition, { competition, eta_alpha, eta_beta }: Config): string {
  const isOf = (...conditions: Condition[]) => conditions.includes(condition);
  const speed = isOf('meta', 'rates') && eta_alpha > 0 ? ['speed'] : [];
  const inhibition = isOf('meta', 'sparsity') && competition && eta_beta > 0 ? ['competition'] : [];
  const both = [...speed, ...inhibition];
  return both.length > 0 ? `each layer’s ${both.join(' and ')}` : '';
}

/// Which of the networks side by side tune something, in the lead's three pieces: before a name that stands
/// out, the name, and after it.
function tuners(config: Config): [before: string, name: string, after: string] {
  const all = compared(config.conditions);
  const [one, other] = all.flatMap((condition) => {
    const what = tuned(condition, config);
    return what === '' ? [] : [{ condition, what }];
  });
  if (!one)
    return [`${all.length > 1 ? 'Neither' : 'It never'} tunes a layer’s speed or competition.`, '', ''];
  if (other) {
    const each = `${one.condition} ${one.what}, ${other.condition} ${other.what}`;
    return ['', '', `Both also tune: ${each}.`];
  }
  const before = all.length > 1 ? 'One of them, ' : 'As ';
  return [before, one.condition, `, ${all.length > 1 ? '' : 'it '}also tunes ${one.what}.`];
}

/// What the networks learn, for the lead.
function learned(config: Config): string {
  const nouns = `${nounOf(config)}s`;
  const stream = {
    rotated: `stream of rotated ${nouns}`,
    permuted: `stream of ${nouns} with permuted pixels`,
    classes:
      config.order === 'mixed'
        ? `stream of ${nouns}, all classes shuffled together`
        : `stream of ${nouns}, each task with classes of its own`,
  }[config.stream];
  if (compared(config.conditions).length < 2) return `A network learns a ${stream}.`;
  const two = isFrozen(config) ? 'Two networks of the same weights' : 'Two identical networks';
  return `${two} learn the same ${stream}.`;
}

/// What the page's explanations fill in of the run shown, by the names of index.html's `data-words`.
export const explanations: Record<string, (config: Config) => string> = {
  learned,
  'tuner-before': (config) => tuners(config)[0],
  tuner: (config) => tuners(config)[1],
  'tuner-after': (config) => tuners(config)[2],
  batch: ({ batch }) => counted(batch, 'new image'),
  replay: ({ replay }) =>
    replay === 0 ? 'replays none' : `${count(replay)} replayed one${replay === 1 ? '' : 's'}`,
  samples: ({ batch, replay }) => count(batch + replay),
  tasks: ({ tasks }) => counted(tasks, 'task'),
  stream: (config) => {
    const noun = nounOf(config);
    const each = {
      rotated: `each with one rotation of the ${noun}s`,
      permuted: `each with one permutation of the ${noun}s’ pixels`,
      classes: `each with classes of its own${config.own_heads ? ', told apart among these only' : ''}`,
    }[config.stream];
    return `${each}, ${config.order === 'mixed' ? 'all shuffled together' : 'seen in order and never again'}`;
  },
  images: (config) => `${nounOf(config)}s`,
  competition: ({ k_fraction }) => {
    const share = Number((100 * k_fraction).toPrecision(3));
    return `k is ${share === 1 ? 'one' : share} percent of the units`;
  },
  evaluation: ({ evaluate_on }) => (evaluate_on === 'test' ? 'test images' : 'the learned items'),
};

/// What a run is, of which experiment, where and on what it was made.
export function sourceWords(title: string, course: Course): string {
  const { kind, run, data, engine, engineChanges = [] } = course;
  const { first_seed: first, seeds, tasks } = run.config;
  const of = seeds === 1 ? `seed ${first}` : `seeds ${first} to ${first + seeds - 1}`;
  const so = isOver(course) ? [] : [`so far ${reached(course)} of ${tasks} tasks`];
  const on = `on ${data?.name ?? 'unknown images'}, by ${engine?.adapter ?? 'an unknown engine'}`;
  const whose = kind === 'live' ? 'trained in this page' : 'a stored run';
  return `${title}, ${whose}: ${[of, on, ...so, ...engineChanges].join('; ')}.`;
}
