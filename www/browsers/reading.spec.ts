// What a reader does before anything is trained: opening, figures, links, the tour, sharing.
import { address, count, expect, seen, test, text } from './test';

/// How many colours each canvas has that shows the networks or the stream.
const colors = () =>
  [...document.querySelectorAll<HTMLCanvasElement>('.lane canvas, #strip')].map((canvas) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

test('the stored run is there at once, painted', async ({ tab }) => {
  await tab.open('/');
  await text(tab, '#source-badge').toBe('stored run');
  await count(tab, '.lane canvas').toBe(8);
  await count(tab, '.charts svg[role="img"]').toBe(4);
  // The pass over the tasks plays once, and stops at the end.
  await text(tab, '#callout').toContain('Drag the handle back to task 0');
  await text(tab, '#at-words').toBe('after 20 of 20 tasks');
  // A silent unit, an active one and the ground between them.
  const found = await tab.run(colors, null);
  expect(found).toHaveLength(9);
  expect(Math.min(...found.slice(0, 3)), found.join()).toBeGreaterThan(2);
  expect(found.at(-1), 'the strip').toBeGreaterThan(20);
  await tab.run(() => document.getElementById('at')?.focus(), null);
  await tab.key('ArrowLeft');
  await text(tab, '#at-words').toBe('after 19 of 20 tasks');
  const wide = await tab.run(() => document.documentElement.scrollWidth - innerWidth, null);
  expect(wide).toBeLessThanOrEqual(0);
  expect(await tab.run(() => document.getElementById('not-started')?.checkVisibility(), null)).toBe(false);
});

test('each figure shows its run, its claims, its panels and a step', async ({ tab }) => {
  await tab.open('/');
  for (const [figure, claims] of [
    ['figure1', 3],
    ['figure2', 5],
    ['figure3', 3],
  ] as const) {
    await tab.press(`[data-tab="${figure}"]`);
    await text(tab, '[data-tab][aria-current="page"]').toBe(figure.replace('figure', 'Figure '));
    await text(tab, '#panels-source').toContain('40 seeds');
    await count(tab, '#claims .verdict.holds').toBe(claims);
    await count(tab, '.empty').toBe(0);
    await text(tab, '#trace').toContain('in task 5');
    await text(tab, '#inspector').toContain('Input: a 7');
  }
  await tab.press('#lesion-buttons button:nth-of-type(2)');
  await text(tab, '#lesion-answer').toContain('without h4_L');
  await tab.press('button[data-term="speed"]');
  await seen(tab, '#term-speed').toBe(true);
  await tab.key('Escape');
  await seen(tab, '#term-speed').toBe(false);
  // The Lab's fields come with the program that knows them.
  await tab.press('[data-tab="lab"]');
  await seen(tab, '#field-batch').toBe(true);
  await text(tab, '#data-badge').toContain('procedural digits');
});

const LINK = '#v=1&preset=figure3&seeds=1&at=12&cut=R&layer=h2&unit=1';

test('a link shows its view, stays in the address, and comes again after another page', async ({ tab }) => {
  const view = async () => {
    await text(tab, '#at-words').toBe('after 12 of 20 tasks');
    await text(tab, '#lesion-buttons [aria-pressed="true"]').toContain('h4_R');
    await text(tab, '.card').toContain('h2 unit 1');
    await address(tab).toContain(LINK);
  };
  await tab.open(`/${LINK}`);
  await view();
  await tab.reload();
  await view();
  await tab.leave();
  await tab.back();
  await view();
  // It is alive, whether the browser had kept it or made it anew.
  await tab.press('[data-tab="figure1"]');
  await text(tab, '#panels-source').toContain('40 seeds');
  await address(tab).toContain('preset=figure1');
});

test('back and forward go from link to link', async ({ tab }) => {
  await tab.open(`/${LINK}`);
  await text(tab, '#at-words').toBe('after 12 of 20 tasks');
  // A link that is pressed: browsers pass over what a script put into their history by itself.
  await tab.run(() => {
    const link = document.createElement('a');
    Object.assign(link, {
      id: 'other',
      href: '#v=1&preset=figure1&seeds=1&at=3',
      textContent: 'another view',
    });
    document.querySelector('main')?.prepend(link);
  }, null);
  await tab.press('#other');
  await text(tab, '#at-words').toBe('after 3 of 20 tasks');
  await tab.back();
  await text(tab, '#at-words').toBe('after 12 of 20 tasks');
  await text(tab, '.tab[aria-current="page"]').toBe('Figure 3');
});

test('the tour goes by keys', async ({ tab }) => {
  await tab.open('/');
  await text(tab, '#source-badge').toBe('stored run');
  await tab.press('#tour-open');
  await text(tab, '#tour-count').toBe('1 of 7');
  await text(tab, '#at-words').toBe('untrained');
  await tab.key('ArrowRight');
  await text(tab, '#tour-count').toBe('2 of 7');
  await seen(tab, '#claims').toBe(false);
  await tab.key('ArrowLeft');
  await text(tab, '#tour-count').toBe('1 of 7');
  await tab.key('Escape');
  await seen(tab, '#tour').toBe(false);
  await seen(tab, '#claims').toBe(true);
});

test('a link is shared where there is no clipboard, and where there is', async ({ tab }) => {
  await tab.open(`/${LINK}`);
  await text(tab, '#at-words').toBe('after 12 of 20 tasks');
  await tab.press('#share');
  await seen(tab, '#copy-link').toBe(true);
  await count(tab, '#shared-qr svg').toBe(1);
  await tab.press('#copy-link');
  await text(tab, '#shared-words').toContain('The link is copied.');
  await tab.run(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }) && null, null);
  await tab.press('#copy-link');
  await text(tab, '#shared-words').toContain('did not let the page copy');
  const chosen = await tab.run(() => {
    const field = document.activeElement as HTMLInputElement;
    return [field.id, field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)];
  }, null);
  expect(chosen[0]).toBe('shared-link');
  expect(chosen[1]).toContain(LINK);
  await tab.key('Escape');
  await seen(tab, '#share-dialog').toBe(false);
});
