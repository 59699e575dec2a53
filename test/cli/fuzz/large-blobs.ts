import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARDS_MAX } from '../../../src/explore/shard.js';
import type { Blob } from '../../../src/findings/blob.js';
import type { KernelFinding } from '../../../src/vocabulary/finding.js';
import type { Scenario, ScriptStep } from '../../../src/vocabulary/scenario.js';
import { findWitness } from '../../findings/witness.js';
import { sampleBlob, samplePart } from '../../merge/sample-blobs.js';
import type { LargeFile } from './large.js';
import { largeMerges } from './large-merges.js';

/** Blobs as large as may be, each in a way of its own: what `merge` adds up, compares, executes and saves. */

type Part = Blob['parts'][number];

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const VARIANT = 'b3';

/** A blob of one variant in as many shards as there may be. */
function inShards(parts: readonly Part[], change: Partial<Blob['hunt']> = {}): Blob {
  return sampleBlob(parts, { subjects: [VARIANT], shards: SHARDS_MAX, ...change });
}

/** One part with everything that is counted by scenario, kind or name, so many of each. */
function counted(shard: number, count: number, variant = VARIANT): Part {
  const counters = Object.fromEntries(range(Math.min(count, 999), (i) => [`counter${i}`, i]));
  const scenarios = range(count, (i) => ({
    scenario: `s${shard}-${i}`,
    executions: 1,
    steps: 1,
    counters: {},
  }));
  return samplePart(shard, { variant, counters, scenarios });
}

/** What a hunt with a baseline met. */
function met(shard: number, count: number): Part {
  const kinds = range(count, (i) => ({
    ...{ scenario: 'x', class: 'stale-use' as const, cause: `cause ${shard} ${i}`, isKnown: false },
    ...{ executions: 1, execution: i },
  }));
  return samplePart(shard, { variant: VARIANT, met: kinds as never });
}

function effects(shard: number, parts: number, scenarios: number): Part {
  const places = range(scenarios, (i) => ({ scenario: `s${shard}-${i}`, calls: 1, otherwise: 1 }));
  const each = range(parts, (i) => ({
    ...{
      kind: 'function' as const,
      name: `f${i}`,
      calls: 1,
      executions: 1,
      answered: 0,
      acted: 0,
      reordered: 0,
    },
    ...{ otherwise: 1, first: null, idle: null, scenarios: places },
  }));
  const effect = {
    base: '6.14',
    changedNothing: false,
    notCompared: null,
    otherwise: 1,
    first: null,
    parts: each,
  };
  return samplePart(shard, { variant: VARIANT, effect });
}

