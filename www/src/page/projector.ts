// For a lecture room: everything larger, and what is only for whoever sits at the keyboard out of sight.
import { get } from '../dom';

export function listen(redraw: () => void) {
  const toggle = get('projector');
  toggle.addEventListener('click', () => {
    const { dataset } = document.documentElement;
    const isOn = dataset['projector'] === undefined;
    if (isOn) dataset['projector'] = '';
    else delete dataset['projector'];
    toggle.setAttribute('aria-pressed', String(isOn));
    redraw();
  });
}
