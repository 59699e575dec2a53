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
}

export function verifyDocument(
  shootdown: string,
  verdicts: readonly VerifyVerdict[],
  interrupted: boolean,
): VerifyDocument {
  return { format: 'shootdown-verify', version: 1, shootdown, interrupted, verdicts };
}
