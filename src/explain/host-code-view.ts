import * as HO from '../machine/host-operations.js';
import { KVM_VCPU_FLUSH_TLB } from '../machine/hypervisor.js';
import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { Explanation } from './explanation.js';
import { askedOfHost } from './hosts-view.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';

/** What a host whose steps are code (kernel/kvm-host.ts) did wrong between a request and a use. */

/** Whether the step is the host's code asking its processor for that. */
export function isHostOp({ kind, a }: RawStep, ...wanted: readonly number[]): boolean {
  return kind === K.OP_HOST && wanted.includes(a);
}

/** An access that was done with a translation made before. */
export function isByLatch(step: RawStep): boolean {
  return step.kind === K.STEP_HOST || isHostOp(step, HO.HOST_OP_COMPLETE_ACCESS);
}

/** Null if the host did nothing wrong that is known of. */
export function hostCodeView(story: Story, from: number, until: number, target: number): Part | null {
  const byte = story.machine.program.host?.preempted[target];
  if (story.machine.hypervisor?.hasCode !== true || byte === undefined) return null;
  return (
    overwritten(story, from, until, target, byte) ??
    untaken(story, from, until, target, byte) ??
    marked(story, from, until, target, byte) ??
    latched(story, until, target, byte) ??
    moved(story, from, until, target)
  );
}

/** The flush request went by a store, over it: the mark once more (B28), or a copy (B27). */
function overwritten(story: Story, from: number, until: number, target: number, byte: number): Part | null {
  const lost = story.steps
    .filter(({ step, cpu }) => step > from && step < until && cpu === target)
    .flatMap((step) => step.writes.map((write) => ({ step, write })))
    .find(
      ({ step, write: { address, before, value } }) =>
        address === byte &&
        (before & ~value & KVM_VCPU_FLUSH_TLB) !== 0 &&
        (step.kind !== K.OP_XCHG || step.a !== byte),
    );
  if (lost === undefined) return null;
  const store = story.steps.findLast(
    ({ step, cpu, kind, a }) =>
      step <= lost.step.step && cpu === target && kind === K.OP_WRITE_ONCE && a === byte,
  );
  const step = store ?? lost.step;
  const isMark = lost.write.value !== 0;
  story.mark(step, `CPU${target}'s host stores over the flush request`);
  const words = isMark
    ? `CPU${target}'s host stored its mark once more, over the flush request`
    : `CPU${target}'s host wrote the preempted byte back over the flush request`;
  return { words, cause: flushCause(isMark ? 'hostErased' : 'hostLost'), step: step.step };
}

/** The host took the request, and entered the guest without a flush. */
function untaken(story: Story, from: number, until: number, target: number, byte: number): Part | null {
  const taken = story.steps.find(
    ({ step, cpu, kind, a, value }) =>
      step > from &&
      step < until &&
      cpu === target &&
      kind === K.OP_XCHG &&
      a === byte &&
      (value & KVM_VCPU_FLUSH_TLB) !== 0,
  );
  if (taken === undefined || isFlushedBeforeEntry(story, taken, target)) return null;
  story.mark(taken, `CPU${target}'s host takes the flush request, and enters the guest without a flush`);
  const words = `CPU${target}'s host took the flush request and flushed nothing`;
  return { words, cause: flushCause('hostLost'), step: taken.step };
}

function isFlushedBeforeEntry(story: Story, from: RawStep, target: number): boolean {
  const flushes = [HO.HOST_OP_INVVPID_ADDRESS, HO.HOST_OP_INVVPID_CONTEXT, HO.HOST_OP_INVVPID_ALL];
  const next = story.after(
    from.step,
    (step) => step.cpu === target && isHostOp(step, HO.HOST_OP_ENTER, ...flushes),
  );
  return next === undefined || !isHostOp(next, HO.HOST_OP_ENTER);
}

/** A flush was asked of a vCPU through a mark that its host left standing over the entry (B30). */
function marked(story: Story, from: number, until: number, target: number, byte: number): Part | null {
  const asked = askedOfHost(story, from, until, target);
  const entered = asked && (enteredBefore(story, asked, target) ?? enteredUnread(story, asked, target, byte));
  if (asked === undefined || entered === undefined || entered.step >= until) return null;
  story.mark(entered, `CPU${target} enters the guest, and the guest still sees it marked`);
  story.mark(asked, `CPU${asked.cpu} sees the mark, and asks for a flush that the host does not look for`);
  const words = `CPU${target}'s host let it run with its mark standing`;
  return { words, cause: flushCause('hostLeftMark'), step: entered.step, also: [asked] };
}

