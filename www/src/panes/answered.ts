// Questions that stored sweeps and forks answer, as cards.
import { button, element } from '../dom';
import type { Answered } from '../protocol';

/// A question with what was found; `what` is shown on pressing its button.
export const card = (story: Answered, what: 'sweep' | 'fork', showStored: (story: Answered) => void) =>
  element(
    'li',
    { class: 'question' },
    element('h3', {}, story.title),
    element('p', {}, element('b', {}, story.question), ' ', story.found),
    button({ 'aria-label': `Show the ${what}: ${story.title}` }, `Show the ${what}`, () => showStored(story)),
  );
