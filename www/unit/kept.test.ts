// Keeping runs: in order, each line once, tried again where the storage was full, and never without bound.
import { beforeEach, expect, test, vi } from 'vitest';
import { experimentOf } from '../src/catalog';
import { Keeper, type KeeperNews } from '../src/kept/keeper';
import { CHECKPOINT, type Kept, LOG, list, makeRoom, note } from '../src/kept/run';
import { differences, seedsOf, stateOf } from '../src/panes/kept';
import type { Keep } from '../src/protocol';

const held = vi.hoisted(() => ({ files: new Map<string, Uint8Array>(), isFull: false }));

vi.mock('../src/kept/disk', () => {
  const put = (run: string, file: string, bytes: Uint8Array) => {
    if (held.isFull) return Promise.reject(new DOMException('no room', 'QuotaExceededError'));
    held.files.set(`${run}/${file}`, bytes);
    return Promise.resolve();
  };
  const read = async (run: string, file: string) => held.files.get(`${run}/${file}`);
  const of = (run: string) => [...held.files].filter(([name]) => name.startsWith(`${run}/`));
  const disk = {
    name: 'a map',
    write: put,
    append: async (run: string, file: string, bytes: Uint8Array) =>
      put(run, file, Uint8Array.from([...((await read(run, file)) ?? []), ...bytes])),
    read,
    remove: (run: string, file?: string) => {
      for (const [name] of of(run)) if (file === undefined || name.endsWith(file)) held.files.delete(name);
      return Promise.resolve();
    },
    runs: async () => [...new Set([...held.files.keys()].map((name) => name.split('/')[0]!))],
    size: async (run: string) => of(run).reduce((sum, [, bytes]) => sum + bytes.length, 0),
  };
  return { disk: async () => disk };
});

beforeEach(() => {
  vi.useRealTimers();
  vi.stubGlobal('navigator', {});
  held.files.clear();
  held.isFull = false;
});

const config = experimentOf('quick')!.config;
const text = (words: string) => new TextEncoder().encode(words);
const firstLine = { experiment: 'quick', config, data: { name: 'digits' }, engine: { adapter: 'CPU' } };
const head = text(`${JSON.stringify(firstLine)}\n`);
const begin = (id: string | null = null): Keep => ({ part: 'begin', id, log: head, lanes: 4, ended: 0 });
const lanes = (words: string, ended: number): Keep => ({ part: 'lanes', lines: text(words), ended });
const checkpoint = (words: string, tasks_learned: number): Keep => ({
  part: 'checkpoint',
  file: text(words),
  tasks_learned,
});

