// Time: a strip of the tasks' digits that shows progress and is the handle to look back.
import { style } from './format';

type Handlers = { moved(at: number, byHand: boolean): void };

/// One pass over all tasks takes five seconds.
const PASS = 5_000;

export class Time {
  at = 0;
  tasks = 20;
  private limit = 20;
  private playing: number | undefined;
  private readonly input = document.getElementById('at') as HTMLInputElement;
  private readonly button = document.getElementById('play') as HTMLButtonElement;
  private readonly canvas = document.getElementById('strip') as HTMLCanvasElement;
  private strip: number[][] = [];

  constructor(private readonly handlers: Handlers) {
    this.input.addEventListener('input', () => {
      this.stop();
      this.move(Number(this.input.value), true);
    });
    this.button.addEventListener('click', () => (this.playing === undefined ? this.play() : this.stop()));
    new ResizeObserver(() => this.paint()).observe(this.canvas);
  }

  /// Sets the stream's length, how far it has been reached, and its digits.
  set(tasks: number, limit: number, strip: number[][] | undefined) {
    this.tasks = tasks;
    this.limit = limit;
    this.input.max = String(tasks);
    if (strip && strip !== this.strip) {
      this.strip = strip;
      this.paint();
    }
    this.say();
  }

  move(at: number, byHand = false) {
    this.at = Math.max(0, Math.min(at, this.limit));
    this.input.value = String(this.at);
    this.say();
    this.paint();
    this.handlers.moved(this.at, byHand);
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

  get isPlaying() {
    return this.playing !== undefined;
  }

  private say() {
    const words = this.at === 0 ? 'untrained' : `after ${this.at} of ${this.tasks} tasks`;
    this.input.setAttribute('aria-valuetext', words);
    const output = document.getElementById('at-words');
    if (output && output.textContent !== words) output.textContent = words;
  }

  paint() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [this.canvas.clientWidth, 34];
    if (width === 0) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.scale(ratio, ratio);
    // The range input's thumb goes from half its width to the other end; a task's digit stands where the thumb
    // passes while the task is learned.
    const inset = 10;
    const step = (width - 2 * inset) / Math.max(1, this.tasks);
    const side = Math.min(28, step - 1);
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(style('--text').slice(i, i + 2), 16));
    this.strip.forEach((pixels, task) => {
      const picture = new ImageData(28, 28);
      for (let i = 0; i < 784; i++)
        picture.data.set([r, g, b, pixels[i] * (task < this.at ? 1 : 0.3)], 4 * i);
      const small = new OffscreenCanvas(28, 28);
      small.getContext('2d')?.putImageData(picture, 0, 0);
      pen.drawImage(small, inset + (task + 0.5) * step - side / 2, (height - side) / 2, side, side);
    });
  }
}
