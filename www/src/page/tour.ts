// The tour: one state of the page after another, each with its words, and nothing else in sight.
import { opening, tour as steps } from '../catalog';
import { get, put } from '../dom';
import type { Time } from '../panes/time';
import type { Choice } from '../state/choice';
import type { Store } from '../state/store';
import type { Opening } from './opening';
import { type Held, plainly, type Showing } from './showing';

/// Where keys have a meaning of their own.
const TYPING = 'input, select, textarea, canvas';

/// What changes the view where it is pressed; a word's explanation does not.
const CHANGES = 'button:not(.term), canvas, input, select, summary';

/// The keys by which the focus moves and nothing else changes.
const MOVING = ['Tab', 'Shift', 'Control', 'Alt', 'Meta', 'Escape'];

/// What the reader had before the tour.
type Before = { choice: Choice; held: Held; scroll: number };

/// Whether a button may be pressed; one that may not hands the keyboard's focus on.
function allow(id: string, isAllowed: boolean, next: string) {
  const button = get<HTMLButtonElement>(id);
  if (!isAllowed && document.activeElement === button) get(next).focus();
  button.disabled = !isAllowed;
}

export class Tour {
  /// What leaving brings back; nothing where a link opened the tour.
  private before: Before | undefined;
  /// Whether the reader has changed the view that the tour shows: then it is theirs, and stays.
  private isTheirs = false;

  constructor(
    private readonly choice: Store<Choice>,
    private readonly opening: Opening,
    private readonly showing: Showing,
    private readonly time: Time,
    private readonly changed: () => void,
  ) {
    get('tour-open').addEventListener('click', () => this.begin());
    get('tour-back').addEventListener('click', () => this.turn(-1));
    get('tour-next').addEventListener('click', () => this.turn(1));
    get('tour-leave').addEventListener('click', () => this.leave());
    document.addEventListener('keydown', (e) => this.key(e));
    // Seen on the way down: what is pressed may tell nobody of it.
    const main = document.querySelector('main');
    for (const type of ['click', 'input', 'pointerdown', 'keydown']) {
      main?.addEventListener(type, (e) => this.touched(e), { capture: true });
    }
  }

  /// The step that is open, from 1; none outside the tour.
  get step(): number | null {
    return this.choice.get().tour;
  }

  /// Begins it, and keeps what there is to come back to.
  private begin() {
    const before = { choice: this.choice.get(), held: this.showing.held, scroll: scrollY };
    void this.open(1);
    this.before = before;
    get('tour-next').focus();
  }

  /// Opens a step. Steps taken quickly one after the other end on the last one.
  async open(number: number) {
    const step = steps[number - 1];
    if (!step) return;
    this.time.stop();
    if (this.step === null) {
      this.isTheirs = false;
      this.before = undefined;
    }
    this.choice.update((choice) => ({ ...choice, tour: number }));
    this.say(number);
    await this.opening.figure(step.experiment);
    if (this.step !== number) return;
    this.showing.show(step.shown);
    this.changed();
  }

  /// Ends the tour, where there is one: something else is to be shown.
  end() {
    if (this.step === null) return;
    this.choice.update((choice) => ({ ...choice, tour: null }));
    delete document.body.dataset['tour'];
    get('tour').hidden = true;
  }

  /// Leaves the tour for the view that the reader had before it, or, where a link opened the tour, the one
  /// that the page opens on. A view that they have changed themselves stays.
  leave() {
    if (this.step === null) return;
    const { before, isTheirs } = this;
    this.end();
    get('tour-open').focus();
    if (isTheirs) return this.changed();
    if (!before) return void this.opening.tab(opening.id).then(() => this.plain());
    this.choice.update(() => before.choice);
    this.showing.bring(before.held);
    this.changed();
    scrollTo({ top: before.scroll });
  }

  /// Ends the tour because of a run: what is shown is what runs.
  give() {
    if (this.step === null) return;
    this.end();
    this.changed();
    get('tour-open').focus();
  }

  /// Nothing is cut or picked.
  private plain() {
    this.showing.show(plainly);
    this.changed();
  }

  /// The reader does something in the view.
  private touched(e: Event) {
    const { target } = e;
    if (this.step === null || !(target instanceof Element) || target.closest('#tour')) return;
    const at = target.closest(CHANGES);
    // A press is a click in the end; on cells and with keys there is none.
    const isDone = e.type === 'pointerdown' || e.type === 'keydown' ? at?.tagName === 'CANVAS' : at !== null;
    if (isDone && !(e instanceof KeyboardEvent && MOVING.includes(e.key))) this.isTheirs = true;
  }

  private turn(by: number) {
    if (this.step !== null) void this.open(this.step + by);
  }

  private say(number: number) {
    const step = steps[number - 1];
    if (!step) return;
    document.body.dataset['tour'] = String(number);
    for (const part of document.querySelectorAll<HTMLElement>('[data-part]')) {
      const isShown = step.parts.some((one) => one === part.dataset['part']);
      part.toggleAttribute('data-shown', isShown);
      const folded = part.querySelector<HTMLDetailsElement>(':scope > .folds');
      if (isShown && folded) folded.open = true;
    }
    get('tour').hidden = false;
    put(get('tour-title'), step.title);
    put(get('tour-words'), step.words);
    put(get('tour-count'), `${number} of ${steps.length}`);
    allow('tour-back', number > 1, 'tour-next');
    allow('tour-next', number < steps.length, 'tour-leave');
    scrollTo({ top: 0 });
  }

  private key(e: KeyboardEvent) {
    if (this.step === null || e.ctrlKey || e.metaKey || e.altKey) return;
    const { target } = e;
    if (target instanceof HTMLElement && target.closest(TYPING)) return;
    // A space presses the button that has the focus.
    if (e.key === ' ' && target instanceof HTMLButtonElement) return;
    const on = () => this.turn(1);
    const back = () => this.turn(-1);
    // What presenters' remote controls send, too. Outside the tour space runs and the arrow steps.
    const act: Record<string, () => void> = {
      ArrowRight: on,
      PageDown: on,
      ' ': on,
      ArrowLeft: back,
      PageUp: back,
      Escape: () => this.leave(),
    };
    const wanted = act[e.key];
    if (!wanted) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    wanted();
  }
}