/// A keeper, and what it has told.
function keeping() {
  const news: KeeperNews[] = [];
  const keeper = new Keeper((told) => news.push(told));
  const settled = async (...keeps: Keep[]) => {
    for (const keep of keeps) keeper.take(keep);
    for (let i = 0; i < 200; i++) await Promise.resolve();
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(5);
    else await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { keeper, news, settled };
}

const read = (file: string) => {
  const [name] = [...held.files.keys()].filter((key) => key.endsWith(file));
  return name === undefined ? undefined : new TextDecoder().decode(held.files.get(name));
};

test('nothing is kept of a run before something was measured', async () => {
  const { settled } = keeping();
  await settled(begin());
  expect(held.files.size).toBe(0);
});

test('lines are kept in order, the newest checkpoint alone, and none at the end', async () => {
  const { news, settled } = keeping();
  await settled(begin(), checkpoint('one', 1), checkpoint('two', 2));
  expect(read(CHECKPOINT)).toBe('two');
  await settled(lanes('a\nb\n', 2), checkpoint('three', 1), lanes('c\nd\n', 4));
  expect(read(LOG)).toBe(`${new TextDecoder().decode(head)}a\nb\nc\nd\n`);
  const [before] = await list();
  expect(before).toMatchObject({ experiment: 'quick', ended: 4, tasks: 1, done: false });
  await settled({ part: 'end' });
  expect(read(CHECKPOINT)).toBeUndefined();
  expect((await list())[0]).toMatchObject({ done: true });
  expect(news.some((told) => 'trouble' in told)).toBe(false);
});

test('what storage did not take is tried again, each line once', async () => {
  const { news, settled } = keeping();
  await settled(begin(), lanes('a\n', 1));
  held.isFull = true;
  await settled(lanes('b\n', 2));
  await settled(lanes('c\n', 3));
  expect(news.filter((told) => 'trouble' in told)).toHaveLength(1);
  held.isFull = false;
  await settled(lanes('d\n', 4));
  expect(read(LOG)?.endsWith('}\na\nb\nc\nd\n')).toBe(true);
  expect(news.at(-1)).toHaveProperty('kept');
});

test('a run that has ended is tried again by itself, and when there may be room', async () => {
  for (const isAsked of [false, true]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    held.files.clear();
    const { keeper, news, settled } = keeping();
    await settled(begin(), lanes('a\n', 2), checkpoint('one', 1));
    held.isFull = true;
    await settled(checkpoint('two', 2));
    await settled(lanes('b\n', 4), { part: 'end' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(news.filter((told) => 'trouble' in told)).toHaveLength(1);
    expect((await list())[0]).toMatchObject({ done: false });
    held.isFull = false;
    if (isAsked) keeper.retry();
    await vi.advanceTimersByTimeAsync(isAsked ? 100 : 6_000);
    expect(read(LOG)?.endsWith('}\na\nb\n')).toBe(true);
    expect(read(CHECKPOINT)).toBeUndefined();
    expect((await list())[0]).toMatchObject({ done: true });
    expect(news.at(-1)).toHaveProperty('kept');
    // Nothing is left to be tried.
    expect(vi.getTimerCount()).toBe(0);
    const told = news.length;
    keeper.retry();
    await settled();
    expect(news).toHaveLength(told);
  }
});

test('a checkpoint that storage did not take is tried again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { settled } = keeping();
  await settled(begin(), lanes('a\n', 1));
  held.isFull = true;
  await settled(checkpoint('one', 1));
  held.isFull = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(read(CHECKPOINT)).toBe('one');
});

test('a run that could not be kept has its last try when another begins', async () => {
  for (const isRoom of [true, false]) {
    held.files.clear();
    const { news, settled } = keeping();
    held.isFull = true;
    await settled(begin(), lanes('a\n', 4), { part: 'end' });
    held.isFull = !isRoom;
    await settled(begin());
    expect((await list()).map(({ done }) => done)).toEqual(isRoom ? [true] : []);
    expect(news.filter((told) => 'trouble' in told)).toHaveLength(1);
    // The new one is kept once something was measured of it.
    held.isFull = false;
    await settled(lanes('b\n', 1));
    expect(await list()).toHaveLength(isRoom ? 2 : 1);
  }
});

test('a run that goes on is the same one', async () => {
  const { settled } = keeping();
  await settled(begin(), lanes('a\n', 1));
  const [{ id }] = (await list()) as [Kept];
  const again = keeping();
  await again.settled({ ...begin(id), log: Uint8Array.from([...head, ...text('a\n')]) } as Keep);
  await again.settled(lanes('b\n', 2));
  expect(await list()).toHaveLength(1);
  expect(read(LOG)?.endsWith('}\na\nb\n')).toBe(true);
});

const run = (i: number, done: boolean): Kept => ({
  version: 1,
  id: `run${i}`,
  experiment: 'quick',
  config,
  images: 'digits',
  engine: 'CPU',
  begun: i,
  changed: i,
  lanes: 2,
  ended: done ? 2 : 0,
  tasks: 3,
  done,
});

test('the oldest go first, those that are through before those that are not', async () => {
  for (let i = 0; i < 24; i++) await note(run(i, i >= 3));
  held.files.set('torn/about.json', text('{"vers'));
  await makeRoom();
  const left = (await list()).map(({ id }) => id);
  expect(left).toHaveLength(20);
  for (const id of ['run0', 'run1', 'run2', 'run23']) expect(left).toContain(id);
  for (const id of ['run3', 'run4', 'run5', 'run6']) expect(left).not.toContain(id);
  expect(held.files.has('torn/about.json')).toBe(false);
});

test('records that are no runs are passed over, and stay while there is room', async () => {
  const { config: _, ...unset } = run(1, true);
  const others = {
    later: { ...run(1, true), id: 'later', version: 2 },
    other: run(1, true),
    unset: { ...unset, id: 'unset' },
    odd: { ...run(1, true), id: 'odd', config: { ...config, seeds: 'many' } },
    foreign: { ...run(1, true), id: 'foreign', config: { ...config, data: 'toString' } },
    list: ['odd'],
    nothing: null,
  };
  for (const [id, record] of Object.entries(others)) {
    held.files.set(`${id}/about.json`, text(JSON.stringify(record)));
  }
  await note(run(7, false));
  expect((await list()).map(({ id }) => id)).toEqual(['run7']);
  await makeRoom();
  expect(held.files.size).toBe(8);
  // Beyond the bound they go first.
  for (let i = 8; i < 27; i++) await note(run(i, true));
  await makeRoom();
  expect(await list()).toHaveLength(20);
  expect(held.files.size).toBe(20);
});

test('a record of an earlier build, whose settings were fewer, is a run', async () => {
  const { fork_at: _, fork: __, ...fewer } = config;
  held.files.set('run1/about.json', text(JSON.stringify({ ...run(1, false), config: fewer })));
  expect((await list()).map(({ id }) => id)).toEqual(['run1']);
});

test('a run whose log begins otherwise is not kept, and it is said', async () => {
  const { engine: _, ...torn } = firstLine;
  const logs = [JSON.stringify(torn), JSON.stringify({ ...firstLine, config: 'quick' }), 'null', '{', ''];
  for (const log of logs) {
    const { news, settled } = keeping();
    await settled({ ...begin(), log: text(`${log}\n`) } as Keep, lanes('a\n', 1));
    expect(news).toEqual([{ begun: null }, { trouble: 'the first line of its log is no run’s' }]);
    expect(held.files.size).toBe(0);
    // The next one is kept.
    await settled(begin(), lanes('a\n', 1));
    expect(news.at(-1)).toMatchObject({ kept: { ended: 1 } });
    held.files.clear();
  }
});

test('a list says in what runs differ, and how far they are', () => {
  expect(differences(run(1, true))).toBe('');
  expect(differences({ ...run(1, true), config: { ...config, eta_beta: 0.3 } })).toBe('eta_beta 0.3');
  expect(seedsOf({ ...run(1, true), config: { ...config, first_seed: 3, seeds: 4 } })).toBe('seeds 3 to 6');
  expect(stateOf(run(1, true), false)).toBe('through');
  expect(stateOf(run(1, false), false)).toBe(`stopped: at task 3 of ${config.tasks}`);
});

test('where a page may hold nothing a run is begun all the same', async () => {
  const request = () => Promise.reject(new DOMException('no', 'SecurityError'));
  vi.stubGlobal('navigator', { locks: { request, query: request } });
  const { news, settled } = keeping();
  await settled(begin(), lanes('a\n', 1));
  expect(news[0]).toHaveProperty('begun');
  expect(news.at(-1)).toMatchObject({ kept: { ended: 1 } });
});
