/** One line on stderr that says what a hunt is doing; silent where stderr is no terminal. */

import type { HuntProgress } from '../explore/api.js';
import { type Colors, plain } from './colors.js';
import { visible } from './escape.js';
import { groupDigits, shorten } from './text-columns.js';
import { atMostLeft, durationWords } from './time-words.js';

/** Where it is drawn. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly columns?: number;
  /** Takes away the line that the cursor stands on. Absent where nothing is ever drawn. */
  eraseLine?(): unknown;
}

const REDRAW_MS = 100;

export class Progress {
  private drawnAt = Number.NEGATIVE_INFINITY;
  private isDrawn = false;

  constructor(
    private readonly stream: ProgressStream,
    private readonly isEnabled: boolean,
    private readonly colors: Colors = plain,
  ) {}

  /**
   * Shows the newest numbers, at most ten times a second. `before`: what is done of several; `left`: of all
   * of them, where the hunt knows of itself alone.
   */
  readonly update = (progress: HuntProgress, before = '', left = atMostLeft(progress.leftMs)): void => {
    const { variant, executions, steps, elapsedMs, scenario } = progress;
    const each = (amount: number, unitMs: number): string =>
      groupDigits(Math.round((amount * unitMs) / Math.max(elapsedMs, 1)));
    this.sometimes(
      () =>
        `${before}${visible(variant)}: ${groupDigits(executions)} executions, ${each(executions, 1_000)}/s ` +
        `(${each(steps, 1)} k steps/s), ${durationWords(elapsedMs)}${left}, ${visible(scenario)}`,
    );
  };

  /** Shows a text that changes often, at most ten times a second. */
  sometimes(text: () => string): void {
    if (this.isEnabled && performance.now() - this.drawnAt >= REDRAW_MS) this.show(text());
  }

  show(text: string): void {
    if (!this.isEnabled) return;
    this.drawnAt = performance.now();
    this.isDrawn = true;
    // One column short of the edge: a full last column would wrap on some terminals and leave the line
    // behind.
    this.stream.eraseLine?.();
    // A terminal that does not know its width says 0.
    this.stream.write(this.colors.dim(shorten(visible(text), (this.stream.columns || 80) - 1)));
  }

  /** Takes the line away, before anything else is printed. */
  clear(): void {
    if (this.isDrawn) this.stream.eraseLine?.();
    this.isDrawn = false;
    this.drawnAt = Number.NEGATIVE_INFINITY;
  }
}
