// Share: a link to the very view, copied, and shown until the reader closes it or shares another.
import { get, put } from '../dom';
import type { Expected, RunDescription } from '../protocol';
import { reason } from '../reason';
import type { Address } from './address';
import { copied, select } from './copying';

const COPIED = 'The link of this view is copied: whoever opens it sees this and can make the same run.';
const CLAIMED = [
  'The link of this run is copied, with what came out:',
  'whoever opens it can run it, and is told whether it came out again.',
].join(' ');
const SELECTED =
  'This browser did not let the page copy the link. Here it is, selected: copy it with your keys.';

/// How long the program that writes links is waited for, in milliseconds.
const WAIT = 30_000;

const late = () =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the program that writes links did not come')), WAIT);
  });

/// A run, and what came out of it.
export type Finished = { run: RunDescription; expected: Expected };

/// What came out of the run in front: whether it is through, and what came out then.
type Outcome = { isThere(): boolean; get(): Promise<Finished | undefined> };

export function listen(address: Address, outcome: Outcome) {
  const [box, words, link] = [get('shared'), get('shared-words'), get<HTMLInputElement>('shared-link')];
  const say = (text: string, href: string) => {
    box.hidden = false;
    link.hidden = href === '';
    link.value = href;
    put(words, text);
  };
  const share = get('share');
  const [claim, isClaimed] = [get('shared-claim'), get<HTMLInputElement>('shared-expected')];
  const write = async (): Promise<string> => {
    const of = isClaimed.checked ? await outcome.get() : undefined;
    return of ? address.claiming(of.run, of.expected) : address.link();
  };
  const show = async () => {
    try {
      say('Writing the link.', '');
      const href = await Promise.race([write(), late()]);
      const isCopied = await copied(href);
      const said = isClaimed.checked ? CLAIMED : COPIED;
      say(isCopied ? said : SELECTED, href);
      if (!isCopied) select(link);
    } catch (error) {
      say(`There is no link: ${reason(error)}.`, '');
    }
  };
  // The press must be fresh when the link is copied: what writes it is loaded as soon as the hand comes near.
  for (const near of ['pointerenter', 'focus']) share.addEventListener(near, () => address.prepare());
  share.addEventListener('click', () => {
    isClaimed.checked = false;
    claim.hidden = !outcome.isThere();
    void show();
  });
  isClaimed.addEventListener('change', () => void show());
  get('shared-close').addEventListener('click', () => {
    box.hidden = true;
    share.focus();
  });
}
