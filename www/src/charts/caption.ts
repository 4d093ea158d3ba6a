// What stands under a chart in a file: which run it shows, so that the file says by itself what it is.
import { experimentOf } from '../catalog';
import type { Course } from '../course';
import type { ForkView, SweepView } from '../protocol';
import { settings } from '../state/choice';
import { stretches } from '../words';
import type { Shown } from './chart';

/// Whose settings a run has.
function titleOf({ run }: Course): string {
  const experiment = experimentOf(run.experiment);
  if (!experiment) return 'Settings of one’s own';
  const other = settings(experiment.config, run.config);
  return other.length > 0 ? `${experiment.title} with other ${other.join(', ')}` : experiment.title;
}

/// Figure, seeds, conditions, images, how far: the same of the same run, however it came to the page.
export function captionOf({ front, behind, at }: Pick<Shown, 'front' | 'behind' | 'at'>): string {
  const { first_seed: first, seeds, conditions, tasks } = front.run.config;
  const of = seeds === 1 ? `seed ${first}` : `seeds ${first} to ${first + seeds - 1}`;
  const when = at === 0 ? 'untrained' : `after ${at} of ${tasks} ${stretches(front.run.config)}`;
  const on = front.data?.name ?? 'unknown images';
  const back = behind ? ` Pale: the stored run of ${behind.run.config.seeds} seeds.` : '';
  return `${titleOf(front)}: ${of} under ${conditions.join(', ')}, on ${on}, ${when}.${back}`;
}

/// What is varied, seeds, conditions, images, the digest.
export function captionOfSweep(sweep: SweepView): string {
  const { title, knobs, shared, lanes, measured, points, data, digest } = sweep;
  const with_ = shared.length > 0 ? `, with ${shared.join(', ')}` : '';
  const of = measured === points.length ? `${measured} points` : `${measured} of ${points.length} points`;
  const on = data?.name ?? 'unknown images';
  const proof = digest === null ? '' : ` Digest ${digest}.`;
  return `${title}, a sweep over ${knobs.join(' and ')}${with_}: ${of} of ${lanes}, on ${on}.${proof}`;
}

/// What changes where, seeds, images, the digests of both branches.
export function captionOfFork(fork: ForkView): string {
  const { title, fork_at, fork: changes, seeds, data, digests } = fork;
  const proofs = digests.filter((digest) => digest !== null);
  const proof = proofs.length > 0 ? ` Digests ${proofs.join(' and ')}.` : '';
  const what = `${changes.join(', ')} after ${fork_at} tasks, less the run without it`;
  return `${title}, ${what}: ${seeds} seeds, paired, on ${data.name}.${proof}`;
}

/// Lines of at most so many characters; a word that is longer stands by itself.
export function wrapped(words: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
