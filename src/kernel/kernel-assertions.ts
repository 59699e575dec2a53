import type { Machine } from '../machine/machine.js';
import { NOT_ALWAYS, NOT_FINAL, wrongBy } from '../vocabulary/assertion.js';
import { DefinitionError } from '../vocabulary/errors.js';
import type { KernelLayout } from './kernel-layout.js';

/**
 * Assertions of a variant over the kernel's words, as plain programs have them over theirs: true, false, or a
 * sentence that says what is wrong.
 *
 *     always: (read, { cpus, mms }) => cpus.every(({ tlbstate }) => ...)
 */
export type KernelJudge = (read: (address: number) => number, kernel: KernelLayout) => boolean | string;

export interface KernelAssertions {
  /** Over the memory after every step, as all CPUs see it: what waits in a store buffer is not in it. */
  readonly always?: KernelJudge;
  /** Over the memory at the end, when every script has ended and every store buffer is empty. */
  readonly final?: KernelJudge;
}

/** What the program of a kernel judges by them. */
export function judgesOf(
  { always, final }: KernelAssertions,
  layout: KernelLayout,
): { check: (machine: Machine) => string | null; invariant?: (machine: Machine) => string | null } {
  const judged = (judge: KernelJudge, otherwise: string) => {
    let mem: Int32Array = new Int32Array(0);
    const { first, end, holeFirst, holeEnd } = layout.words;
    const read = (address: number): number => {
      // Allocator, registers and ghosts are not the kernel's; proofs tell states apart by its words.
      if (!(address >= first && address < end) || (address >= holeFirst && address < holeEnd))
        throw new DefinitionError(`an assertion reads address ${address}, where the kernel has no word`);
      return mem[address];
    };
    return (machine: Machine): string | null => {
      ({ mem } = machine);
      const answer: unknown = judge(read, layout);
      const wrong = wrongBy(answer, otherwise);
      if (wrong === undefined)
        throw new DefinitionError(`an assertion answers true, false or a sentence, not ${String(answer)}`);
      return wrong;
    };
  };
  return {
    check: final === undefined ? () => null : judged(final, NOT_FINAL),
    ...(always === undefined ? {} : { invariant: judged(always, NOT_ALWAYS) }),
  };
}
