// Which images: chosen under Images, and asked for before a run where the page has nothing but its own digits
// and the reader has not said that these are to be used.
import { element, get, put } from '../dom';
import { type Images, MIRROR_BYTES, mirrorHost, type Source } from '../images';
import { DATA_SETS, type DataSet } from '../protocol';
import { reason } from '../reason';
import type { Store } from '../state/store';
import type { About, View } from '../state/view';

const MEBI = 2 ** 20;
const MEGABYTES = Math.round(MIRROR_BYTES / MEBI);

/// What is asked of the reader: nothing; which images; or only to wait, where MNIST was chosen before and is
/// not here any more.
export type Question = 'none' | 'which' | 'again';

/// What a run that wants such images has to ask first. Settings that want the page's own digits have them.
export function question(
  wanted: DataSet,
  { data, origin }: Pick<View, 'data' | 'origin'>,
  images: Pick<Images, 'chosen'>,
): Question {
  const isOwn = data?.kind === 'digits' && origin === null;
  if (!isOwn || wanted === 'digits' || images.chosen === 'digits') return 'none';
  return images.chosen === 'mnist' ? 'again' : 'which';
}

/// How MNIST is had from there.
export function mnistWords(from: Source): string {
  if (from === 'kept') return 'MNIST, kept in this browser';
  if (from === 'served') return `fetch MNIST (${MEGABYTES} MB), which lies beside this page`;
  return `fetch MNIST (${MEGABYTES} MB) from ${mirrorHost}`;
}

const failure = (from: Source, error: unknown) =>
  from === 'mirror'
    ? `MNIST could not be fetched from ${mirrorHost} (${reason(error)}).`
    : `MNIST could not be used (${reason(error)}).`;

/// Why the question is put.
const WHY = {
  mnist:
    'This run asks for MNIST, the paper’s images. They are not beside this page, nor kept in this browser.',
  custom:
    'This run asks for images of somebody’s own. If you have their files, cancel, and drop them on the page.',
};
const whyOf = (wanted: DataSet) =>
  wanted === 'custom' || wanted === 'mnist'
    ? WHY[wanted]
    : `This run asks for ${DATA_SETS[wanted].title}. Where you have its files, cancel, and drop them here.`;
const FETCHED = `From ${mirrorHost}, once: verified, and kept in this browser. As in the paper.`;
const KEPT = 'As in the paper.';

/// The dialog in which it is asked.
class Dialog {
  private readonly root = get<HTMLDialogElement>('offer');
  private readonly mnist = get<HTMLButtonElement>('offer-mnist');
  private readonly cancel = get<HTMLButtonElement>('offer-cancel');
  private readonly progress = get<HTMLProgressElement>('offer-progress');
  private from: Source = 'mirror';
  private fetching: AbortController | undefined;
  private isAnswered = false;
  private end: (isAnswered: boolean) => void = () => undefined;

  constructor(private readonly images: Images) {
    this.progress.max = MIRROR_BYTES;
    this.mnist.addEventListener('click', () => void this.fetch());
    this.cancel.addEventListener('click', () => this.close(false));
    get('offer-digits').addEventListener('click', () => {
      images.digits();
      this.close(true);
    });
    this.root.addEventListener('close', () => {
      this.fetching?.abort();
      this.fetching = undefined;
      this.end(this.isAnswered);
    });
  }

  /// Asks; resolves to whether the reader has answered. Escape is no answer.
  ask(title: string, why: string, from: Source, hasDigits: boolean): Promise<boolean> {
    put(get('offer-title'), title);
    put(get('offer-why'), why);
    get('offer-own').hidden = !hasDigits;
    this.have(from);
    this.idle('');
    this.isAnswered = false;
    this.root.showModal();
    return new Promise((end) => {
      this.end = end;
    });
  }

  private have(from: Source) {
    this.from = from;
    put(this.mnist, from === 'mirror' ? `fetch MNIST (${MEGABYTES} MB)` : mnistWords(from));
    put(get('offer-mnist-words'), from === 'mirror' ? FETCHED : KEPT);
  }

  private close(isAnswered: boolean) {
    this.isAnswered = isAnswered;
    this.root.close();
  }

  private idle(words: string) {
    this.fetching = undefined;
    this.mnist.disabled = false;
    get('offer-bar').hidden = true;
    put(get('offer-words'), words);
  }

