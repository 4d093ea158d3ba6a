// What of a run the reader looks at, as a link says it: gathered from the page's parts, and put back.
import { type Course, reached } from '../course';
import type { Lesions } from '../panes/lesions';
import type { Network } from '../panes/network';
import type { Time } from '../panes/time';
import type { Config, Probe, Shown } from '../protocol';
import { type Choice, isLab } from '../state/choice';
import type { Store } from '../state/store';
import { isEmbedded } from './embed';

type Parts = {
  choice: Store<Choice>;
  network: Network;
  lesions: Lesions;
  time: Time;
  /// The run in front.
  front(): Course | undefined;
  /// Has units shown on another input.
  watch(probe: Probe): void;
};

/// A run at its end, as the page shows it by itself.
export const plainly: Shown = {
  at: null,
  lab: false,
  cut: null,
  layer: null,
  unit: null,
  probe: null,
  embed: false,
  tour: null,
};

/// What a link shows of a run, as far as it can be told without the program that reads links: the point of
/// the stream, the layer and the unit.
export function roughly(fragment: string): Shown {
  const part = (name: string) => new RegExp(`(?:^|&)${name}=([^&]*)`).exec(fragment)?.[1];
  const whole = (name: string) => {
    const text = part(name);
    return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : null;
  };
  return { ...plainly, at: whole('at'), layer: part('layer') ?? null, unit: whole('unit') };
}

/// Whether two settings have networks of the same layers.
const isOfShape = (a: Config, b: Config) =>
  JSON.stringify([a.hidden, a.pathways]) === JSON.stringify([b.hidden, b.pathways]);

/// What is looked at, whole: to come back to.
export type Held = {
  at: number;
  cut: Lesions['chosen'];
  picked: Network['picked'];
  probe: Probe | null;
};

export class Showing {
  /// The input that the reader chose; what the page chooses by itself is not said.
  private probe: Probe | null = null;

  constructor(private readonly parts: Parts) {}

  get shown(): Shown {
    const { choice, network, lesions, time } = this.parts;
    const front = this.parts.front();
    const now = choice.get();
    const plain = { ...plainly, embed: isEmbedded };
    // A step of the tour says itself what of a run it shows.
    if (now.tour !== null) return { ...plain, tour: now.tour };
    const at = now.follows ? null : time.at;
    const shown = { ...plain, at, lab: isLab(now), probe: this.probe };
    // Where the run in front is of another network than the settings, its layers are not theirs.
    if (!front || !isOfShape(front.run.config, now.config)) return shown;
    const { layer, unit } = network.picked ?? { layer: null, unit: null };
    return { ...shown, cut: lesions.chosen === 'intact' ? null : lesions.chosen, layer, unit };
  }

  /// All of it, to come back to.
  get held(): Held {
    const { network, lesions, time } = this.parts;
    return { at: time.at, cut: lesions.chosen, picked: network.picked, probe: this.probe };
  }

  /// Comes back to it.
  bring({ at, cut, picked, probe }: Held) {
    const { network, lesions, time } = this.parts;
    network.aim(picked?.layer ?? null, picked?.unit ?? null);
    lesions.chosen = cut;
    if (probe) this.probed(probe);
    const front = this.parts.front();
    if (!front) return;
    time.set(front.run.config, reached(front), front.strip);
    time.move(at);
  }

  /// The reader chose an input.
  probed(probe: Probe) {
    this.probe = probe;
    this.parts.watch(probe);
  }

  /// Shows what a link or a step of the tour says of the run in front.
  show({ at, cut, layer, unit, probe }: Shown) {
    const { choice, network, lesions, time } = this.parts;
    network.aim(layer, unit);
    lesions.chosen = cut ?? 'intact';
    if (probe) this.probed(probe);
    if (at !== null) {
      choice.update((now) => ({ ...now, follows: false }));
      time.move(at);
    }
  }
}
