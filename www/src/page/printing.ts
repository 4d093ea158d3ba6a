// Printing, on paper or as a PDF: everything is drawn light and at once, what is folded is open, and the run
// says what it is and where it is to be found. Afterwards the page is as it was.
import { experimentOf } from '../catalog';
import type { Course } from '../course';
import { element, get } from '../dom';
import type { RunDescription } from '../protocol';
import { turnTo } from '../theme';
import { sourceWords } from '../words';

type Parts = {
  /// The run in front.
  front(): Course | undefined;
  /// Draws everything now.
  draw(): void;
  /// Draws it again when there is time.
  redraw(): void;
  /// The link of a run, once it is known.
  linkOf(run: RunDescription): Promise<string | undefined>;
  /// Where the page lies.
  page: string;
};

export class Printing {
  /// Links of runs of this machine.
  private readonly links = new WeakMap<RunDescription, string>();
  private opened: HTMLDetailsElement[] = [];

  constructor(private readonly parts: Parts) {}

  listen() {
    addEventListener('beforeprint', () => this.begin());
    addEventListener('afterprint', () => this.end());
  }

  /// A run has begun: its link is asked for now, because printing waits for nothing.
  async learn(run: RunDescription) {
    const link = await this.parts.linkOf(run);
    if (link !== undefined) this.links.set(run, link);
  }

  private begin() {
    turnTo('paper');
    this.opened = [...document.querySelectorAll<HTMLDetailsElement>('main details:not([open], #images)')];
    for (const details of this.opened) details.open = true;
    const course = this.parts.front();
    if (course) {
      const title = experimentOf(course.run.experiment)?.title ?? 'Settings of one’s own';
      get('printed').replaceChildren(sourceWords(title, course), ' ', this.link(course));
    }
    this.parts.draw();
  }

  private end() {
    for (const details of this.opened) details.open = false;
    this.opened = [];
    turnTo('screen');
    this.parts.redraw();
  }

  private link({ run, link }: Course): HTMLElement {
    const stored = link === undefined ? undefined : `${this.parts.page}#${link}`;
    const href = stored ?? this.links.get(run) ?? location.href;
    return element('a', { href }, href);
  }
}
