import { HOST_ENTERED_FLUSHED } from '../machine/hypervisor.js';
import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';

/**
 * A TLB entry that was used although it was stale: its page and PCID, and the root of the mm that it is of.
 */
export interface StaleEntry {
  readonly page: number;
  readonly pcid: number;
  readonly root: number;
}

/** What a CPU flushed while a stale entry stayed in its TLB, so that it cannot have been that entry. */
export interface Survived {
  /** The last invalidation of another page under the entry's PCID. */
  readonly otherPage: RawStep | undefined;
  /** The last flush of the mm under another PCID. */
  readonly otherPcid: RawStep | undefined;
}

/**
 * From the CPU's steps between `from` and `until`; null where its host flushed something, of which the steps
 * do not tell the scope.
 */
export function survived(
  steps: readonly RawStep[],
  cpu: number,
  from: number,
  until: number,
  entry: StaleEntry,
): Survived | null {
  let pcid: number | null = null;
  let otherPage: RawStep | undefined;
  let otherPcid: RawStep | undefined;
  for (const step of steps) {
    if (step.cpu !== cpu || step.step >= until) continue;
    if (step.kind === K.OP_WRITE_CR3) pcid = step.b;
    if (step.step <= from) continue;
    if (step.kind === K.STEP_SERVE || (step.kind === K.STEP_HOST && step.value === HOST_ENTERED_FLUSHED))
      return null;
    // INVLPG is of the loaded PCID; before the first load of CR3 that is the one of the start.
    if (step.kind === K.OP_INVLPG && step.a !== entry.page && (pcid ?? entry.pcid) === entry.pcid)
      otherPage = step;
    if (step.kind === K.OP_WRITE_CR3 && step.a === entry.root && step.b !== entry.pcid && step.c === 0)
      otherPcid = step;
  }
  return { otherPage, otherPcid };
}