  /// Fetches MNIST, and closes with it.
  async fetch() {
    const control = new AbortController();
    this.fetching = control;
    // What is disabled loses the focus: it goes where Enter gives up.
    this.cancel.focus();
    this.mnist.disabled = true;
    get('offer-bar').hidden = this.from === 'kept';
    put(get('offer-words'), this.from === 'mirror' ? `Fetching MNIST from ${mirrorHost}.` : 'Reading MNIST.');
    let bytes = 0;
    const took = (more: number) => {
      bytes += more;
      this.progress.value = bytes;
      put(get('offer-amount'), `${Math.min(Math.floor(bytes / MEBI), MEGABYTES)} of ${MEGABYTES} MB`);
    };
    took(0);
    try {
      await this.images.mnist(this.from, { signal: control.signal, took });
      if (this.fetching === control) this.close(true);
    } catch (error) {
      if (this.fetching !== control) return;
      const said = failure(this.from, error);
      // What was nearer is of no use.
      this.have('mirror');
      this.idle(
        get('offer-own').hidden
          ? `${said} Try again, or cancel.`
          : `${said} Try again, or take procedural digits.`,
      );
      this.mnist.focus();
    }
  }
}

export class Offer {
  private dialog: Dialog | undefined;
  /// Where a question is put, until it is answered.
  private isAsking = false;

  constructor(
    private readonly images: Images,
    private readonly view: Store<View>,
  ) {}

  /// Whether a run that wants such images may begin: at once, or once the reader has answered which.
  settled(wanted: DataSet): Promise<boolean> {
    const asked = question(wanted, this.view.get(), this.images);
    if (asked === 'none') return Promise.resolve(true);
    return this.put((dialog) => {
      const answer = dialog.ask('Which images?', whyOf(wanted), 'mirror', true);
      if (asked === 'again') void dialog.fetch();
      return answer;
    });
  }

  /// Whether a run may be taken up that was made on such images: where these are MNIST, and it is not in use,
  /// the reader is offered it, and told why nothing else will do.
  same(like: DataSet, why: string): Promise<boolean> {
    if (like !== 'mnist' || this.view.get().data?.kind === 'mnist') return Promise.resolve(true);
    return this.put(async (dialog) =>
      dialog.ask('This run needs MNIST', why, await this.images.nearest(), false),
    );
  }

  /// One question at a time: whoever comes with another has no answer.
  private async put(ask: (dialog: Dialog) => Promise<boolean>): Promise<boolean> {
    if (this.isAsking) return false;
    this.isAsking = true;
    try {
      this.dialog ??= new Dialog(this.images);
      return await ask(this.dialog);
    } finally {
      this.isAsking = false;
    }
  }
}

type Notices = {
  dismiss(...about: About[]): void;
  notify(about: About, ...lines: string[]): void;
};

/// The reader says which set their files are.
function listenForReading(images: Images, { dismiss, notify }: Notices) {
  const readAs = get<HTMLSelectElement>('read-as');
  const sets = Object.keys(DATA_SETS).filter((set): set is DataSet => set !== 'digits');
  readAs.append(...sets.map((set) => element('option', { value: set }, DATA_SETS[set].title)));
  readAs.addEventListener('change', async () => {
    const set = sets.find((set) => set === readAs.value);
    put(get('read-as-words'), set ? DATA_SETS[set].words : '');
    dismiss('files', 'images');
    try {
      await images.read(set ?? null);
    } catch (error) {
      notify('files', `Your files could not be read again (${reason(error)}): give them once more.`);
    }
  });
}

/// What stands under *Images*, but for giving files.
export function listen(images: Images, notices: Notices) {
  listenForReading(images, notices);
  const { dismiss, notify } = notices;
  get('digits').addEventListener('click', () => {
    dismiss('files', 'images');
    images.digits();
  });
  const mnist = get<HTMLButtonElement>('mirror');
  let from: Source = 'mirror';
  const have = (source: Source) => {
    from = source;
    put(mnist, mnistWords(source));
  };
  have(from);
  get('images').addEventListener('toggle', () => void images.nearest().then(have));
  mnist.addEventListener('click', async () => {
    mnist.disabled = true;
    dismiss('files', 'images');
    try {
      await images.mnist(from);
    } catch (error) {
      notify('files', failure(from, error), 'What was in use stays.');
    }
    have(await images.nearest());
    mnist.disabled = false;
  });
}
