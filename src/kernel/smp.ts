import type { Protocol } from '../machine/protocol.js';
import { CSD_FLAG_LOCK, CSD_TYPE_SYNC, FUNC_FLUSH_TLB } from './constants.js';
import { cpumaskTestCpu, lowestBit } from './cpumask.js';
import { EV_CSD_QUEUED, EV_CSD_RAN, EV_CSD_UNLOCKED, EV_IPI_SERVED, EV_SHOULD_FLUSH } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';
import { BY_IPI } from './remote-flush.js';
import { CSD_FLAGS, CSD_FUNC, CSD_INFO, CSD_NEXT } from './structs.js';

/** The IPI engine (kernel/smp.c, since 5.13). */

/**
 * `smp_call_function_many_cond` with SCF_WAIT: runs flush_tlb_func for this CPU's request on every CPU of the
 * mask (`conditional`: for which should_flush_tlb holds), since 5.13 on this CPU too if it is in the mask,
 * and waits for all.
 *
 * Interrupts are on in the wait: two CPUs that flush each other serve each other.
 *
 * @assumes interrupts are on; the request is filled in.
 */
export function* smpCallFunctionManyCond(cpu: KernelCpu, mask: number, conditional: boolean): Protocol<void> {
  const { concurrentFlush, localCondFirst, localTestLast } = cpu.features;
  // Before 5.13 the caller has flushed here already (SCF_RUN_LOCAL came with the concurrent flush).
  let runLocal = concurrentFlush && !localTestLast ? yield* cpumaskTestCpu(cpu, cpu.id, mask) : false;
  const askFirst = localCondFirst && !localTestLast && conditional;
  if (runLocal && askFirst) runLocal = yield* cpu.fn.condFunc(cpu, cpu.id);
  const others = yield* cpu.fn.copyCallMask(cpu, mask);
  if (others) {
    yield* cpu.fn.queueRemoteCalls(cpu, conditional);
    yield* cpu.fn.sendCallFunctionIpis(cpu);
  }
  if (concurrentFlush && localTestLast) runLocal = yield* cpumaskTestCpu(cpu, cpu.id, mask);
  if (runLocal && conditional && !askFirst) runLocal = yield* cpu.fn.condFunc(cpu, cpu.id);
  if (runLocal) yield* cpu.fn.flushHere(cpu);
  if (others) yield* cpu.fn.waitForCsds(cpu);
}

/**
 * smp_call_function_many_cond: the CPUs of `mask` but this one, into cfd.cpumask; answers whether there are
 * any. The mask can change while it is iterated: work on a copy, and tolerate that nobody is left (B53,
 * B55).
 *
 * @assumes this CPU cannot be moved to another.
 */
export function* copyCallMask(cpu: KernelCpu, mask: number): Protocol<boolean> {
  const cfd = cpu.own.cfd;
  let others = false;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    if (word === cpu.id >> 5) bits = bits & ~(1 << (cpu.id & 31));
    if (bits !== 0) others = true;
    yield* cpu.poke(cfd.cpumask + word, bits);
    yield* cpu.poke(cfd.cpumaskIpi + word, 0);
  }
  return others;
}

/**
 * smp_call_function_many_cond: the condition of a call. What it answers is noted here, so that a variant's
 * own `shouldFlushTlb` is explained as the kernel's is.
 *
 * @assumes the generation is counted; asked on the initiator.
 */
export function* condFunc(cpu: KernelCpu, target: number): Protocol<boolean> {
  const answer = yield* cpu.fn.shouldFlushTlb(cpu, target);
  yield* cpu.event(EV_SHOULD_FLUSH, target, answer ? 1 : 0);
  return answer;
}

/**
 * smp_call_function_many_cond: queues a csd on every target of cfd.cpumask that needs one; the others leave
 * the mask.
 *
 * @assumes cfd.cpumask has the CPUs to call.
 */
export function* queueRemoteCalls(cpu: KernelCpu, conditional: boolean): Protocol<void> {
  const cfd = cpu.own.cfd;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.peek(cfd.cpumask + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      const target = word * 32 + bit;
      const wanted = conditional ? yield* cpu.fn.condFunc(cpu, target) : true;
      if (wanted) {
        if (yield* cpu.fn.queueRemoteCall(cpu, target)) {
          const marked = yield* cpu.peek(cfd.cpumaskIpi + word);
          yield* cpu.poke(cfd.cpumaskIpi + word, marked | (1 << bit));
        }
      } else {
        const left = yield* cpu.peek(cfd.cpumask + word);
        yield* cpu.poke(cfd.cpumask + word, left & ~(1 << bit));
      }
    }
  }
}

/**
 * smp_call_function_many_cond: queues this CPU's csd for `target` and answers whether the target needs an
 * IPI: only the first to queue sends one, since the handler takes the whole list.
 *
 * @assumes the request is filled in.
 */
