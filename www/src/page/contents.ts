// The table of contents: what lies below, where one is in it, and the way back up.
import { button, element, get, put } from '../dom';

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

/// In a narrow window the list stands behind a button that says where one is.
function folded(nav: HTMLElement): HTMLButtonElement {
  const open = (is: boolean) => {
    nav.toggleAttribute('data-open', is);
    toggle.setAttribute('aria-expanded', String(is));
  };
  const attributes = { id: 'contents-toggle', 'aria-expanded': 'false', 'aria-controls': 'contents-list' };
  const toggle = button(attributes, '', () => open(!nav.hasAttribute('data-open')));
  // Folded before a section is gone to: what is above it then keeps its height.
  nav.addEventListener(
    'click',
    (e) => {
      if (e.target !== toggle) open(false);
    },
    { capture: true },
  );
  nav.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !nav.hasAttribute('data-open')) return;
    open(false);
    toggle.focus();
  });
  return toggle;
}

export function begin() {
  skip();
  const nav = get('contents');
  const toggle = folded(nav);
  const entries = Object.entries(NAMES).map(([id, name]) => {
    const target = get(id);
    const go = () => {
      const details = target.closest('details');
      if (details) details.open = true;
      target.scrollIntoView();
    };
    return { target, item: element('li', {}, button({ class: 'small' }, name, go)) };
  });
  nav.replaceChildren(toggle, element('ol', { id: 'contents-list' }, ...entries.map(({ item }) => item)));
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
    put(toggle, `Contents: ${read?.item.textContent ?? ''}`);
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
