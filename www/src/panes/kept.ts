// The runs that this browser keeps: an entry each, and an offer to go on with one that was stopped.
import { experimentOf } from '../catalog';
import { button, element } from '../dom';
import type { Kept } from '../kept/run';
import type { Config } from '../protocol';
import { changed } from '../state/choice';

type Acts = Record<'goOn' | 'open' | 'save' | 'remove', (run: Kept) => void>;

const titleOf = (run: Kept) => experimentOf(run.experiment)?.title ?? 'own settings';

/// Not settings of one's own: what the list says anyway.
const ELSEWHERE = ['seeds', 'first_seed', 'data', 'schema'];

/// In what a run's settings differ from its experiment's.
export function differences(run: Kept): string {
  const plain = experimentOf(run.experiment)?.config;
  if (!plain) return '';
  const names = [...changed(plain, run.config)].filter((name) => !ELSEWHERE.includes(name));
  const value = (name: string) => [run.config[name as keyof Config]].flat().join(',');
  return names.map((name) => `${name} ${value(name)}`).join('; ');
}

export function seedsOf({ config }: Kept): string {
  const { first_seed: first, seeds } = config;
  return seeds === 1 ? `seed ${first}` : `seeds ${first} to ${first + seeds - 1}`;
}

/// How far a run is.
export function stateOf(run: Kept, isAtWork: boolean): string {
  if (run.done) return 'through';
  const task = `at task ${run.tasks} of ${run.config.tasks}`;
  const at = run.ended > 0 ? `${run.ended} of ${run.lanes} networks through, the others ${task}` : task;
  return isAtWork ? `under way: ${at}` : `stopped: ${at}`;
}

const when = (time: number) =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/// An entry for each.
export function keptList(runs: Kept[], isAtWork: (run: Kept) => boolean, acts: Acts): Node[] {
  return runs.map((run) => {
    const atWork = isAtWork(run);
    const named = `${titleOf(run)}, ${seedsOf(run)}`;
    const act = (words: string, does: keyof Acts) =>
      button({ 'aria-label': `${words}: ${named}`, 'data-key': `${run.id} ${does}` }, words, () =>
        acts[does](run),
      );
    const facts = [
      differences(run) || 'the experiment’s settings',
      run.images,
      run.engine,
      when(run.changed),
    ];
    return element(
      'li',
      {},
      element(
        'div',
        {},
        element('p', {}, element('strong', {}, named), `: ${stateOf(run, atWork)}`),
        element('p', { class: 'secondary' }, facts.join(' · ')),
      ),
      element(
        'div',
        { class: 'row' },
        ...(run.done || atWork ? [] : [act('go on', 'goOn')]),
        act('open', 'open'),
        act('export', 'save'),
        ...(atWork ? [] : [act('delete', 'remove')]),
      ),
    );
  });
}

/// The offer to go on.
export function goOnWords(run: Kept, acts: { goOn(): void; later(): void }): Node[] {
  const at = run.ended > 0 ? `${run.ended} of ${run.lanes} networks` : `task ${run.tasks}`;
  return [
    element(
      'p',
      {},
      `A run of ${titleOf(run)} (${seedsOf(run)}) was stopped after ${at}. It can go on from there and ` +
        'ends with the same numbers.',
    ),
    element(
      'div',
      { class: 'row' },
      button({ class: 'primary' }, 'Go on', acts.goOn),
      button({}, 'Not now', acts.later),
    ),
  ];
}