/** The entry after which the vCPU ran when it was asked; undefined: it was out then. */
function enteredBefore(story: Story, asked: RawStep, target: number): RawStep | undefined {
  const last = story.before(
    asked.step,
    (step) => step.cpu === target && (step.kind === K.STEP_PREEMPT || isHostOp(step, HO.HOST_OP_ENTER)),
  );
  return last?.kind === K.STEP_PREEMPT ? undefined : last;
}

/** The entry after which the request still stood. */
function enteredUnread(story: Story, asked: RawStep, target: number, byte: number): RawStep | undefined {
  const next = story.after(
    asked.step,
    (step) =>
      (step.cpu === target && isHostOp(step, HO.HOST_OP_ENTER)) ||
      step.writes.some(({ address, cpu }) => address === byte && cpu === target),
  );
  return next !== undefined && isHostOp(next, HO.HOST_OP_ENTER) ? next : undefined;
}

/** The host, or its user space, completed an access of a vCPU that it had marked (B29, B31). */
function latched(story: Story, until: number, target: number, byte: number): Part | null {
  const use = story.steps.find(({ step }) => step === until);
  if (use === undefined || !isByLatch(use)) return null;
  const reason = story.before(until, (step) => step.cpu === target && isHostOp(step, HO.HOST_OP_REASON));
  const mark = story.before(
    until,
    ({ cpu, kind, a, b }) => cpu === target && kind === K.OP_WRITE_ONCE && a === byte && b !== 0,
  );
  if (reason === undefined || mark === undefined || mark.step < reason.step) return null;
  story.mark(
    mark,
    `CPU${target}'s access has its translation already, and the host still marks the vCPU as preempted`,
  );
  const isOfUserSpace = reason.value === HO.EXIT_TO_USER_SPACE;
  const words = isOfUserSpace
    ? `CPU${target}'s host marked the vCPU as preempted while its user space had an access to complete`
    : `CPU${target}'s host had translated the address before it marked the vCPU as preempted`;
  const cause = flushCause(isOfUserSpace ? 'userSpaceCompleted' : 'hostCompleted');
  return { words, cause, step: mark.step };
}

/** The vCPU came to another physical CPU, and entered the guest there without a flush. */
function moved(story: Story, from: number, until: number, target: number): Part | null {
  const places = story.steps.filter(
    (step) => step.step < until && step.cpu === target && isHostOp(step, HO.HOST_OP_PLACE),
  );
  const at = places.findIndex(
    (place, index) =>
      place.step > from &&
      place.value !== (places[index - 1]?.value ?? target) &&
      !isFlushedBeforeEntry(story, place, target),
  );
  if (at < 0) return null;
  const place = places[at];
  story.mark(
    place,
    `CPU${target} comes to pCPU${place.value}, where it has been before, and nothing is flushed`,
  );
  const words = `CPU${target}'s host moved it to pCPU${place.value} and flushed nothing`;
  return { words, cause: flushCause('hostMoved'), step: place.step };
}

/** What another vCPU had cached was used, since both had one VPID; null if the CPU had made it itself. */
export function othersVpid(story: Story, made: RawStep | undefined, cpu: number): Explanation | null {
  if (story.machine.hypervisor?.hasCode !== true || made === undefined || made.cpu === cpu) return null;
  // What was cached when the execution began has the first step for its making.
  if (made.kind !== K.OP_WALK && made.kind !== K.STEP_WALK) return null;
  const place = story.steps.findLast((step) => step.cpu === cpu && isHostOp(step, HO.HOST_OP_PLACE));
  if (place === undefined) return null;
  story.mark(made, `CPU${made.cpu}'s TLB entry is made on that physical CPU`);
  story.mark(place, `CPU${cpu} comes to pCPU${place.value}: what CPU${made.cpu} has cached is tagged alike`);
  story.tell(`CPU${cpu} used what CPU${made.cpu} had cached under the same VPID`, place, made);
  const former = { kind: 'outcome', facts: story.violation.facts } as const;
  return story.end(flushCause('sharedVpid'), place.step, null, former);
}
