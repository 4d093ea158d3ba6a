// The table of contents: what lies below, where one is in it, and the way back up.
import { button, element, get } from '../dom';

/// Shorter names than the sections' own titles.
const NAMES: Record<string, string> = {
  stage: 'The networks',
  'lab-title': 'Settings',
  'last-title': 'Last run',
  'lesions-title': 'Cut a pathway',
  'claims-title': 'Claims',
  'check-title': 'Check',
  'panels-title': 'Panels',
  'sweeps-title': 'Sweeps and forks',
  'schematics-title': 'Schematics',
  'trace-title': 'One step',
  'about-title': 'About',
};

/// The least of a section that must have passed the upper edge for it to be the one that is read, in pixels.
const EDGE = 80;

/// The way to the network by keyboard moves the focus alone: the address is the view's, and an anchor in it
/// would be read as a link.
function skip() {
  const stage = get('stage');
  stage.tabIndex = -1;
  document.querySelector('.skip')?.addEventListener('click', (e) => {
    e.preventDefault();
    stage.focus();
  });
}

export function begin() {
  skip();
  const entries = Object.entries(NAMES).map(([id, name]) => {
    const target = get(id);
    const go = () => {
      const details = target.closest('details');
      if (details) details.open = true;
      target.scrollIntoView();
    };
    return { target, item: element('li', {}, button({ class: 'small' }, name, go)) };
  });
  get('contents').replaceChildren(element('ol', {}, ...entries.map(({ item }) => item)));
  let waiting = false;
  const follow = () => {
    waiting = false;
    const there = entries.filter(({ target, item }) => {
      const section = target.closest<HTMLElement>('main > *');
      const isThere = section !== null && !section.hidden;
      if (item.hidden === isThere) item.hidden = !isThere;
      return isThere;
    });
    const read = there.filter(({ target }) => target.getBoundingClientRect().top < EDGE).at(-1) ?? there[0];
    for (const { item } of there) {
      if (item === read?.item) item.firstElementChild?.setAttribute('aria-current', 'true');
      else item.firstElementChild?.removeAttribute('aria-current');
    }
  };
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(follow);
  };
  addEventListener('scroll', soon, { passive: true });
  addEventListener('resize', soon);
  // Sections come and go with what is shown.
  const seen = new MutationObserver(soon);
  for (const section of document.querySelectorAll('main > *')) {
    seen.observe(section, { attributes: true, attributeFilter: ['hidden'] });
  }
  follow();
}
