// Lesions by hand: what is left of both tasks without a pathway, at once, in both conditions.
import { type Course, lesionAt, measuredAt } from './course';
import { accuracy, element, tableOf } from './format';
import type { Lesion } from './protocol';

const names: [Lesion, string][] = [
  ['intact', 'Intact'],
  ['without_l', 'Cut h4_L'],
  ['without_r', 'Cut h4_R'],
  ['without_some_l', 'Cut 250 random units of h4_L'],
];

export class Lesions {
  chosen: Lesion = 'intact';

  constructor(private readonly change: () => void) {
    document.getElementById('lesion-buttons')?.replaceChildren(
      ...names.map(([lesion, name]) => {
        const button = element('button', { type: 'button', 'data-lesion': lesion }, name);
        button.addEventListener('click', () => this.choose(lesion));
        return button;
      }),
    );
  }

  /// Silences a pathway; the same again brings it back.
  choose(lesion: Lesion) {
    this.chosen = lesion === this.chosen ? 'intact' : lesion;
    this.change();
  }

  /// What the lesion costs, in a sentence; empty where nothing is cut.
  words(course: Course, at: number): string {
    if (this.chosen === 'intact') return '';
    const { run } = course;
    const told = run.config.conditions
      .filter((c) => c === 'baseline' || c === 'meta')
      .map((condition) => {
        const point = measuredAt(course, condition, at);
        const heads = run.heads.map((head, h) => {
          const [whole, now] = (['intact', this.chosen] as const).map(
            (lesion) => lesionAt(point, h, lesion)?.mean,
          );
          return whole === undefined || now === undefined
            ? ''
            : `${head} ${accuracy(whole, h)} to ${accuracy(now, h)}`;
        });
        return `${condition}: ${heads.filter(Boolean).join(', ')}`;
      });
    const label = names.find(([l]) => l === this.chosen)?.[1] ?? '';
    const chance = run.heads.map((head, h) => `${head} ${run.chance[h]}`).join(', ');
    return `${label.replace('Cut', 'Without')}. ${told.reverse().join('; ')} (chance: ${chance}).`;
  }

  show(course: Course | undefined, at: number) {
    const section = document.getElementById('lesions');
    const answer = document.getElementById('lesion-answer');
    const has = course?.run.config.pathways !== null && course !== undefined;
    if (section) section.hidden = !has;
    if (!has || !course || !answer) {
      this.chosen = 'intact';
      return;
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>('#lesion-buttons button')) {
      button.setAttribute('aria-pressed', String(button.dataset['lesion'] === this.chosen));
    }
    const { run } = course;
    const rows = run.config.conditions.flatMap((condition) => {
      const point = measuredAt(course, condition, at);
      return run.heads.map((head, h) => {
        const whole = lesionAt(point, h, 'intact');
        const now = lesionAt(point, h, this.chosen);
        const chance = run.chance[h];
        const kept =
          whole && now && whole.mean > chance
            ? `${((100 * (now.mean - chance)) / (whole.mean - chance)).toFixed(0)}%`
            : '';
        return [
          condition,
          head,
          whole ? accuracy(whole.mean, h) : '',
          now ? accuracy(now.mean, h) : '',
          kept,
          String(chance),
        ];
      });
    });
    const label = names.find(([l]) => l === this.chosen)?.[1] ?? '';
    answer.replaceChildren(
      tableOf(
        [
          'condition',
          'task',
          'intact',
          label === 'Intact' ? 'as it is' : label.replace('Cut', 'without'),
          'kept above chance',
          'chance',
        ],
        rows,
      ),
      element(
        'p',
        { class: 'secondary' },
        'h4_L has four times the units of h4_R: the 250 random ones are as many as all of h4_R.',
      ),
    );
  }
}
