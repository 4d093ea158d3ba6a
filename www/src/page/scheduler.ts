// When the page is drawn: with the next frame what the reader did, and the rest piece by piece.

export class Scheduler {
  private waits = false;
  private isAnswer = false;
  /// What is left to fill in.
  private rest: Generator<void> | undefined;

  /// `draw` is told whether what it draws answers the reader, and so comes at once.
  constructor(private readonly draw: (atOnce: boolean) => void) {}

  /// Draws with the next frame. What the reader did is answered in that frame; news of a run fill in piece by
  /// piece.
  redraw(by: 'reader' | 'run' = 'reader') {
    this.isAnswer ||= by === 'reader';
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      const atOnce = this.isAnswer;
      this.isAnswer = false;
      this.draw(atOnce);
    });
  }

  /// Draws these pieces after the frame, in place of those that were left, one with each turn of the event
  /// loop: the reader is let in between.
  fill(pieces: Generator<void>) {
    const isFilling = this.rest !== undefined;
    this.rest = pieces;
    if (isFilling) return;
    // A frame's own task, so that what was drawn for it is seen first.
    requestAnimationFrame(() => setTimeout(() => this.piece(), 0));
  }

  private piece() {
    const turn = this.rest;
    // A piece that fails must not keep later ones from being drawn.
    this.rest = undefined;
    if (!turn || turn.next().done) return;
    this.rest = turn;
    setTimeout(() => this.piece(), 0);
  }
}
