// The address: what is chosen as a link, kept in step with it, and read when it comes.
import type { Client } from '../client';
import { get, put } from '../dom';
import type { Config, Expected, RunDescription, Shown } from '../protocol';
import type { Choice } from '../state/choice';
import type { Store } from '../state/store';
import { LAB } from '../tabs';
import { commandOf, sweepCommandOf } from './command';
import { debounced } from './debounce';
import { plainly } from './showing';

/// Browsers refuse to have the address changed too often; so many milliseconds between two writes are
/// allowed.
const WAIT = 300;

/// What a link says.
type Said = {
  config: Config;
  experiment: string | null;
  shown: Shown;
  expected: Expected | null;
  /// What a sweep varies; nothing of a run.
  vary?: string[];
};

export class Address {
  /// What the address says, as far as this page has taken notice: another one is a link that is to be read,
  /// not written over.
  private known = this.fragment;
  /// How many links have come since.
  private came = 0;
  /// How many links are being opened: what is shown meanwhile is not what they say.
  private opening = 0;

  constructor(
    private readonly client: Client,
    private readonly choice: Store<Choice>,
    private readonly shown: () => Shown,
    /// What the link that was opened claims of just these settings.
    private readonly claimed: (config: Config) => Expected | null,
    /// Which of the page's own images this machine's run in front was made on, if it was.
    private readonly own: () => 'digits' | null = () => null,
    /// What a sweep that is asked for varies, each as NAME=VALUES.
    private readonly varied: () => string[] = () => [],
  ) {}

  /// The link that the page was opened with; empty where there is none. Some programs write its # as %23.
  get fragment(): string {
    return location.hash.slice(1) || (/(?:%23|#)(.+)/i.exec(location.href)?.[1] ?? '');
  }

  /// Tells of links that come later, and of the address without one.
  listen(came: (fragment: string) => void) {
    addEventListener('hashchange', () => {
      if (this.fragment === this.known) return;
      this.known = this.fragment;
      this.came += 1;
      came(this.known);
    });
  }

  /// Keeps the address in step with what is chosen, once there is who can write it.
  readonly keep = debounced(() => {
    if (this.client.isStarted && this.opening === 0) void this.write();
  }, WAIT);

  /// Lets a link be opened; the address says it until then, and what is shown from then on.
  async opens(work: Promise<void>) {
    this.opening += 1;
    try {
      await work;
    } finally {
      this.opening -= 1;
      this.keep();
    }
  }

  /// Loads what writes links.
  prepare() {
    this.client.start();
  }

  /// The link of what is shown; the address says the same from now on. Fails in words where there is none.
  async link(): Promise<string> {
    const data = this.own();
    const address = await this.write(data === null ? {} : { data });
    if (address === undefined)
      throw new Error('the Lab’s settings are not usable yet; it says beside the field why');
    return address;
  }

  /// A link of a run that says what came out of it.
  async claiming({ config, experiment }: RunDescription, expected: Expected): Promise<string> {
    const shown = this.shown();
    const fragment = await this.fragmentOf({ config, experiment, shown, expected });
    if (fragment === null) throw new Error('its settings are of no use');
    return `${this.page}#${fragment}`;
  }

  /// A link of a run, as it was asked for.
  async of({ config, experiment }: RunDescription): Promise<string | undefined> {
    const fragment = await this.fragmentOf({ config, experiment, shown: plainly, expected: null });
    return fragment === null ? undefined : `${this.page}#${fragment}`;
  }

  /// The fragment of what is to be shown; none of what is no usable configuration.
  private async fragmentOf({ config, vary = [], ...rest }: Said): Promise<string | null> {
    const request = { type: 'write_link', config: JSON.stringify(config), vary, ...rest } as const;
    return (await this.client.ask('link', request)).fragment;
  }

  /// Where this page lies; what trackers and encodings left in the address is no part of it.
  get page(): string {
    return location.origin + location.pathname.replace(/%23.*$/i, '');
  }

  private async write(ofRun: Partial<Config> = {}): Promise<string | undefined> {
    const { config: chosen, experiment, tab } = this.choice.get();
    // Sweeps are asked for in the Lab alone.
    const vary = tab === LAB ? this.varied() : [];
    const config = { ...chosen, ...ofRun };
    const before = this.came;
    const expected = this.claimed(config);
    const fragment = await this.fragmentOf({ config, experiment, shown: this.shown(), expected, vary });
    // What is no configuration has no link; the editor says what is wrong with it.
    if (fragment === null) return undefined;
    const address = `${this.page}#${fragment}`;
    // A link that has come meanwhile, told of yet or not, is another entry, and says what is to be shown.
    if (this.came === before && this.fragment === this.known) {
      history.replaceState(null, '', address);
      this.known = this.fragment;
    }
    put(get('command'), commandOf(fragment));
    put(get('sweep-command'), vary.length > 0 ? sweepCommandOf(fragment) : '');
    return address;
  }
}
