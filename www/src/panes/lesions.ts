// Lesions by hand: what is left of each task without some units, at once, in every condition.
import { type Course, compared, lesionAt, measuredAt } from '../course';
import { button, element, get, tableOf } from '../dom';
import { accuracy, chanceLevel, percent } from '../format';
import type { Lesion, LesionDescription, RunDescription } from '../protocol';
import { lesionNote, silenced } from '../words';

export class Lesions {
  chosen: Lesion = 'intact';
  /// The lesions that there are buttons for.
  private made = '';

  constructor(private readonly change: () => void) {}

  /// Silences some units; the same again brings them back.
  choose(lesion: Lesion) {
    this.chosen = lesion === this.chosen ? 'intact' : lesion;
    this.change();
  }

  private described({ lesions }: RunDescription): LesionDescription | undefined {
    return lesions.find((l) => l.lesion === this.chosen);
  }

  /// What the lesion costs, in a sentence; empty where nothing is cut.
  words(course: Course, at: number): string {
    const { run } = course;
    const lesion = this.described(run);
    if (!lesion || lesion.layer === null) return '';
    const costs = compared(run.config.conditions).map((condition) => {
      const point = measuredAt(course, condition, at);
      const heads = run.heads.map(({ name, chance }, h) => {
        const [whole, left] = [lesionAt(point, h, 'intact')?.mean, lesionAt(point, h, this.chosen)?.mean];
        if (whole === undefined || left === undefined) return '';
        return `${name} ${accuracy(whole, chance)} to ${accuracy(left, chance)}`;
      });
      return `${condition}: ${heads.filter(Boolean).join(', ')}`;
    });
    const chance = run.heads.map((h) => `${h.name} ${chanceLevel(h.chance)}`).join(', ');
    return `Without ${silenced(run, lesion)}. ${costs.reverse().join('; ')} (chance: ${chance}).`;
  }

  /// Offers what the run measures, and shows what the chosen lesion leaves.
  show(course: Course, at: number) {
    const { run } = course;
    const offered = run.lesions.some((l) => l.layer !== null);
    get('lesions').hidden = !offered;
    if (!offered || !this.described(run)) this.chosen = 'intact';
    if (!offered) return;
    this.makeButtons(run);
    for (const one of get('lesion-buttons').querySelectorAll('button')) {
      one.setAttribute('aria-pressed', String(one.dataset['lesion'] === this.chosen));
    }
    const lesion = this.described(run);
    const left = lesion?.layer == null ? 'as it is' : `without ${silenced(run, lesion)}`;
    const head = ['condition', 'task', 'intact', left, 'kept above chance', 'chance'];
    const note = element('p', { class: 'secondary' }, lesionNote(run));
    get('lesion-answer').replaceChildren(tableOf(head, this.rows(course, at)), note);
  }

  private makeButtons(run: RunDescription) {
    const made = JSON.stringify(run.lesions);
    if (made === this.made) return;
    this.made = made;
    get('lesion-buttons').replaceChildren(
      ...run.lesions.map((lesion) =>
        button(
          { 'data-lesion': lesion.lesion },
          lesion.layer === null ? 'Intact' : `Cut ${silenced(run, lesion)}`,
          () => this.choose(lesion.lesion),
        ),
      ),
    );
  }

  private rows(course: Course, at: number): string[][] {
    const { run } = course;
    return run.config.conditions.flatMap((condition) => {
      const point = measuredAt(course, condition, at);
      return run.heads.map(({ name, chance }, h) => {
        const whole = lesionAt(point, h, 'intact')?.mean;
        const left = lesionAt(point, h, this.chosen)?.mean;
        const kept =
          whole !== undefined && left !== undefined && whole > chance
            ? percent((left - chance) / (whole - chance))
            : '';
        const text = (x: number | undefined) => (x === undefined ? '' : accuracy(x, chance));
        return [condition, name, text(whole), text(left), kept, chanceLevel(chance)];
      });
    });
  }
}
