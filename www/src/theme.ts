// The style sheet's colours, for what is drawn by script, and how conditions and layers are told apart.
import type { Condition } from './protocol';

/// Values of the sheet's variables, on the screen and on paper. Charts ask for one with every mark, and
/// asking the page each time would have it work out its styles anew after every change; only the system's
/// scheme changes them, and nothing those of paper.
const known = { screen: new Map<string, string>(), paper: new Map<string, string>() };

/// Whether the system asks for dark, and when that changes.
export const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => known.screen.clear());

/// What is drawn on.
let ground: keyof typeof known = 'screen';

/// Draws on paper, which is light whatever the screen is.
export function onPaper<T>(draw: () => T): T {
  const before = ground;
  ground = 'paper';
  try {
    return draw();
  } finally {
    ground = before;
  }
}

/// From now on everything is drawn on paper, or on the screen again.
export function turnTo(next: typeof ground) {
  ground = next;
}

/// What colours depend on: what was drawn in another one is drawn anew.
export const surroundings = () => (ground === 'paper' ? 'paper' : dark.matches ? 'dark' : 'light');

/// An element that has paper's colours.
let sheet: HTMLElement | undefined;

function sheetOfPaper(): HTMLElement {
  if (sheet) return sheet;
  sheet = document.createElement('div');
  sheet.className = 'paper';
  sheet.hidden = true;
  document.body.append(sheet);
  return sheet;
}

/// Tells when the page comes to a screen of another scale: that changes no size, so that nothing else tells.
export function onScale(changed: () => void) {
  const scale = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const now = () => {
    changed();
    onScale(changed);
  };
  scale.addEventListener('change', now, { once: true });
}

/// A colour as #rrggbb, which the build may have made shorter.
const whole = (value: string) => value.replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3');

/// The value of a variable of the style sheet.
export function style(name: string): string {
  const values = known[ground];
  let value = values.get(name);
  if (value === undefined) {
    const of = ground === 'paper' ? sheetOfPaper() : document.documentElement;
    value = whole(getComputedStyle(of).getPropertyValue(name).trim());
    values.set(name, value);
  }
  return value;
}

/// A condition's colour: the sheet's variable of its name.
export const conditionColor = (condition: Condition) => style(`--${condition}`);

/// What a condition's marks are filled with: the baseline's are open.
export const conditionFill = (condition: Condition) =>
  condition === 'baseline' ? style('--ground') : conditionColor(condition);

/// Conditions are told apart by dash and label as well as by colour.
export const dashes: Record<Condition, string> = {
  baseline: '5,4',
  meta: '',
  rates: '8,3',
  sparsity: '2,3',
  frozen: '10,3,2,3',
};

/// A layer's position in the ordered scale, whatever the depth: the deepest is darkest (light) or lightest
/// (dark).
export function layerColor(layer: number, count: number): string {
  const step = count === 1 ? 3 : Math.round((layer / (count - 1)) * 3);
  return style(`--h${step + 1}`);
}

/// Red, green and blue of a colour written as #rrggbb.
export const rgb = (hex: string): [number, number, number] => {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
};
