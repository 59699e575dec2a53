import { OP_SET_PTE, OP_SPIN_UNLOCK, OP_STORE_RELEASE, OP_WRITE_ONCE } from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';

/** Whether the step's store goes into a store buffer, if there are any. */
export function entersBuffer({ kind }: RawStep): boolean {
  return (
    kind === OP_WRITE_ONCE || kind === OP_STORE_RELEASE || kind === OP_SPIN_UNLOCK || kind === OP_SET_PTE
  );
}
