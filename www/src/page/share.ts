// Share: a link to the very view, copied, and shown until the reader closes it or shares another.
import { get, put } from '../dom';
import { reason } from '../reason';
import type { Address } from './address';
import { copied, select } from './copying';

const COPIED = 'The link of this view is copied: whoever opens it sees this and can make the same run.';
const SELECTED =
  'This browser did not let the page copy the link. Here it is, selected: copy it with your keys.';

/// How long the program that writes links is waited for, in milliseconds.
const WAIT = 30_000;

const late = () =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the program that writes links did not come')), WAIT);
  });

export function listen(address: Address) {
  const [box, words, link] = [get('shared'), get('shared-words'), get<HTMLInputElement>('shared-link')];
  const say = (text: string, href: string) => {
    box.hidden = false;
    link.hidden = href === '';
    link.value = href;
    put(words, text);
  };
  const share = get('share');
  // The press must be fresh when the link is copied: what writes it is loaded as soon as the hand comes near.
  for (const near of ['pointerenter', 'focus']) share.addEventListener(near, () => address.prepare());
  share.addEventListener('click', async () => {
    try {
      say('Writing the link.', '');
      const href = await Promise.race([address.link(), late()]);
      const isCopied = await copied(href);
      say(isCopied ? COPIED : SELECTED, href);
      if (!isCopied) select(link);
    } catch (error) {
      say(`There is no link: ${reason(error)}.`, '');
    }
  });
  get('shared-close').addEventListener('click', () => {
    box.hidden = true;
    share.focus();
  });
}
