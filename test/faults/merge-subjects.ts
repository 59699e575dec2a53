import { writeFileSync } from 'node:fs';
import type { Engine } from '../../src/cli/engine-api.js';
import { type BlobWitness, serializeBlob } from '../../src/findings/blob.js';
import { serializeStressBlob } from '../../src/merge/stress/blob.js';
import { serializeStudyBlob } from '../../src/merge/study/blob.js';
import { lazy } from '../../src/study/lazy.js';
import { serializeVerifyBlob, type VerifyPart } from '../../src/verify/shards/blob.js';
import { fakeEngine, sampleReplay } from '../cli/fake-engine.js';
import { sampleFinding, sampleScenario } from '../findings/sample.js';
import { sampleBlob, samplePart as sampleShard, withWitness } from '../merge/sample-blobs.js';
import { sampleLook, samplePart as sampleRun, sampleStress } from '../merge/stress/sample-stress.js';
import { failed, samplePart as sampleRow, sampleStudy } from '../merge/study/sample-study.js';
import { samplePart as sampleSearch, sampleVerifyBlob } from '../verify/shards/parts.js';
import { OLD_PAGE, reportFiles, reports } from './report-files.js';
import type { Subject } from './subjects.js';

/** Merges of each kind of blob: two are read, and every report is written. */

type Reports = Parameters<typeof reports>[1][];

function mergeOf(
  what: string,
  texts: () => readonly string[],
  names: Reports,
  change: Partial<Engine> & Pick<Subject, 'findings'>,
): Subject {
  const { findings, ...known } = change;
  return {
    name: `merge of ${what}`,
    exitCode: 1,
    prepare: (at) => {
      for (const [index, text] of texts().entries()) writeFileSync(at(`${index}.json`), text);
    },
    argv: (at) => [
      ...['merge', ...texts().map((_, index) => at(`${index}.json`)), '--out', at('out')],
      ...reports(at, ...names),
    ],
    old: OLD_PAGE,
    written: reportFiles(...names),
    findings,
    // The samples' executions are none.
    engine: () =>
      fakeEngine({ findVariant: async (name) => name, replay: async (one) => sampleReplay(one), ...known }),
  };
}

const OF_HUNTS: Reports = ['blob', 'junit', 'sarif'];
const SEEN = [{ class: 'stale-use', cpu: 1, message: 'CPU1 read page 0' }] as const;

/** Of a cause of its own: another bug than every other. */
function named<Part extends { readonly witness: BlobWitness | null } | null>(part: Part, seed: number): Part {
  if (part === null || part.witness === null) return part;
  return { ...part, witness: { ...part.witness, cause: `cause ${seed}` } };
}

/** The second shard of a kernel's search has found something. */
function ofKernel(shard: number): VerifyPart {
  const scenario = sampleScenario();
  const found = { violation: 'stale-use', message: 'CPU1 read page 0' } as const;
  const { verdict, witness } = sampleSearch(shard, {
    ...{ variant: 'b1', program: false, scenario: scenario.name, ...(shard === 2 ? found : {}) },
  });
  return { verdict, witness: witness === null ? null : sampleFinding({ variant: 'b1', scenario }) };
}

export const MERGE_SUBJECTS: readonly Subject[] = [
  mergeOf(
    'hunts',
    () =>
      [1, 2].map((shard) => {
        const part = withWitness(sampleShard(shard), { variant: 'b1', execution: shard }, `cause ${shard}`);
        return serializeBlob(sampleBlob([part], { subjects: ['b1'], shards: 2 }));
      }),
    OF_HUNTS,
    { findings: 2 },
  ),
  mergeOf(
    'stress runs',
    () =>
      [1, 2].map((seed) => {
        const look = named(sampleLook(seed, 10 * seed), seed);
        return serializeStressBlob(sampleStress([sampleRun(seed, [{ violations: SEEN }], { look })]));
      }),
    OF_HUNTS,
    { findings: 2 },
  ),
  mergeOf(
    'studies',
    () =>
      [1, 2].map((seed) => {
        const rows = [named(failed('kvm/v0', seed, 10 * seed), seed), sampleRow('kvm/v1', seed)];
        return serializeStudyBlob(sampleStudy(rows));
      }),
    OF_HUNTS,
    { findings: 2, studies: { ...fakeEngine({}).studies, list: async () => [lazy] } },
  ),
  mergeOf(
    'verifications',
    () =>
      [1, 2, 3].map((shard) =>
        serializeVerifyBlob(
          sampleVerifyBlob([ofKernel(shard)], {
            subjects: [{ variant: 'b1', program: false, scenario: sampleScenario().name }],
          }),
        ),
      ),
    OF_HUNTS,
    { findings: 1 },
  ),
];
