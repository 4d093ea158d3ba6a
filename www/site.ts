// What other programs show of a link to this page: its title, a sentence, a picture. Such programs run no
// scripts and want whole addresses, so where the site will lie must be known when it is built: METACLS_SITE.
import type { Plugin } from 'vitest/config';
import { tabs } from './src/tabs.ts';

/// The picture in public/: 1200 x 630, as the previews of most programs have it.
const PICTURE = 'preview.png';

const TITLE = 'Complementary learning systems, emerging';

const SENTENCE =
  'Two identical networks learn rotated digits in your browser; one tunes each layer’s speed and ' +
  'competition. A fast, sparse layer emerges on top of slow, dense ones.';

const PICTURED =
  'Two networks, unit by unit, after twenty tasks: under meta-learning the top layer is nearly silent.';

/// The tags for a site that lies at an address; addresses relative to the page where that is not known.
export function tags(site: string | undefined) {
  const at = site && !site.endsWith('/') ? `${site}/` : (site ?? './');
  const open = (property: string, content: string) => ({
    tag: 'meta',
    attrs: { property: `og:${property}`, content },
    injectTo: 'head' as const,
  });
  return [
    open('type', 'website'),
    open('title', TITLE),
    open('description', SENTENCE),
    open('image', at + PICTURE),
    open('image:width', '1200'),
    open('image:height', '630'),
    open('image:alt', PICTURED),
    ...(site ? [open('url', at)] : []),
    {
      tag: 'meta',
      attrs: { name: 'twitter:card', content: 'summary_large_image' },
      injectTo: 'head' as const,
    },
  ];
}

/// The tabs; what they do is src/page/controls.ts's.
const buttons = tabs
  .map(({ id, title }) => `<button type="button" class="tab" data-tab="${id}">${title}</button>`)
  .join('');

/// The page's document as other programs and the first look have it.
export function site(): Plugin {
  return {
    name: 'site',
    transformIndexHtml: (html) => ({
      // In the document itself, so that nothing moves when the page's program comes.
      html: html.replace('<span id="tabs"></span>', `<span id="tabs">${buttons}</span>`),
      tags: tags(process.env['METACLS_SITE']),
    }),
  };
}
