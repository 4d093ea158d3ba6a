// Words that a reader may not know: each is explained where it stands, by a tap or when the focus reaches it.
import { element, get } from '../dom';

const TERMS: Record<string, string> = {
  speed:
    'Speed is alpha, a matrix’s own learning rate: how far its weights move for the same mistake. ' +
    'Meta-learning moves it while the network learns.',
  competition:
    'Competition is beta: how much of a layer’s k-th largest pre-activation is taken from every unit ' +
    'of it. Who is left with nothing is silent.',
  active:
    'A unit is active on an image if its output is above 0; the share of units that are, over many ' +
    'images.',
  accuracy: 'The share of evaluation images read correctly, mean over all tasks: what was forgotten counts.',
  seed:
    'A seed fixes everything that is drawn: first weights, images, what tells tasks apart, order, replay. ' +
    'The same seed gives the same run.',
  spread:
    'SEM is the standard error of the mean over seeds, SD their standard deviation; the interval ' +
    'holds the mean with 95% confidence (bootstrap).',
};

/// Pixels between a word and its sentence, and between that and the window's edge.
const GAP = 6;

/// Makes every `data-term` a button that opens its sentence.
export function listen() {
  for (const word of document.querySelectorAll<HTMLElement>('button[data-term]')) {
    const sentence = TERMS[word.dataset['term'] ?? ''];
    if (sentence) explain(word, sentence);
  }
}

function explain(word: HTMLElement, sentence: string) {
  const id = `term-${word.dataset['term']}`;
  const bubble = element('div', { id, role: 'tooltip', class: 'term-words', popover: 'manual' }, sentence);
  word.setAttribute('aria-describedby', id);
  get('terms').append(bubble);
  // Where a browser has no popovers the sentence stands under the page, and is still read out.
  if (!('showPopover' in bubble)) return;
  const show = () => {
    if (bubble.matches(':popover-open')) return;
    bubble.showPopover();
    place(bubble, word);
  };
  const hide = () => {
    if (bubble.matches(':popover-open')) bubble.hidePopover();
  };
  word.addEventListener('focus', show);
  word.addEventListener('blur', hide);
  // Some browsers give a pressed button no focus.
  word.addEventListener('click', show);
  word.addEventListener('pointerleave', () => {
    if (document.activeElement !== word) hide();
  });
  word.addEventListener('keydown', (e) => {
    if (e.key === 'Escape') hide();
  });
  // The focus may have scrolled the word into sight.
  const follow = () => {
    if (bubble.matches(':popover-open')) place(bubble, word);
  };
  addEventListener('scroll', follow, { passive: true });
}

function place(bubble: HTMLElement, word: HTMLElement) {
  const at = word.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = bubble;
  const left = Math.min(at.left, innerWidth - offsetWidth - GAP);
  const below = at.bottom + GAP;
  const top = below + offsetHeight > innerHeight ? at.top - GAP - offsetHeight : below;
  bubble.style.left = `${Math.max(GAP, left)}px`;
  bubble.style.top = `${Math.max(GAP, top)}px`;
}
