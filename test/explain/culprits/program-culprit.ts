import type { PlainProgram } from '../../../src/programs/plain-program.js';

/** A broken program and the same one without its bug. */
export interface ProgramCulprit {
  readonly bug: PlainProgram;
  readonly fixed: PlainProgram;
}

export type At<N extends string> = Readonly<Record<N, number>>;

export const pair = (
  name: string,
  make: (name: string, isFixed: boolean) => PlainProgram,
): ProgramCulprit => ({
  bug: make(name, false),
  fixed: make(`${name}-fixed`, true),
});
