import { WHOLE_SPACE } from '../machine/hyperv-request.js';
import { FLUSH_INPUT_PAGE } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { TLB_FLUSH_ALL } from './constants.js';
import { HV_FLUSH_NON_GLOBAL_MAPPINGS_ONLY, NAMED_ABOVE, NAMED_NONE } from './hyperv.js';
import {
  BANK_VPS,
  INPUT_BANKS,
  INPUT_FLAGS,
  INPUT_IS_SPARSE,
  INPUT_NAMED,
  INPUT_SET,
  VP_INVAL,
} from './hyperv-layout.js';
import type { KernelCpu } from './kernel-cpu.js';

/** What a Hyper-V guest has in the place of the kernel's `fillRequest` and `askByHypercall`. */

/** The bit of a request's flags that number -1 of the mask behind them is. */
const BIT_BEFORE_MASK = 1 << 31;

/**
 * One CPU becomes a bit of the request: what `askByHypercall` is for these guests.
 *
 * @assumes interrupts are off; the CPU is to be flushed.
 */
export function* hypervNameTarget(cpu: KernelCpu, target: number): Protocol<void> {
  const { input, vpIndex } = cpu.layout.hyperv;
  const page = input[cpu.id];
  const vp = vpIndex[target];
  const isSparse = yield* cpu.peek(page + INPUT_IS_SPARSE);
  if (vp === VP_INVAL) {
    if (isSparse !== 0 || cpu.features.hypervChecksVpNumber) {
      yield* cpu.poke(page + INPUT_NAMED, NAMED_NONE);
      return;
    }
    // B33: bit -1 of the mask is the flags' highest, and the processor is not in the mask.
    const flags = yield* cpu.peek(page + INPUT_FLAGS);
    yield* cpu.poke(page + INPUT_FLAGS, flags | BIT_BEFORE_MASK);
    return;
  }
  if (isSparse === 0 && vp >= BANK_VPS) {
    yield* cpu.poke(page + INPUT_NAMED, NAMED_ABOVE);
    return;
  }
  yield* cpu.fn.beforeTargetFlush(cpu, target);
  const word = page + INPUT_SET + (vp >> 5);
  const bits = yield* cpu.peek(word);
  yield* cpu.poke(word, bits | (1 << (vp & 31)));
  const banks = yield* cpu.peek(page + INPUT_BANKS);
  if (isSparse !== 0 && vp >> 6 >= banks) yield* cpu.poke(page + INPUT_BANKS, (vp >> 6) + 1);
}

/**
 * What is to go: the whole space, also where the range takes more entries than the page holds, or a list of
 * ranges.
 *
 * @assumes interrupts are off; the processors are named.
 */
export function* hypervFillRequest(cpu: KernelCpu): Protocol<void> {
  const { input, space, entryPages, listEntries } = cpu.layout.hyperv;
  const page = input[cpu.id];
  const wanted = cpu.layout.hypercall.wanted[cpu.id];
  const start = yield* cpu.readOnce(cpu.own.flushInfo.start);
  const end = yield* cpu.readOnce(cpu.own.flushInfo.end);
  const banks = yield* cpu.peek(page + INPUT_BANKS);
  const flags = yield* cpu.peek(page + INPUT_FLAGS);
  let entries = WHOLE_SPACE;
  if (end === TLB_FLUSH_ALL) {
    yield* cpu.poke(page + INPUT_FLAGS, flags | HV_FLUSH_NON_GLOBAL_MAPPINGS_ONLY);
  } else if ((((end - start) / entryPages) | 0) <= listEntries - banks) {
    entries = yield* cpu.fn.hypervFillList(cpu, start, end);
  }
  yield* cpu.writeOnce(wanted, FLUSH_INPUT_PAGE);
  yield* cpu.writeOnce(wanted + 1, page + space);
  yield* cpu.writeOnce(wanted + 2, entries);
}
