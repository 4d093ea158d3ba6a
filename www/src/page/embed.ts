// Within another page: one figure and its controls, and a way to the whole page.
import { get } from '../dom';

/// Whether the link that the page was opened with asks for it.
export const isEmbedded = /[#&]embed=1(?=&|$)/.test(globalThis.location?.hash ?? '');

/// The address of the whole page with the same view.
export const whole = (address: string) => address.replace(/&embed=1(?=&|$)/, '');

/// The address of a view within another page.
export const embedded = (address: string) => (address.includes('&embed=1') ? address : `${address}&embed=1`);

/// What another page holds to show this one's view; `title` is for those who can't see it.
export function embedCode(address: string, title: string): string {
  const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const style = 'width: 100%; height: 1180px; border: 0';
  const attributes = `src="${quoted(embedded(address))}" title="${quoted(title)}" style="${style}"`;
  return `<iframe ${attributes} loading="lazy"></iframe>`;
}

/// Shows what a frame has room for. The way out says the view that is open when it is taken.
export function begin() {
  if (!isEmbedded) return;
  document.documentElement.dataset['embed'] = '';
  const out = get<HTMLAnchorElement>('whole-page');
  const follow = () => {
    out.href = whole(location.href);
  };
  follow();
  for (const near of ['pointerenter', 'focus', 'click']) out.addEventListener(near, follow);
}
