import {
  HOST_COMPLETED_ACCESS,
  HOST_COPIED,
  HOST_ENTERED_LOST,
  HOST_ENTERED_MARKED,
  HOST_LEFT_FOR_USER_SPACE,
  HOST_PREEMPTED_IN_ACCESS,
  KVM_VCPU_FLUSH_TLB,
} from '../machine/hypervisor.js';
import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';

/** What the target's host did wrong between the request and the use; null if nothing. */
export function hostsView(story: Story, from: number, until: number, target: number): Part | null {
  const host = (value: number): RawStep | undefined =>
    story.steps.find(
      (step) =>
        step.step > from &&
        step.step <= until &&
        step.cpu === target &&
        step.kind === K.STEP_HOST &&
        step.value === value,
    );
  const lost = host(HOST_ENTERED_LOST);
  if (lost !== undefined) {
    const copied = story.before(
      lost.step,
      ({ cpu, kind, value }) => cpu === target && kind === K.STEP_HOST && value === HOST_COPIED,
    );
    if (copied !== undefined)
      story.mark(
        copied,
        `CPU${target}'s host copies the byte; what is set in it from here on is not in the copy`,
      );
    story.mark(lost, `CPU${target}'s host loses the flush request that was set after it had read the byte`);
    const words = `CPU${target}'s host wrote the preempted byte back over the flush request`;
    return {
      words,
      cause: flushCause('hostLost'),
      step: lost.step,
      also: copied === undefined ? [] : [copied],
    };
  }
  const erased = erasedRequest(story, from, until, target);
  if (erased !== null) return erased;
  if (story.machine.hypervisor?.hasCode === true) return null;
  const left = leftMark(story, from, until, target);
  if (left !== null) return left;
  const latched = story.before(
    until,
    ({ cpu, kind, value }) => cpu === target && kind === K.STEP_PREEMPT && LATCHED_AND_MARKED.has(value),
  );
  if (host(HOST_COMPLETED_ACCESS)?.step !== until || latched === undefined) return null;
  story.mark(
    latched,
    `CPU${target}'s access has its translation already, and the host still marks the vCPU as preempted`,
  );
  const isOfUserSpace = latched.value === HOST_LEFT_FOR_USER_SPACE;
  const words = isOfUserSpace
    ? `CPU${target}'s host marked the vCPU as preempted while its user space had an access to complete`
    : `CPU${target}'s host had translated the address before it marked the vCPU as preempted`;
  const cause = flushCause(isOfUserSpace ? 'userSpaceCompleted' : 'hostCompleted');
  return { words, cause, step: latched.step };
}

const LATCHED_AND_MARKED: ReadonlySet<number> = new Set([HOST_PREEMPTED_IN_ACCESS, HOST_LEFT_FOR_USER_SPACE]);

/** A flush was asked of a vCPU through a mark that its host had meant to clear (B30). */
function leftMark(story: Story, from: number, until: number, target: number): Part | null {
  const asked = askedOfHost(story, from, until, target);
  if (asked === undefined) return null;
  const leaves = ({ cpu, kind, value }: RawStep): boolean =>
    cpu === target && kind === K.STEP_HOST && value === HOST_ENTERED_MARKED;
  const left = story.before(asked.step, leaves) ?? story.after(asked.step, leaves);
  if (left === undefined || left.step >= until) return null;
  story.mark(
    left,
    `CPU${target}'s host clears its mark in a page that the guest has left: CPU${target} runs marked`,
  );
  story.mark(asked, `CPU${asked.cpu} sees the mark, and asks for a flush that the host does not look for`);
  const words = `CPU${target}'s host cleared its mark in a page that the guest had left`;
  return { words, cause: flushCause('hostLeftMark'), step: left.step, also: [asked] };
}

/** Where a guest asked the target's host for a flush, in the preempted byte; no `initiator`: any guest. */
export function askedOfHost(
  { machine, steps }: Story,
  from: number,
  until: number,
  target: number,
  initiator?: number,
): RawStep | undefined {
  const byte = machine.program.host?.preempted[target];
  return steps.find(
    ({ step, cpu, kind, a, b, c, value }) =>
      step > from &&
      step < until &&
      cpu === (initiator ?? cpu) &&
      kind === K.OP_CMPXCHG &&
      a === byte &&
      b === value &&
      (c & KVM_VCPU_FLUSH_TLB) !== 0,
  );
}

/** The flush bit of the preempted byte went without a flush: somebody stored the byte again over it. */
function erasedRequest(story: Story, from: number, until: number, target: number): Part | null {
  const byte = story.machine.program.host?.preempted[target];
  if (byte === undefined) return null;
  const erases = (step: RawStep): boolean =>
    step.kind === K.STEP_PREEMPT &&
    step.writes.some(
      ({ address, before, value }) =>
        address === byte && (before & KVM_VCPU_FLUSH_TLB) !== 0 && (value & KVM_VCPU_FLUSH_TLB) === 0,
    );
  const erased = story.steps.find((step) => step.step > from && step.step < until && erases(step));
  if (erased === undefined) return null;
  story.mark(erased, `CPU${target}'s host marks it as preempted once more, over the flush request`);
  const words = `CPU${target}'s host stored its mark once more, over the flush request`;
  return { words, cause: flushCause('hostErased'), step: erased.step };
}
