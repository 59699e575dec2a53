import { describe, expect, it } from 'vitest';
import { hostForgetsMove } from '../../examples/my-host.js';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { type Replay, replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { hosts } from '../../src/scenarios/verify/hosts.js';
import { defineVariant } from '../../src/variants/define.js';

/** What KVM's hosts did wrong, told of the step in which they did it. */

const hostTakesOnly = defineVariant({
  name: 'host-takes-only',
  base: 'kvm-host',
  replace: {
    *kvmVcpuFlushTlbGuest(cpu) {
      yield* cpu.smpMb();
    },
  },
});
const modules = { ...NO_MODULES, variants: [hostForgetsMove, hostTakesOnly] };
/** Small ones, which are short. */
const small = hosts.filter(({ name }) => name !== 'preempted-whole');
/** In which a vCPU is preempted twice before it runs again. */
const often = catalogue.filter(({ name }) => name === 'preempted-targets');

async function explained(variant: string): Promise<Replay> {
  const plan = { strategies: ['random', 'pct', 'delay'], seed: 1, memory: 'tso' as const, jobs: 1 };
  const pool = new InlinePool(undefined, modules);
  const scenarios = variant === 'b28' ? often : small;
  const { finding } = await hunt({ ...plan, pool, variant, scenarios, executions: 12_000 });
  if (finding === null) throw new Error(`${variant}: nothing found`);
  return replayFinding(finding, true, modules);
}

describe('the culprit of a host', () => {
  it.each([
    [
      'b28',
      'the host marked the vCPU once more over the flush request',
      /its mark once more/,
      /^the host stores the mark once more/,
    ],
    [
      'b30',
      'the host left its mark on a vCPU that runs',
      /CPU\d's host cleared its mark in a page that the guest had left/,
      /^the host takes the mark in a page that the guest has left/,
    ],
    [
      'b31',
      "the host's user space completed an access with an old translation",
      /marked the vCPU as preempted while its user space had an access to complete/,
      /^the host leaves an access, its address translated, to its user space/,
    ],
  ])('%s: %s', async (variant, cause, sentence, step) => {
    const replay = await explained(variant);
    expect(replay.cause).toBe(cause);
    expect(replay.sentence).toMatch(sentence);
    expect(replay.trace.find(({ isCause }) => isCause)?.text).toMatch(step);
  });
});

describe('the culprit of a host in protocol code', () => {
  it.each([
    [
      'kvm-host~hostRemembersMark',
      'the host marked the vCPU once more over the flush request',
      'kvm_steal_time_set_preempted',
    ],
    [
      'kvm-host~hostMarksPreemptedOnly',
      "the host's user space completed an access with an old translation",
      'kvm_steal_time_set_preempted',
    ],
    [
      'host-forgets-move',
      'the host moved the vCPU to another physical CPU and flushed nothing',
      'kvm_sched_in',
    ],
    ['host-takes-only', 'the host lost the flush request', 'record_steal_time'],
  ])('%s: %s', async (variant, cause, where) => {
    const replay = await explained(variant);
    expect(replay.cause).toBe(cause);
    expect(replay.trace.find(({ isCause }) => isCause)?.functions.at(-1)).toBe(where);
  });
});
