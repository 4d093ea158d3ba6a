// What of a run the reader looks at, as a link says it: gathered from the page's parts, and put back.
import type { Lesions } from '../panes/lesions';
import type { Network } from '../panes/network';
import type { Time } from '../panes/time';
import type { Probe, Shown } from '../protocol';
import { type Choice, isLab } from '../state/choice';
import type { Store } from '../state/store';
import { isEmbedded } from './embed';

type Parts = {
  choice: Store<Choice>;
  network: Network;
  lesions: Lesions;
  time: Time;
  /// Has units shown on another input.
  watch(probe: Probe): void;
};

export class Look {
  /// The input that the reader chose; what the page chooses by itself is not said.
  private probe: Probe | null = null;

  constructor(private readonly parts: Parts) {}

  get shown(): Shown {
    const { choice, network, lesions, time } = this.parts;
    const now = choice.get();
    const { layer, unit } = network.picked ?? { layer: null, unit: null };
    return {
      at: now.follows ? null : time.at,
      lab: isLab(now),
      cut: lesions.chosen === 'intact' ? null : lesions.chosen,
      layer,
      unit,
      probe: this.probe,
      embed: isEmbedded,
      tour: now.tour,
    };
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
