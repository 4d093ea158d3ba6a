import { expect, test } from 'vitest';
import { tags } from '../site';

const of = (site: string | undefined) =>
  Object.fromEntries(tags(site).map(({ attrs }) => [Object.values(attrs)[0], attrs.content]));

test('previews get whole addresses where the site is known', () => {
  expect(of('https://host/page')['og:image']).toBe('https://host/page/preview.png');
  expect(of('https://host/page/')['og:url']).toBe('https://host/page/');
  expect(of(undefined)['og:image']).toBe('./preview.png');
  expect(of(undefined)['og:url']).toBeUndefined();
});
