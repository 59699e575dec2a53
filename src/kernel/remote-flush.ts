import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * Places around a remote flush at which an initiator may do something about the targets' generations. The
 * kernel does nothing there; the rules in src/rules replace these.
 */

/**
 * How a target is flushed: by its own kernel in an IPI; by its host before it runs again; by a hypercall,
 * which waits for it.
 */
export const BY_IPI = 0;
export const BY_ENTRY = 1;
export const BY_HYPERCALL = 2;

/**
 * Before any target of a flush is asked.
 *
 * @assumes the request is filled in.
 */
export function* beforeRemoteFlush(cpu: KernelCpu): Protocol<void> {
  yield* cpu.barrier();
}

/**
 * Right before one target is asked; `target` may be this CPU where a hypercall flushes its caller too.
 *
 * @assumes the target is in the mask and was found to need the request.
 */
export function* beforeTargetFlush(cpu: KernelCpu, _target: number): Protocol<void> {
  yield* cpu.barrier();
}

/**
 * The target has been asked, by one of BY_*. Only BY_ENTRY is as good as done: the target cannot run before
 * it is flushed.
 *
 * @assumes the request is queued, posted or marked.
 */
export function* targetAsked(cpu: KernelCpu, _target: number, _by: number): Protocol<void> {
  yield* cpu.barrier();
}

/**
 * Every target has been flushed, or cannot run before it is.
 *
 * @assumes every target has acknowledged, or cannot run before it is flushed.
 */
export function* afterRemoteFlush(cpu: KernelCpu): Protocol<void> {
  yield* cpu.barrier();
}

/**
 * What a rule does about one target that has been flushed.
 *
 * @assumes the target has been flushed.
 */
export function* updateRemoteGen(cpu: KernelCpu, _target: number): Protocol<void> {
  yield* cpu.barrier();
}
