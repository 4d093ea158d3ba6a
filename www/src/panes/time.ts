// Time: a strip of the tasks' digits that shows progress and is the handle to go back.
import { get, put } from '../dom';
import type { Config } from '../protocol';
import { rgb, style } from '../theme';
import { stretches } from '../words';

type Handlers = { moved(at: number, byHand: boolean): void };

/// One pass over all tasks takes five seconds.
const PASS = 5_000;

/// The strip's height in CSS pixels, and what a digit may have of it.
const [HEIGHT, DIGIT] = [34, 28];

/// The range input's thumb goes from half its width to the other end.
const INSET = 10;

/// What the handle goes over.
type Stream = Pick<Config, 'tasks' | 'order' | 'fork_at'>;

const NONE: number[][] = [];

export class Time {
  /// Tasks learned at the point looked at.
  at = 0;
  private tasks = 1;
  private limit = 0;
  /// Tasks after which the run goes on otherwise; 0 where it does not.
  private forkAt = 0;
  private playing: number | undefined;
  private readonly input = get<HTMLInputElement>('at');
  private readonly button = get<HTMLButtonElement>('play');
  private readonly canvas = get<HTMLCanvasElement>('strip');
  private stretches = 'tasks';
  private strip: number[][] = NONE;
  /// The strip's digits as pictures, and the ink that they are drawn in.
  private stamps: { ink: string; pictures: OffscreenCanvas[] } | undefined;

  constructor(private readonly handlers: Handlers) {
    this.input.addEventListener('input', () => {
      this.stop();
      this.move(Number(this.input.value), true);
    });
    this.button.addEventListener('click', () => (this.isPlaying ? this.stop() : this.play()));
    new ResizeObserver(() => this.paint()).observe(this.canvas);
  }

  get isPlaying() {
    return this.playing !== undefined;
  }

  /// Sets the stream that is shown, how far it has been reached, and its digits: none where all tasks are
  /// learned together.
  set(config: Stream, limit: number, digits: number[][] | undefined) {
    const { tasks, fork_at: forkAt } = config;
    this.tasks = tasks;
    this.limit = limit;
    this.stretches = stretches(config);
    const isOther = forkAt !== this.forkAt;
    this.forkAt = forkAt;
    this.input.max = String(tasks);
    const strip = config.order === 'mixed' ? NONE : digits;
    if (strip && strip !== this.strip) {
      this.strip = strip;
      this.stamps = undefined;
      this.paint();
    } else if (isOther) this.paint();
    this.say();
  }

  /// Moves the handle, at most as far as the run has come.
  move(at: number, byHand = false) {
    this.at = Math.max(0, Math.min(at, this.limit));
    this.input.value = String(this.at);
    this.say();
    this.paint();
    this.handlers.moved(this.at, byHand);
  }

  /// Puts the handle where the point looked at is.
  follow() {
    this.input.value = String(this.at);
    this.paint();
  }

  /// Takes the handle over all tasks, once.
  play() {
    this.stop();
    if (this.at >= this.limit) this.move(0);
    const pause = PASS / Math.max(1, this.tasks);
    this.button.setAttribute('aria-label', 'Pause the pass');
    this.button.textContent = '❚❚';
    this.playing = window.setInterval(() => {
      // Stopped first, so that what is said at the end is said.
      if (this.at + 1 >= this.limit) this.stop();
      this.move(this.at + 1);
    }, pause);
  }

  stop() {
    if (this.playing !== undefined) window.clearInterval(this.playing);
    this.playing = undefined;
    this.button.textContent = '▶';
    this.button.setAttribute('aria-label', 'Play the pass over the tasks');
  }

  private say() {
    const words = this.at === 0 ? 'untrained' : `after ${this.at} of ${this.tasks} ${this.stretches}`;
    this.input.setAttribute('aria-valuetext', words);
    put(get('at-words'), words);
  }

  private paint() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const width = this.canvas.clientWidth;
    if (width === 0) return;
    this.canvas.width = width * ratio;
    this.canvas.height = HEIGHT * ratio;
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.scale(ratio, ratio);
    // A task's digit stands where the thumb passes while the task is learned.
    const step = (width - 2 * INSET) / Math.max(1, this.tasks);
    const side = Math.min(DIGIT, step - 1);
    if (side <= 0) return;
    const ink = style('--text');
    if (this.stamps?.ink !== ink) {
      this.stamps = { ink, pictures: this.strip.map((pixels) => stamp(pixels, rgb(ink))) };
    }
    if (this.forkAt > 0) {
      pen.fillStyle = style('--meta');
      pen.fillRect(INSET + this.forkAt * step - 1, 0, 2, HEIGHT);
    }
    this.stamps.pictures.forEach((picture, task) => {
      pen.globalAlpha = task < this.at ? 1 : 0.3;
      pen.drawImage(picture, INSET + (task + 0.5) * step - side / 2, (HEIGHT - side) / 2, side, side);
    });
  }
}

/// A square of pixels 0 to 255 as ink.
function stamp(pixels: number[], [red, green, blue]: [number, number, number]): OffscreenCanvas {
  const side = Math.max(1, Math.round(Math.sqrt(pixels.length)));
  const picture = new ImageData(side, side);
  const { data } = picture;
  pixels.forEach((strength, i) => {
    data[4 * i] = red;
    data[4 * i + 1] = green;
    data[4 * i + 2] = blue;
    data[4 * i + 3] = strength;
  });
  const small = new OffscreenCanvas(side, side);
  small.getContext('2d')?.putImageData(picture, 0, 0);
  return small;
}
