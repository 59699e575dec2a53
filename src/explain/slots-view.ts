import { packedGen } from '../kernel/packed-slots.js';
import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/** Who put a slot's generation where it was when its CPU decided by it. */

interface Slot {
  readonly cpu: number;
  readonly asid: number;
}

/** Whose store last put the slot's generation where it is. */
function lastStore({ kernel, steps }: Story, until: number, { cpu, asid }: Slot): RawStep | undefined {
  const slot = kernel.layout.cpus[cpu].tlbstate.ctxs[asid];
  if (slot === undefined) return undefined;
  return steps.findLast(
    ({ step, kind, a, value }) =>
      step < until &&
      (((kind === K.OP_WRITE_ONCE ||
        kind === K.OP_STORE_RELEASE ||
        kind === K.OP_CMPXCHG ||
        kind === K.OP_XCHG) &&
        a === slot.tlbGen) ||
        (kind === K.OP_CMPXCHG_PAIR && a === slot.ctxId && value === 1)),
  );
}

/**
 * Another CPU's store, whose drain was the last write of the generation in memory, although its owner had
 * stored one after it.
 */
function lateStore(story: Story, until: number, { cpu, asid }: Slot): RawStep | undefined {
  const word = story.kernel.layout.cpus[cpu].tlbstate.ctxs[asid]?.tlbGen;
  const writes = (step: RawStep) => step.writes.findLast(({ address }) => address === word);
  const drained = story.before(until, (step) => writes(step) !== undefined);
  const write = drained && writes(drained);
  if (drained === undefined || write === undefined || write.cpu === cpu) return undefined;
  return story.before(
    drained.step,
    ({ cpu: by, kind, a, b }) =>
      by === write.cpu && kind === K.OP_WRITE_ONCE && a === word && b === write.value,
  );
}

/**
 * Another CPU's store that last put the generation where it is; null if its owner's did. `isLate`: it left
 * its store buffer after that.
 */
export function raisedBy(
  story: Story,
  until: number,
  slot: Slot,
): { readonly words: string; readonly step: RawStep; readonly isLate: boolean } | null {
  const last = lastStore(story, until, slot);
  const isLate = last === undefined || last.cpu === slot.cpu;
  const step = isLate ? lateStore(story, until, slot) : last;
  if (step === undefined) return null;
  story.mark(step, `CPU${step.cpu} writes to CPU${slot.cpu}'s slot ${slot.asid}`);
  return { words: `CPU${step.cpu} had written to CPU${slot.cpu}'s slot ${slot.asid}`, step, isLate };
}

/** What the owner claimed by its slot, and had not flushed. */
export interface Claim {
  /** The store to the slot. */
  readonly store: RawStep;
  /** The load of the generation that it stored. */
  readonly read: RawStep | null;
  /** Its last flush before the store. */
  readonly flush: RawStep | null;
}

/**
 * The owner's own store of `generation` or a later one, while an entry older than that stays in its TLB: no
 * flush of it covered so much. Null where the slot says less, or another CPU wrote to it last.
 */
export function claim(story: Story, until: number, slot: Slot, generation: number): Claim | null {
  const store = lastStore(story, until, slot);
  if (store === undefined || store.cpu !== slot.cpu) return null;
  const stored = store.kind === K.OP_CMPXCHG ? store.c : store.b;
  const packed = story.kernel.packedTagBits > 0;
  if ((packed ? packedGen(stored) : stored) < generation) return null;
  const own = story.steps.filter(({ step, cpu }) => cpu === slot.cpu && step < store.step);
  const { layout } = story.kernel;
  const generations = new Set([
    ...layout.mms.map(({ tlbGen }) => tlbGen),
    ...layout.cpus.flatMap(({ flushInfo, tlbstate }) => [
      flushInfo.newTlbGen,
      ...tlbstate.ctxs.map(({ tlbGen }) => tlbGen),
    ]),
  ]);
  const read =
    own.findLast(
      ({ kind, a, value }) =>
        (kind === K.OP_READ_ONCE || kind === K.OP_LOAD_ACQUIRE) && value === stored && generations.has(a),
    ) ?? null;
  return { store, read, flush: own.findLast(flushes) ?? null };
}

/** Whether the step drops translations of its CPU. */
export function flushes({ kind, c }: RawStep): boolean {
  return kind === K.OP_INVLPG || kind === K.OP_INVPCID || (kind === K.OP_WRITE_CR3 && c === 0);
}

/** Whether what the claim says was read after the flush that it speaks of, in one stretch of kernel code. */
export function isReadAfterFlush(story: Story, { store, read, flush }: Claim): boolean {
  if (read === null || flush === null || read.step < flush.step) return false;
  const left = ({ step, cpu, kind }: RawStep): boolean =>
    cpu === store.cpu &&
    step > flush.step &&
    step < store.step &&
    (kind === K.OP_USER_ACCESS || kind === K.OP_IRET);
  return !story.steps.some(left);
}

/** Marks the steps of a claim; answers what is told of it. */
export function markClaim(
  story: Story,
  { cpu, asid }: Slot,
  { store, read, flush }: Claim,
  generation: number,
): string {
  if (flush !== null)
    story.mark(flush, `CPU${cpu} flushes: what is filled from here on is newer than what it has read so far`);
  if (read !== null) story.mark(read, `CPU${cpu} reads generation ${read.value}`);
  story.mark(
    store,
    `CPU${cpu} stores generation ${store.b} in its slot ${asid}, and still has an entry older than ` +
      `generation ${generation}`,
  );
  return `CPU${cpu} itself had stored generation ${store.b} in slot ${asid}, which its flush did not cover`;
}
