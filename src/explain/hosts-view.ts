import {
  HOST_COMPLETED_ACCESS,
  HOST_COPIED,
  HOST_ENTERED_LOST,
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
  const latched = story.before(
    until,
    (step) => step.cpu === target && step.kind === K.STEP_PREEMPT && step.value === HOST_PREEMPTED_IN_ACCESS,
  );
  if (host(HOST_COMPLETED_ACCESS)?.step !== until || latched === undefined) return null;
  story.mark(
    latched,
    `CPU${target}'s access has its translation already, and the host still marks the vCPU as preempted`,
  );
  const words = `CPU${target}'s host had translated the address before it marked the vCPU as preempted`;
  return { words, cause: flushCause('hostCompleted'), step: latched.step };
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
