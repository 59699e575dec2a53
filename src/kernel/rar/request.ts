import type { Protocol } from '../../machine/protocol.js';
import {
  PAYLOAD_HEADER,
  PAYLOAD_PAGE,
  PAYLOAD_PCID,
  PAYLOAD_WORDS,
  payloadHeader,
  RAR_INVPCID_ADDR,
  RAR_INVPCID_ALL,
  RAR_INVPCID_PCID,
  RAR_PAGE_4K,
  RAR_PAGES_MAX,
  RAR_PENDING,
  RAR_SUCCESS,
  RAR_TYPE_INVPCID,
  type RemoteActionLayout,
} from '../../machine/remote-actions.js';
import { TLB_FLUSH_ALL } from '../constants.js';
import { lowestBit } from '../cpumask.js';
import type { KernelCpu } from '../kernel-cpu.js';

/** Remote action requests (arch/x86/mm/rar.c of the series; read in v2, v3 and v4). */

/** Payloads, action vectors: only where the CPUs have them is any of this called. */
function hardwareOf(cpu: KernelCpu): RemoteActionLayout {
  return cpu.layout.rar.hardware as RemoteActionLayout;
}

/**
 * `smp_call_rar_many`: has pages of one PCID, or with PCID 0 everything, dropped on every CPU of the mask,
 * and waits for all of them. tlb_gen of their slots stays what it is. The mask may change meanwhile: it is
 * read once, and a CPU that sets its bit later flushes by itself.
 *
 * @assumes interrupts are on; the task cannot migrate; entries are written and the generation is counted.
 */
export function* smpCallRarMany(
  cpu: KernelCpu,
  mask: number,
  pcid: number,
  start: number,
  end: number,
): Protocol<void> {
  if (!(yield* cpu.fn.copyRarMask(cpu, mask))) return;
  const slot = yield* cpu.fn.getPayloadSlot(cpu);
  if (cpu.features.rarPayloadFirst) yield* cpu.fn.setPayload(cpu, slot, pcid, start, end);
  for (let target = yield* nextTarget(cpu, 0); target >= 0; target = yield* nextTarget(cpu, target + 1))
    yield* cpu.fn.setActionEntry(cpu, slot, target);
  if (!cpu.features.rarPayloadFirst) yield* cpu.fn.setPayload(cpu, slot, pcid, start, end);
  yield* cpu.fn.sendRarIpis(cpu, slot);
  if (!cpu.features.rarKeepsPayload) yield* cpu.fn.freePayloadSlot(cpu, slot);
  for (let target = yield* nextTarget(cpu, 0); target >= 0; target = yield* nextTarget(cpu, target + 1))
    yield* cpu.fn.waitForActionDone(cpu, slot, target);
  if (cpu.features.rarKeepsPayload) yield* cpu.fn.freePayloadSlot(cpu, slot);
}

/** smp_call_rar_many: the CPUs to ask, into rar_cpu_mask; answers whether there are any. */
export function* copyRarMask(cpu: KernelCpu, mask: number): Protocol<boolean> {
  const own = cpu.layout.rar.mask[cpu.id];
  let any = false;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    // Up to v3 a CPU is never among its own targets.
    if (!cpu.features.rarFlushesSelf && word === cpu.id >> 5) bits = bits & ~(1 << (cpu.id & 31));
    yield* cpu.poke(own + word, bits);
    if (bits !== 0) any = true;
  }
  return any;
}

/** The first CPU of rar_cpu_mask from `from` on, or -1. */
function* nextTarget(cpu: KernelCpu, from: number): Protocol<number> {
  for (let word = from >> 5; word < cpu.maskWords; word++) {
    let bits = yield* cpu.peek(cpu.layout.rar.mask[cpu.id] + word);
    if (word === from >> 5) bits = bits & (-1 << (from & 31));
    if (bits !== 0) return word * 32 + lowestBit(bits);
  }
  return -1;
}

/**
 * `get_payload_slot`: in v4 the payload of this CPU's number, under its lock, which is held until the targets
 * have answered; before, whichever is free.
 */
