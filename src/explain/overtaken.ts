import * as K from '../machine/op-kinds.js';
import type { RawStep, Write } from './raw-step.js';

/**
 * Stores that were made on the ground of a load which was out of date by then: another CPU had changed the
 * word in between. A plain store then overwrites that change; a compare-exchange that succeeds nevertheless
 * met the old value again (ABA). Whether that is wrong is for the program to know; that it happened is a fact
 * of the execution.
 */
export interface Overtaken {
  /** The load. */
  readonly read: RawStep;
  /**
   * The step in which the store reached memory: the operation itself, a drain, or what drained the buffer.
   */
  readonly step: RawStep;
  readonly write: Write;
  /** What others had stored in between, in order. */
  readonly between: readonly Write[];
}

/** A store in a store buffer, with the load that its CPU had last made of the word. */
interface Buffered {
  readonly address: number;
  readonly read: RawStep | undefined;
}

export function overtakenStores(steps: readonly RawStep[]): Overtaken[] {
  const found: Overtaken[] = [];
  const lastRead = new Map<string, RawStep>();
  const buffers = new Map<number, Buffered[]>();
  const written = new Map<number, { readonly step: number; readonly write: Write }[]>();
  const judge = (read: RawStep | undefined, step: RawStep, write: Write): void => {
    if (read === undefined) return;
    const between = (written.get(write.address) ?? []).filter(
      (one) => one.step > read.step && one.write.cpu !== write.cpu,
    );
    if (between.some(({ write: { value, before } }) => value !== before))
      found.push({ read, step, write, between: between.map((one) => one.write) });
  };
  for (const step of steps) {
    const buffer = buffers.get(step.cpu) ?? [];
    buffers.set(step.cpu, buffer);
    const key = `${step.cpu} ${step.a}`;
    if (isStore(step)) buffer.push({ address: step.a, read: lastRead.get(key) });
    for (const write of step.writes) {
      if (write.cpu !== step.cpu || write.poked) continue;
      if (buffer[0]?.address === write.address) judge(buffer.shift()?.read, step, write);
      else if (step.kind === K.OP_CMPXCHG) judge(lastRead.get(key), step, write);
    }
    for (const write of step.writes) {
      const known = written.get(write.address);
      if (known === undefined) written.set(write.address, [{ step: step.step, write }]);
      else known.push({ step: step.step, write });
    }
    if (reads(step)) lastRead.set(key, step);
  }
  return found;
}

/** Whether the step is a plain store, which goes through the store buffer. */
export function isStore(step: RawStep): boolean {
  return step.kind === K.OP_WRITE_ONCE || step.kind === K.OP_STORE_RELEASE || step.kind === K.OP_SPIN_UNLOCK;
}

/** Whether the CPU knows the word's value after the step. */
export function reads(step: RawStep): boolean {
  switch (step.kind) {
    case K.OP_READ_ONCE:
    case K.OP_LOAD_ACQUIRE:
    case K.OP_COND_LOAD_ACQUIRE:
    case K.OP_XCHG:
    case K.OP_CMPXCHG:
    case K.OP_FETCH_ADD:
    case K.OP_FETCH_OR:
    case K.OP_FETCH_AND:
    case K.OP_SPIN_LOCK:
      return true;
    default:
      return false;
  }
}
