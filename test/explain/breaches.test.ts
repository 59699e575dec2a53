import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { bugs } from '../../src/variants/bugs.js';
import { defineVariant } from '../../src/variants/define.js';
import type { Variant } from '../../src/variants/variant.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { plants } from '../oracles/plants.js';
import { programCulprits } from './culprits/programs.js';
import { requestCulprits } from './culprits/requests.js';
import { switchCulprits } from './culprits/switches.js';
import { tableCulprits } from './culprits/tables.js';
import { targetCulprits } from './culprits/targets.js';

/** What had been done before with a csd, a lock, a copied page, that makes the last step wrong. */

const copied = plants
  .filter((plant) => plant.class === 'split-page')
  .map(({ plant, scenario }, index) => ({
    variant: defineVariant({ name: `split-${index}`, ...plant }),
    scenario,
  }));
const made = [requestCulprits, switchCulprits, tableCulprits, targetCulprits].flat().map(({ bug }) => bug);
const variants = [...made, ...copied.map(({ variant }) => variant)];
const programs = programCulprits.map(({ bug }) => bug);
const modules = { ...NO_MODULES, variants, programs };

type Asked =
  | { readonly variant: string; readonly scenarios: readonly Scenario[] }
  | { readonly program: string };

async function explained(asked: Asked) {
  const plan = {
    strategies: ['random', 'pct', 'delay'],
    seed: 1,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(undefined, modules),
  };
  const { finding } = await hunt({ ...plan, ...asked, executions: 3_000 });
  if (finding === null) throw new Error('nothing found');
  const { sentence, cause, trace, told } = replayFinding(finding, true, modules);
  const marked = trace.filter(({ deciding }) => deciding !== null);
  expect(marked.length).toBeLessThanOrEqual(12);
  const named = marked.filter(({ step }) => told.includes(step)).map(({ text }) => text);
  return { sentence, cause, named, class: finding.violation.class };
}

const inCatalogue = (variant: Variant, scenario: string): Asked => ({
  variant: variant.name,
  scenarios: catalogue.filter(({ name }) => name === scenario),
});
const own = (name: string): Variant => variants.find((one) => one.name === name) as Variant;

describe('what came before', () => {
  it.each([
    [
      'csd-twice',
      'ping-pong-dontneed',
      'csd-reuse',
      /had queued it at step \d+, and (nobody had taken it|CPU\d had)/,
    ],
    ['ack-without-run', 'lazy-return', 'lost-ack', /CPU\d had taken it at step \d+; /],
    ['unlocked-twice', 'two-flushers', 'unlock-of-free', /CPU\d had unlocked it at step \d+ already; /],
    ['lazy-no-flush', 'fork-cow', 'freed-table-walk', /CPU\d had loaded CR3 last at step \d+/],
    [
      'newest-only',
      'two-flushers',
      'deadlock',
      /CPU(\d) took csd\(\d->\1\) from its queue at step \d+, and its handler ended at step \d+ without/,
    ],
    [
      'slot-by-number',
      'three-mms-two-slots',
      'cross-mm',
      /for (\w) without a flush, and slot \d was (?!\1)\w's; CPU\d.s choose_new_asid answers \d/,
    ],
    [
      'wrong-mask',
      'ping-pong-dontneed',
      'stale-use',
      /CPU\d saw CPU\d in mm_cpumask\(A\) and had sent it no IPI; /,
    ],
  ])('%s in %s', async (name, scenario, kind, words) => {
    const found = await explained(inCatalogue(own(name), scenario));
    expect(found.class).toBe(kind);
    expect(found.sentence).toMatch(words);
    expect(found.named.length).toBeGreaterThan(1);
  });

  it('a copy that is in its place before its flush', async () => {
    const [{ variant, scenario }] = copied;
    const found = await explained({ variant: variant.name, scenarios: [scenario] });
    expect(found.class).toBe('split-page');
    expect(found.sentence).toMatch(
      /CPU\d had put the copy in its place at step \d+; it had asked for no flush before/,
    );
    expect(found.named).toContainEqual(expect.stringMatching(/^set entry of page 0 of A to frame \d/));
  });

  it('b8 has one cause, whatever nobody saw', async () => {
    const [b8] = bugs.filter(({ name }) => name === 'b8');
    for (const scenario of ['far-generations', 'lazy-targets'])
      expect((await explained(inCatalogue(b8, scenario))).cause).toBe(
        'the generation was counted without a barrier',
      );
  });
});

describe('of a plain program', () => {
  it.each([
    ['handler-between', /overwrites what CPU0's interrupt handler stored to count/, /^count is 0$/],
    ['two-halves', /pair\[0\] became 2 by CPU\d's store of step \d+/, /^pair\[0\] = 2 \(buffered\)$/],
    [
      'cell-given-back',
      /after it waited for tail at step \d+, which CPU1 had stored at step \d+/,
      /^tail = \d/,
    ],
    [
      'reader-counted-late',
      /after it waited for readers at step \d+, before CPU\d's 1 of step \d+/,
      /^readers up to/,
    ],
  ])('%s', async (name, words, step) => {
    const { sentence, named } = await explained({ program: name });
    expect(sentence).toMatch(words);
    expect(named).toContainEqual(expect.stringMatching(step));
  });
});
