import { expect, test } from 'vitest';
import { commandOf } from '../src/page/command';
import { embedCode, embedded, whole } from '../src/page/embed';

const address = 'https://host/page/#v=1&preset=figure2&at=3';

test('into a frame and out of it again', () => {
  expect(embedded(address)).toBe(`${address}&embed=1`);
  expect(embedded(embedded(address))).toBe(embedded(address));
  expect(whole(embedded(address))).toBe(address);
  expect(whole(`${address}&embed=1&digest=ab`)).toBe(`${address}&digest=ab`);
});

test('the code for another page can’t be broken out of', () => {
  const code = embedCode(address, 'a "title" <b> & more');
  expect(code).toContain('src="https://host/page/#v=1&amp;preset=figure2&amp;at=3&amp;embed=1"');
  expect(code).toContain('title="a &quot;title&quot; <b> &amp; more"');
});

test('the terminal runs what is run, whatever is shown', () => {
  const shown = 'at=3&tab=lab&cut=some_of_L&layer=h4_L&unit=2&probe=7,63&embed=1&tour=2';
  expect(commandOf(`v=1&preset=quick&seeds=3&${shown}&digest=ab`)).toBe(
    'metacls run "#v=1&preset=quick&seeds=3&digest=ab"',
  );
});