export function* getPayloadSlot(cpu: KernelCpu): Protocol<number> {
  const { locks, inUse } = cpu.layout.rar;
  if (cpu.features.rarLockPerSlot) {
    const slot = cpu.id % locks.length;
    yield* cpu.spinLock(locks[slot]);
    return slot;
  }
  for (;;) {
    const used = yield* cpu.readOnce(inUse);
    let slot = 0;
    while (slot < locks.length && ((used >>> slot) & 1) !== 0) slot++;
    if (slot === locks.length) {
      yield* cpu.condLoadAcquireNot(inUse, -1, used);
      continue;
    }
    const seen = yield* cpu.fetchOr(inUse, 1 << slot);
    if (((seen >>> slot) & 1) === 0) return slot;
  }
}

/** `free_payload_slot`. */
export function* freePayloadSlot(cpu: KernelCpu, slot: number): Protocol<void> {
  if (cpu.features.rarLockPerSlot) yield* cpu.spinUnlock(cpu.layout.rar.locks[slot]);
  else yield* cpu.fetchAnd(cpu.layout.rar.inUse, ~(1 << slot));
}

/**
 * `set_payload`. A range as pages of the PCID, one more than there are in it: `end` is taken for the last
 * page's address, not for the one behind it. What does not fit the field is the whole PCID.
 */
export function* setPayload(
  cpu: KernelCpu,
  slot: number,
  pcid: number,
  start: number,
  end: number,
): Protocol<void> {
  const payload = hardwareOf(cpu).payloads + slot * PAYLOAD_WORDS;
  const counted = cpu.features.rarCountsAllPages ? end - start + 1 : end - start - 1;
  const pages = end === TLB_FLUSH_ALL ? RAR_PAGES_MAX + 1 : counted;
  const isRange = pcid !== 0 && pages < RAR_PAGES_MAX;
  const whole = pcid === 0 ? RAR_INVPCID_ALL : RAR_INVPCID_PCID;
  const subtype = isRange ? RAR_INVPCID_ADDR : whole;
  const header = payloadHeader(RAR_TYPE_INVPCID, subtype, RAR_PAGE_4K, isRange ? pages : 0);
  yield* cpu.writeOnce(payload + PAYLOAD_HEADER, header);
  yield* cpu.writeOnce(payload + PAYLOAD_PCID, pcid);
  yield* cpu.writeOnce(payload + PAYLOAD_PAGE, isRange ? start : 0);
  yield* cpu.smpWmb();
}

/** `set_action_entry`. */
export function* setActionEntry(cpu: KernelCpu, slot: number, target: number): Protocol<void> {
  yield* cpu.writeOnce(hardwareOf(cpu).actions[target] + slot, RAR_PENDING);
}

/**
 * `native_send_rar_ipi`. Writes to the APIC are not ordered behind plain stores by themselves where it is
 * x2APIC's (a WRMSR that does not serialise): the fence is weak_wrmsr_fence.
 */
export function* sendRarIpis(cpu: KernelCpu, slot: number): Protocol<void> {
  if (cpu.features.rarFencesSignal) yield* cpu.smpMb();
  for (let target = yield* nextTarget(cpu, 0); target >= 0; target = yield* nextTarget(cpu, target + 1))
    yield* cpu.sendRar(target, slot);
}

/** `wait_for_action_done`: spins while the entry is PENDING, and warns unless it says SUCCESS then. */
export function* waitForActionDone(cpu: KernelCpu, slot: number, target: number): Protocol<void> {
  const entry = hardwareOf(cpu).actions[target] + slot;
  const status = yield* cpu.condLoadAcquireNot(entry, -1, RAR_PENDING);
  yield* cpu.assert(status === RAR_SUCCESS, 'wait_for_action_done: a remote action request has failed');
}

/** `rar_full_flush`: everything, whatever PCID, on the CPUs of a mask, and here. */
export function* rarFullFlush(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.fn.smpCallRarMany(cpu, mask, 0, 0, TLB_FLUSH_ALL);
  yield* cpu.invpcid(2, 0, 0);
}
