// What-if questions as cards: each sets the Lab and runs; what came out is for the reader to see.
import { whatIf } from '../catalog';
import { button, element, get } from '../dom';
import type { WhatIf } from '../protocol';

/// Makes the cards; `ask` begins a question's run.
export function build(ask: (question: WhatIf) => void) {
  const card = (question: WhatIf) =>
    element(
      'li',
      { class: 'question' },
      element('h3', {}, question.title),
      element('p', {}, question.look_for),
      button({ 'aria-label': `Run it: ${question.title}` }, 'Run it', () => ask(question)),
    );
  get('what-if').replaceChildren(...whatIf.map(card));
}
