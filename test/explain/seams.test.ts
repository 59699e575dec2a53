import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { seamCulprits } from './culprits/seams.js';

/** A mistake in one small function: the step that makes it is marked, told, and has a cause of its own. */

const modules = { ...NO_MODULES, variants: seamCulprits.map(({ bug }) => bug) };

async function explained(name: string, scenario: string) {
  const scenarios = catalogue.filter((one) => one.name === scenario);
  const plan = {
    strategies: ['random', 'pct', 'delay'],
    seed: 1,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(undefined, modules),
  };
  const { finding } = await hunt({ ...plan, variant: name, scenarios, executions: 3_000 });
  if (finding === null) throw new Error(`${name}: nothing found`);
  const { sentence, cause, former, trace, told } = replayFinding(finding, true, modules);
  const marked = trace.filter(({ deciding }) => deciding !== null);
  return { sentence, cause, former, marked, told: trace.filter(({ step }) => told.includes(step)) };
}

describe('what is told of', () => {
  it.each([
    [
      'early-ack',
      'far-generations',
      'the target answered before it had carried out the request',
      'the initiator went on before its request had been served',
      /^csd\(\d->\d\)\.flags = 0 \(buffered\)$/,
    ],
    [
      'wrong-csd',
      'ping-pong-mprotect',
      'the initiator waited for another word than the answer',
      'the initiator went on before its request had been served',
      /^waited for csd\((\d)->\1\)\.flags/,
    ],
    [
      'same-gen',
      'ping-pong-dontneed',
      'the generation was not counted up',
      'no flush was requested before the use',
      /^tlb_gen\(A\) is 1$/,
    ],
    [
      'early-free-page',
      'ping-pong-dontneed',
      'the page was freed before its flush was requested',
      'no flush was requested before the use',
      /^page\.refcount\[\d\] down to 0$/,
    ],
    ['no-lazy-check', 'lazy-return', 'nothing was flushed', null, /^ctxs\[\d\]\.tlb_gen is 1$/],
  ])('%s', async (name, scenario, cause, former, culprit) => {
    const found = await explained(name, scenario);
    expect(found.cause).toBe(cause);
    expect(found.former).toBe(former);
    for (const steps of [found.marked, found.told])
      expect(steps.map(({ text }) => text)).toContainEqual(expect.stringMatching(culprit));
    expect(found.marked.length).toBeLessThanOrEqual(12);
  });

  it('lost-ipi: the request that no interrupt follows', async () => {
    const { sentence, told } = await explained('lost-ipi', 'ping-pong-dontneed');
    expect(sentence).toMatch(/CPU\d queued its request for CPU\d and sent no IPI; /);
    expect(told.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^cmpxchg CPU\d's call_single_queue/),
    );
  });
});
