// Keys as WebDriver and its BiDi send them.
import { Key } from 'selenium-webdriver';
import type { KeyName } from './tab';

export const KEYS: Record<KeyName, string> = {
  ArrowLeft: Key.ARROW_LEFT,
  ArrowRight: Key.ARROW_RIGHT,
  Escape: Key.ESCAPE,
  Enter: Key.ENTER,
  Tab: Key.TAB,
};
