import type { OutcomeDetail } from './cause.js';
import type { RawStep } from './raw-step.js';

/** A step that a fact speaks of. */
export interface FactMark {
  readonly step: RawStep;
  /** What it is. */
  readonly why: string;
  /** The step's text says as much: worth no words where others are told of it. */
  readonly isPlain?: boolean;
}

/** Something that an execution shows, whatever its program is for: in words, with the steps that show it. */
export interface Fact {
  readonly words: string;
  /** The steps that the words speak of; the first one is what the cause speaks of. */
  readonly marks: readonly FactMark[];
  /** The same for the cause; null: it tells no bug from another. */
  readonly detail: OutcomeDetail | null;
}