export function* queueRemoteCall(cpu: KernelCpu, target: number): Protocol<boolean> {
  const csd = cpu.own.cfd.csd[target];
  yield* cpu.fn.beforeTargetFlush(cpu, target);
  yield* cpu.fn.csdLock(cpu, csd);
  const func = yield* cpu.fn.calledFunction(cpu);
  yield* cpu.writeOnce(csd + CSD_FUNC, func);
  yield* cpu.writeOnce(csd + CSD_INFO, cpu.id);
  const wasEmpty = yield* cpu.fn.llistAdd(cpu, csd, cpu.per[target].cfd.queue);
  yield* cpu.fn.targetAsked(cpu, target, BY_IPI);
  return wasEmpty;
}

/**
 * smp_call_function_many_cond: the function that this CPU's calls are for.
 *
 * @assumes asked between the filling in of a request and its end.
 */
export function* calledFunction(cpu: KernelCpu): Protocol<number> {
  yield* cpu.barrier();
  return FUNC_FLUSH_TLB;
}

/**
 * `csd_lock`: the previous request to this target must have been finished; the locked flag must be visible
 * before func and info change.
 *
 * @assumes interrupts are on: the target may be waiting for this CPU.
 */
export function* csdLock(cpu: KernelCpu, csd: number): Protocol<void> {
  yield* cpu.condLoadAcquire(csd + CSD_FLAGS, CSD_FLAG_LOCK, 0);
  yield* cpu.writeOnce(csd + CSD_FLAGS, CSD_FLAG_LOCK | CSD_TYPE_SYNC);
  yield* cpu.smpWmb();
}

/**
 * `llist_add`: returns whether the queue was empty. The locked cmpxchg makes the request visible before
 * anybody can find it.
 *
 * @assumes the csd is locked and filled in.
 */
export function* llistAdd(cpu: KernelCpu, csd: number, queue: number): Protocol<boolean> {
  for (;;) {
    const first = yield* cpu.readOnce(queue);
    yield* cpu.writeOnce(csd + CSD_NEXT, first);
    const seen = yield* cpu.cmpxchg(queue, first, csd);
    if (seen === first) {
      yield* cpu.event(EV_CSD_QUEUED, csd, 0);
      return first === 0;
    }
  }
}

/**
 * `native_send_call_func_ipi`.
 *
 * @assumes the csds are queued.
 */
export function* sendCallFunctionIpis(cpu: KernelCpu): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.peek(cpu.own.cfd.cpumaskIpi + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      yield* cpu.sendIpi(word * 32 + bit);
    }
  }
}

/**
 * smp_call_function_many_cond: waits until every target has unlocked its csd. What the functions did, slot
 * generation included, is then visible here.
 *
 * @assumes interrupts are on: two CPUs that flush each other serve each other.
 */
export function* waitForCsds(cpu: KernelCpu): Protocol<void> {
  const cfd = cpu.own.cfd;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.peek(cfd.cpumask + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      yield* cpu.condLoadAcquire(cfd.csd[word * 32 + bit] + CSD_FLAGS, CSD_FLAG_LOCK, 0);
    }
  }
}

/**
 * `generic_smp_call_function_single_interrupt`: the IPI handler. Takes the whole queue, oldest first.
 *
 * @assumes an interrupt handler: interrupts are off, and it ends by iret.
 */
export function* callFunctionInterrupt(cpu: KernelCpu): Protocol<void> {
  yield* cpu.fn.flushSmpCallFunctionQueue(cpu);
  yield* cpu.iret();
}

/**
 * `__flush_smp_call_function_queue`.
 *
 * @assumes interrupts are off.
 */
export function* flushSmpCallFunctionQueue(cpu: KernelCpu): Protocol<void> {
  let entry = yield* cpu.xchg(cpu.own.cfd.queue, 0);
  // The list is newest first: reverse it.
  let csd = 0;
  while (entry !== 0) {
    const next = yield* cpu.readOnce(entry + CSD_NEXT);
    yield* cpu.writeOnce(entry + CSD_NEXT, csd);
    csd = entry;
    entry = next;
  }
  while (csd !== 0) {
    // Before the unlock: after it the initiator may use the csd again.
    const next = yield* cpu.readOnce(csd + CSD_NEXT);
    yield* cpu.fn.runCsd(cpu, csd);
    csd = next;
  }
}

/**
 * `__flush_smp_call_function_queue`: runs a synchronous csd's function, then unlocks it: the unlock is the
 * acknowledgment, so nothing of the function may come after it.
 *
 * @assumes interrupts are off; the csd is off the queue.
 */
export function* runCsd(cpu: KernelCpu, csd: number): Protocol<void> {
  const initiator = yield* cpu.readOnce(csd + CSD_INFO);
  yield* cpu.event(EV_IPI_SERVED, csd, initiator);
  yield* cpu.fn.flushTlbFunc(cpu, initiator);
  yield* cpu.event(EV_CSD_RAN, csd, 0);
  yield* cpu.fn.csdUnlock(cpu, csd);
}

/**
 * `csd_unlock`.
 *
 * @assumes the function has been carried out.
 */
export function* csdUnlock(cpu: KernelCpu, csd: number): Protocol<void> {
  yield* cpu.event(EV_CSD_UNLOCKED, csd, 0);
  yield* cpu.storeRelease(csd + CSD_FLAGS, 0);
}
