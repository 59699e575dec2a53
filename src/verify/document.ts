import type { VerifyVerdict } from './api.js';

/** `verify --json`. */
export interface VerifyDocument {
  readonly format: 'shootdown-verify';
  readonly version: 1;
  readonly shootdown: string;
  /** Ended by Ctrl-C; programs that had not begun are missing. */
  readonly interrupted: boolean;
  /** One per program, in order. */
  readonly verdicts: readonly VerifyVerdict[];
  /** What is not seen through, and why; it can still be hunted. */
  readonly refused: readonly Refused[];
}

export interface Refused {
  readonly name: string;
  /** A line, with its place. */
  readonly why: string;
}

export function verifyDocument(
  shootdown: string,
  verdicts: readonly VerifyVerdict[],
  refused: readonly Refused[],
  interrupted: boolean,
): VerifyDocument {
  return { format: 'shootdown-verify', version: 1, shootdown, interrupted, verdicts, refused };
}