/** Writes them into a directory. */
export function largeBlobs(directory: string): LargeFile[] {
  const finding = findWitness(VARIANT) as KernelFinding;
  const { scenario } = finding;
  const hunt = { seed: finding.seed, memory: finding.memory, shootdown: finding.shootdown };
  const found = (shard: number, change: Partial<KernelFinding>, cause: string | null = 'no IPI'): Part => {
    const { did } = samplePart(shard, { variant: VARIANT });
    return { shard, did, witness: { finding: { ...finding, ...change }, cause } };
  };
  const access: ScriptStep = { op: 'access', page: 0, write: true };
  const scripted = (cpus: number, steps: number, pages = scenario.pages): Scenario => ({
    ...{ name: 'long', summary: '', cpus, mms: [{}], pages, slots: 6, pcid: true, lazy: false, walks: 0 },
    scripts: range(cpus, (cpu) => range(steps, (i) => ({ ...access, page: (cpu + i) % pages }))),
  });
  const hash = (i: number): string => i.toString(16).padStart(8, '0');
  const many = range(SHARDS_MAX, (i) => `subject-${i}`).slice(0, 1_000);
  const blobs: Readonly<Record<string, unknown>> = {
    'parts that are none': { ...inShards([]), parts: Array(900_000).fill({}) },
    'parts, as many as may be': inShards(range(4_000, (i) => counted(i + 1, 0))),
    'one part again and again': inShards(Array(10_000).fill(counted(1, 2))),
    'subjects, as many as may be': inShards(
      many.flatMap((name) => range(9, (i) => samplePart(i + 1, { variant: name }))),
      { subjects: many },
    ),
    'scenarios of a part': inShards([counted(1, 10_000)]),
    'scenarios of all parts': inShards(range(50, (i) => counted(i + 1, 4_000))),
    'counters of all parts': inShards(range(900, (i) => counters(i + 1))),
    'violations that were met': inShards(range(15, (i) => met(i + 1, 9_000))),
    'effects in scenarios': inShards(range(20, (i) => effects(i + 1, 1, 9_000))),
    'effects, as many as may be': inShards(range(30, (i) => effects(i + 1, 999, 1))),
    notes: { ...inShards([counted(1, 1)]), notes: range(1_000, (i) => `${i} ${'n'.repeat(1_900)}`) },
    'witnesses of one bug': inShards(
      range(4_000, (i) => found(i + 1, {})),
      hunt,
    ),
    'witnesses of as many bugs': inShards(
      range(4_000, (i) => found(i + 1, {}, `cause ${i}`)),
      hunt,
    ),
    'witnesses that did not replay': inShards(
      range(4_000, (i) => found(i + 1, { traceHash: hash(i) }, null)),
      hunt,
    ),
    'witnesses of one name': inShards(
      range(4_000, (i) => found(i + 1, { execution: i }, `cause ${i}`)),
      hunt,
    ),
    'a scenario of six CPUs, as long as may be': inShards([found(1, { scenario: scripted(6, 8_000) })], hunt),
    'scenarios of six CPUs': inShards(
      range(900, (i) => found(i + 1, { scenario: scripted(6, 20), steps: i })),
      hunt,
    ),
    'a schedule as long as may be': inShards([found(1, { schedule: Array(990_000).fill('0*5') })], hunt),
    'schedules of many witnesses': inShards(
      range(100, (i) => found(i + 1, { schedule: Array(9_000).fill('0*5') }, `cause ${i}`)),
      hunt,
    ),
    'witnesses of many variants': manyVariants(finding, hunt),
    'half a blob': JSON.stringify(
      inShards(
        range(1_200, (i) => found(i + 1, {})),
        hunt,
      ),
    ).slice(0, -500),
  };
  const ofHunts = Object.entries(blobs).flatMap(([name, blob]) => {
    const file = join(directory, `blob-${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, typeof blob === 'string' ? blob : JSON.stringify(blob));
    const out = ['--out', join(directory, 'merged'), '--allow-missing'];
    const page = ['--report-dir', join(directory, 'merged-page')];
    const files = ['--reporter-file', `sarif=${join(directory, 'merged.sarif')}`];
    return [
      { name: `blob: ${name}`, argv: ['merge', file, ...out] },
      {
        name: `blob, html and SARIF: ${name}`,
        argv: ['merge', file, ...out, '--reporter', 'html,sarif', ...page, ...files],
      },
    ];
  });
  return [...ofHunts, ...largeMerges(directory, finding)];
}

function counters(shard: number): Part {
  const named = Object.fromEntries(range(900, (i) => [`c${i}`, i]));
  return samplePart(shard, { variant: VARIANT, counters: named });
}

const SWITCHED = 'strictSlotTest skipLazy nestedGatherFlush incGenIsBarrier concurrentFlush lazyStoreWhenSet '
  .concat('localTestLast hostAtomicClear hostMarksAtBoundary hostRemembersMark')
  .split(' ');

/** The same witness of as many variants as a hunt may have: of each the best is executed again. */
function manyVariants(finding: KernelFinding, hunt: Partial<Blob['hunt']>): Blob {
  const subjects = range(
    1_000,
    (i) =>
      VARIANT +
      SWITCHED.filter((_, bit) => (i >> bit) % 2 === 1)
        .map((name) => `+${name}`)
        .join(''),
  );
  const parts = subjects.map((variant) => ({
    shard: 1,
    did: samplePart(1, { variant }).did,
    witness: { finding: { ...finding, variant }, cause: 'no IPI' },
  }));
  return inShards(parts, { ...hunt, subjects });
}
