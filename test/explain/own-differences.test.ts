import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { requestCulprits } from './culprits/requests.js';
import { switchCulprits } from './culprits/switches.js';
import { tableCulprits } from './culprits/tables.js';
import { targetCulprits } from './culprits/targets.js';

/** What a variant's own function did otherwise than its base's is marked and told, whatever it is. */

const variants = [requestCulprits, switchCulprits, tableCulprits, targetCulprits]
  .flat()
  .map(({ bug }) => bug);
const modules = { ...NO_MODULES, variants };

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
  const { sentence, trace, told, reproduced } = replayFinding(finding, true, modules);
  const marked = trace.filter(({ deciding }) => deciding !== null);
  return { sentence, marked, told: marked.filter(({ step }) => told.includes(step)), reproduced };
}

describe('what an own function did otherwise', () => {
  it.each([
    [
      'an answer',
      'one-behind',
      'ping-pong-dontneed',
      /CPU\d's is_slot_up_to_date answers true after step \d+, where 6\.18's answers false$/,
      /then is_slot_up_to_date answers true, where 6\.18's answers false/,
    ],
    [
      'an operation that is missing',
      'not-switching',
      'ping-pong-dontneed',
      /CPU\d's publish_switching ends after step \d+, where 6\.18's stores SWITCHING to loaded_mm$/,
      /then publish_switching ends/,
    ],
    [
      'another operation',
      'no-flush-bit',
      'ping-pong-dontneed',
      /at step \d+ CPU\d's write_mm_cr3 has "CR3 = .*, no flush", where 6\.18's loads PCID 2 with a flush$/,
      /here 6\.18's write_mm_cr3 loads PCID 2 with a flush/,
    ],
    [
      'a word that only the task can reach',
      'wrong-mask',
      'ping-pong-dontneed',
      /answers false and leaves 0x0 in cfd\.cpumask after step \d+, where 6\.18's answers true and leaves 0x[12]$/,
      /then copy_call_mask answers false and leaves 0x0 in cfd\.cpumask/,
    ],
    [
      'an operation that it is stuck before',
      'passed-early',
      'ping-pong-dontneed',
      /wait_for_csds waits for csd\(\d->\d\)\.flags to be 1 after step \d+, where 6\.18's waits .* to be 0$/,
      /then wait_for_csds waits for/,
    ],
    [
      'the range of a request, and where it was asked for',
      'first-range',
      'ping-pong-mprotect',
      /CPU\d had asked for page 0 only; CPU\d's tlb_adjust_range leaves 1 in tlb\.end after step \d+/,
      /CPU\d asks for page 0 only, not for page 1/,
    ],
  ])('%s', async (_what, name, scenario, sentence, mark) => {
    const found = await explained(name, scenario);
    expect(found.reproduced).toBe(true);
    expect(found.sentence).toMatch(sentence);
    expect(found.told.map(({ deciding }) => deciding)).toContainEqual(expect.stringMatching(mark));
    expect(found.marked.length).toBeLessThanOrEqual(12);
  });

  it('is told of the function that decided, and of few others', async () => {
    const { sentence } = await explained('one-behind-among-others', 'ping-pong-dontneed');
    const [first, ...others] = sentence?.match(/CPU\d's \w+ [^;]*, where 6\.18's/g) ?? [];
    expect(first).toMatch(/is_slot_up_to_date answers true/);
    expect(others.length).toBe(2);
  });

  it('comes later than in the base', async () => {
    const { sentence, told } = await explained('queued-first', 'two-flushers');
    expect(sentence).toMatch(
      /where 6\.18's stores \d to csd\(\d->\d\)\.info; CPU\d's queue_remote_call does that at/,
    );
    expect(told.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^csd\(\d->\d\)\.info = \d/));
  });
});
