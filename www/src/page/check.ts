// Checking: a stored or opened run, or what a link says came out, is run again here and held beside what is
// on record.
import type { Client } from '../client';
import type { Course } from '../course';
import type { Exports } from '../exports';
import * as pane from '../panes/check';
import type { EngineChoice, Expected, File, MeasureOutcome } from '../protocol';
import { reason } from '../reason';
import { type Check, checkable, isSame, type OnRecord, type Part, partOf, unchecked } from '../state/check';
import type { Choice } from '../state/choice';
import type { Store } from '../state/store';
import { isRunning, type View } from '../state/view';
import type { RunEvent } from '../wire';
import { debounced } from './debounce';
import { chosenEngine, type Runs } from './runs';
import type { Finished } from './share';

/// Milliseconds between two comparisons while lanes come to their ends.
const WAIT = 500;

/// Why it needs the images that it was made on.
const MADE = 'It was made on MNIST: on other images nothing of it can come out again.';

export class Checks {
  /// Comparisons that were begun; only the newest says anything.
  private begun = 0;

  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly choice: Store<Choice>,
    private readonly check: Store<Check>,
    private readonly runs: Runs,
    private readonly exports: Exports,
    /// The run in front.
    private readonly front: () => Course | undefined,
  ) {}

  private get checkable(): Course | undefined {
    return checkable(this.choice.get(), this.check.get(), this.front());
  }

  /// Draws the section.
  draw() {
    pane.draw(this.check.get(), this.checkable, isRunning(this.view.get()));
  }

  /// The run in front, where it is through: a link can say what came out of it.
  get finished(): Course | undefined {
    const course = this.front();
    const isThrough = course?.kind === 'live' ? this.view.get().state === 'done' : course?.expected;
    return isThrough ? course : undefined;
  }

  /// What came out of it.
  async outcome(): Promise<Finished | undefined> {
    const course = this.finished;
    if (!course) return undefined;
    const expected = course.kind === 'live' ? (await this.exports.ask('json')).expected : course.expected;
    return expected ? { run: course.run, expected } : undefined;
  }

  /// Runs again what is on record: the part of the stored run that is chosen.
  again() {
    const stored = this.checkable;
    const part = stored && pane.chosenPart(stored);
    if (!part) return;
    const engine = chosenEngine();
    // Of its own accord the page takes the engine that promises the same bits.
    this.begin(stored, part, engine === 'auto' ? 'cpu' : engine);
  }

  /// A link was opened: what it claims, or nothing.
  claim(config: OnRecord['config'], expected: Expected | null, claimed: MeasureOutcome[]) {
    const claim = expected ? { kind: 'link' as const, expected, claimed, config } : undefined;
    this.check.update(() => ({ ...unchecked, claim }));
  }

  /// Runs a stored run again, or part of it, as soon as there are images.
  private begin(stored: Course, part: Part, engine: EngineChoice) {
    const { file, run, data } = stored;
    if (!file) return;
    void this.runs.withImages(data?.kind, MADE, () => {
      const here = this.view.get().data;
      if (here && data && here.digest !== data.digest) {
        const problem =
          `It was run on ${data.name}, and here are ${here.name}: ` +
          'choose its images under “Images”, and check it again.';
        return this.check.update((now) => ({ ...now, problem }));
      }
      const config = partOf(run.config, part);
      const held: OnRecord = { kind: 'file', file, config };
      this.check.update(({ claim }) => ({ ...unchecked, claim, held }));
      this.runs.again(config, run.experiment, engine);
    });
  }

  /// Follows the run of this machine.
  tell(event: RunEvent) {
    if (event.type === 'started') return this.started(event.run.config);
    if (event.type === 'engine') {
      const again = event.info.adapter;
      return this.check.update((now) => (now.again === again ? now : { ...now, again }));
    }
    const { held } = this.check.get();
    if (!held) return;
    if (event.type === 'checkpoint' && event.record.tasks_learned === held.config.tasks) this.look();
    if (event.type === 'state' && event.state === 'done') void this.compare();
  }

  /// A run has begun: it is held against what it is of.
  private started(config: OnRecord['config']) {
    this.begun++;
    this.check.update((now) => {
      const { claim, again } = now;
      if (now.held && isSame(now.held.config, config)) return { ...unchecked, claim, again, held: now.held };
      return { ...unchecked, claim, again, held: claim && isSame(claim.config, config) ? claim : undefined };
    });
  }

  private readonly look = debounced(() => void this.compare(), WAIT);

  private async compare() {
    const { held } = this.check.get();
    if (!held) return;
    const mine = ++this.begun;
    try {
      const { text } = await this.exports.ask('json');
      const again: File = { name: 'again.json', bytes: new TextEncoder().encode(text) };
      const found = await (held.kind === 'file'
        ? this.withFile(held.file, again)
        : this.withLink(held, again));
      if (mine === this.begun)
        this.check.update((now) => ({ ...now, ...found, isOver: this.view.get().state === 'done' }));
    } catch (error) {
      if (mine === this.begun) this.check.update((now) => ({ ...now, problem: `${reason(error)}.` }));
    }
  }

  private async withFile(file: () => Promise<File>, again: File): Promise<Partial<Check>> {
    const on_record = await file();
    const { words, likeness } = await this.client.ask('compared', { type: 'compare', on_record, again });
    return { lanes: words, likeness };
  }

  private async withLink({ expected }: { expected: Expected }, again: File): Promise<Partial<Check>> {
    const outcome = await this.client.ask('compared_with_link', {
      type: 'compare_with_link',
      expected,
      again,
    });
    return { outcome, likeness: outcome.likeness };
  }
}
