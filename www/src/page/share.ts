// Share: the very view as a link, to copy, to embed, to scan and to run, and what its receiver sees.
import { get, put } from '../dom';
import { late } from '../late';
import type { Expected, RunDescription } from '../protocol';
import { reason } from '../reason';
import type { Address } from './address';
import { commandOf } from './command';
import { copied, select } from './copying';
import { embedCode, embedded } from './embed';

/// How long the program that writes links is waited for, in milliseconds.
const WAIT = 30_000;

const LATE = 'the program that writes links did not come';

/// A run, and what came out of it.
export type Finished = { run: RunDescription; expected: Expected };

type Handlers = {
  /// Whether the run in front is through, so that a link can say what came out of it.
  isThrough(): boolean;
  /// Whether the run in front is this machine's, which its receiver has not.
  isOwn(): boolean;
  /// What came out of it.
  outcome(): Promise<Finished | undefined>;
  /// What is shown, in words.
  view(): string;
};

export class Share {
  private readonly dialog = get<HTMLDialogElement>('share-dialog');
  private readonly claim = get<HTMLInputElement>('shared-expected');
  private readonly link = get<HTMLInputElement>('shared-link');
  private readonly said = get('shared-words');
  private readonly preview = get<HTMLDetailsElement>('shared-preview');
  /// Links are written one after the other; only the newest is shown.
  private newest = 0;

  constructor(
    private readonly address: Address,
    private readonly handlers: Handlers,
  ) {
    const share = get('share');
    // What writes links is loaded as soon as the hand comes near.
    for (const near of ['pointerenter', 'focus']) share.addEventListener(near, () => address.prepare());
    share.addEventListener('click', () => this.open());
    get('shared-close').addEventListener('click', () => this.dialog.close());
    this.claim.addEventListener('change', () => void this.write());
    this.preview.addEventListener('toggle', () => this.look());
    this.dialog.addEventListener('close', () => {
      this.preview.open = false;
      share.focus();
    });
    // A press beside the dialog closes it.
    this.dialog.addEventListener('click', (e) => {
      if (e.target === this.dialog) this.dialog.close();
    });
    for (const [button, of, what] of [
      ['copy-link', 'shared-link', 'The link'],
      ['copy-embed', 'shared-embed', 'The code'],
      ['copy-terminal', 'shared-command', 'The command'],
    ] as const) {
      get(button).addEventListener('click', () => void this.copy(get(of), what));
    }
  }

  private open() {
    this.claim.checked = false;
    get('shared-claim').hidden = !this.handlers.isThrough();
    put(get('shared-view'), this.handlers.view());
    this.dialog.showModal();
    void this.write();
  }

  /// Writes the link of what is shown, and everything that holds it.
  private async write() {
    const number = ++this.newest;
    put(this.said, 'Writing the link.');
    get('shared-all').hidden = true;
    try {
      const href = await Promise.race([this.written(), late(LATE, WAIT)]);
      if (number !== this.newest) return;
      await this.fill(href);
      put(this.said, this.claim.checked ? CLAIMED : this.handlers.isOwn() ? OWN : PLAIN);
    } catch (error) {
      if (number === this.newest) put(this.said, `There is no link: ${reason(error)}.`);
    }
  }

  private async written(): Promise<string> {
    const of = this.claim.checked ? await this.handlers.outcome() : undefined;
    return of ? this.address.claiming(of.run, of.expected) : this.address.link();
  }

  private async fill(href: string) {
    this.link.value = href;
    get<HTMLTextAreaElement>('shared-embed').value = embedCode(href, this.handlers.view());
    put(get('shared-command'), commandOf(href.slice(href.indexOf('#') + 1)));
    get('shared-all').hidden = false;
    get('copy-link').focus();
    this.look();
    const { draw } = await import('./qr');
    get('shared-qr').replaceChildren(draw(href));
  }

  /// Shows what the receiver sees, where it is asked for.
  private look() {
    const frame = get<HTMLIFrameElement>('shared-frame');
    const { open } = this.preview;
    if (!open) frame.removeAttribute('src');
    else if (frame.src !== embedded(this.link.value)) frame.src = embedded(this.link.value);
  }

  private async copy(of: HTMLElement, what: string) {
    const isField = of instanceof HTMLInputElement || of instanceof HTMLTextAreaElement;
    const is = await copied(isField ? of.value : (of.textContent ?? ''));
    if (!is) select(of);
    put(this.said, is ? `${what} is copied.` : `${NOT_COPIED} ${what} stands there selected: use your keys.`);
  }
}

const PLAIN = 'Whoever opens this link sees what you see, and can make the same run.';
const OWN = 'Whoever opens this link sees the stored run at this place; Run then makes the run that you see.';
const CLAIMED =
  'This link says what came out, too: whoever opens it can run it, and is told whether it came out again.';
const NOT_COPIED = 'This browser did not let the page copy.';
