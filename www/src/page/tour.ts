// The tour: one state of the page after another, each with its words, and nothing else in sight.
import { tour as steps } from '../catalog';
import { get, put } from '../dom';
import type { Time } from '../panes/time';
import type { Choice } from '../state/choice';
import type { Store } from '../state/store';
import type { Look } from './look';
import type { Opening } from './opening';

/// Where keys have a meaning of their own.
const TYPING = 'input, select, textarea, canvas';

/// Whether a button may be pressed; one that may not hands the keyboard's focus on.
function allow(id: string, isAllowed: boolean, next: string) {
  const button = get<HTMLButtonElement>(id);
  if (!isAllowed && document.activeElement === button) get(next).focus();
  button.disabled = !isAllowed;
}

export class Tour {
  constructor(
    private readonly choice: Store<Choice>,
    private readonly opening: Opening,
    private readonly look: Look,
    private readonly time: Time,
    private readonly changed: () => void,
  ) {
    get('tour-open').addEventListener('click', () => {
      void this.open(1);
      get('tour-next').focus();
    });
    get('tour-back').addEventListener('click', () => this.turn(-1));
    get('tour-next').addEventListener('click', () => this.turn(1));
    get('tour-leave').addEventListener('click', () => this.leave());
    document.addEventListener('keydown', (e) => this.key(e));
  }

  /// The step that is open, from 1; none outside the tour.
  get step(): number | null {
    return this.choice.get().tour;
  }

  /// Opens a step. Steps taken quickly one after the other end on the last one.
  async open(number: number) {
    const step = steps[number - 1];
    if (!step) return;
    this.time.stop();
    this.choice.update((choice) => ({ ...choice, tour: number }));
    this.say(number);
    await this.opening.figure(step.experiment);
    if (this.step !== number) return;
    this.look.show(step.shown);
    this.changed();
  }

  /// Ends the tour, where there is one: something else is to be shown.
  end() {
    if (this.step === null) return;
    this.choice.update((choice) => ({ ...choice, tour: null }));
    delete document.body.dataset['tour'];
    get('tour').hidden = true;
  }

  /// Leaves the tour; what was shown last stays.
  leave() {
    if (this.step === null) return;
    this.end();
    this.changed();
    get('tour-open').focus();
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
