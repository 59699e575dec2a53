import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

/** What KVM's hosts did wrong, told of the step in which they did it. */

const scenarios = catalogue.filter(({ name }) => name === 'preempted-targets' || name === 'lazy-return');

describe('the culprit of a host', () => {
  it.each([
    ['b27', 'the host lost the flush request', /wrote the preempted byte back/, /^the host writes 0/],
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
    const plan = { strategies: ['random', 'pct', 'delay'], seed: 1, memory: 'tso' as const, jobs: 1 };
    const pool = new InlinePool(undefined, NO_MODULES);
    const { finding } = await hunt({ ...plan, pool, variant, scenarios, executions: 12_000 });
    if (finding === null) throw new Error(`${variant}: nothing found`);
    const replay = replayFinding(finding, true);
    expect(replay.cause).toBe(cause);
    expect(replay.sentence).toMatch(sentence);
    expect(replay.trace.find(({ isCause }) => isCause)?.text).toMatch(step);
  });
});
