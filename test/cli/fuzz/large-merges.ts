import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { COUNTERS } from '../../../src/vocabulary/counter-names.js';
import type { KernelFinding } from '../../../src/vocabulary/finding.js';
import { samplePart as sampleRun } from '../../merge/stress/sample-stress.js';
import { samplePart as sampleRow } from '../../merge/study/sample-study.js';
import { samplePart as sampleSearch } from '../../verify/shards/parts.js';
import type { LargeFile } from './large.js';
import { blobsOf } from './sample-blobs.js';

/** Blobs of stress runs, studies and verifications as large as may be, each in a way of its own. */

// biome-ignore lint/suspicious/noExplicitAny: parts of documents, changed as nobody's types allow
type Loose = any;

const range = (count: number, make: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => make(i));
const long = (text: string, length: number): string => text.padEnd(length, 'n');
/** What a blob may have at most. */
const BYTES_MAX = 16 * 2 ** 20;

/** Writes them into a directory. */
export function largeMerges(directory: string, finding: KernelFinding): LargeFile[] {
  const [, stress, study, verification] = blobsOf(finding).map((text): Loose => JSON.parse(text));
  const texts = { ...stressBlobs(stress), ...studyBlobs(study), ...verifyBlobs(verification) };
  return Object.entries(texts).map(([name, blob]) => {
    const file = join(directory, `merge-${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, JSON.stringify(blob).slice(0, BYTES_MAX));
    const out = ['--out', join(directory, 'merged'), '--allow-missing', '--allow-no-effect'];
    const page = ['--reporter', 'html,json', '--report-dir', join(directory, 'merged-page')];
    return { name: `merge: ${name}`, argv: ['merge', file, ...out, ...page] };
  });
}

function stressBlobs(blob: Loose): Record<string, unknown> {
  const [part] = blob.parts;
  const [{ variant, memory, scenario, cpus }] = part.results;
  const result = sampleRun(1, [{ variant, memory, scenario, cpus }]).results[0];
  const seen = { class: 'stale-use', cpu: 1, message: 'CPU1 read page 0' };
  const of = (parts: unknown[], targets: unknown = blob.stress.targets): unknown => ({
    ...blob,
    stress: { ...blob.stress, targets },
    parts,
  });
  const named = range(9_000, (i) => ({ variant, program: false, scenario: `s${i}`, cpus: 2 }));
  const told = { ...seen, message: long('a violation ', 90_000) };
  return {
    'stress runs, as many as may be': of(range(9_000, (seed) => ({ ...part, seed, look: null }))),
    'stress targets': of(
      [
        {
          ...part,
          look: null,
          results: named.map((target) => ({ ...result, ...(target as object), program: undefined })),
        },
      ],
      named,
    ),
    'stress violations': of(
      range(3, (seed) => ({
        ...{ ...part, seed, look: null },
        results: [{ ...result, violations: range(75_000, () => seen) }],
      })),
    ),
    'stress messages': of([
      { ...part, look: null, results: [{ ...result, violations: range(170, () => told) }] },
    ]),
    'stress witnesses': of(
      range(2_000, (i) => {
        const witness = { ...part.look.witness, cause: `cause ${i}` };
        return { ...part, look: { ...part.look, witness } };
      }),
    ),
  };
}

function studyBlobs(blob: Loose): Record<string, unknown> {
  const [first, second] = blob.parts;
  const { group, variant } = second;
  const of = (parts: unknown[], rows: unknown = blob.rows): unknown => ({ ...blob, rows, parts });
  const sample = (pairs: number, scenario = 's'): unknown => {
    const packed = deflateRawSync(Buffer.alloc(pairs * 2 * COUNTERS.length * 8)).toString('base64');
    return { scenario, pairs, counts: packed, apart: packed };
  };
  const paired = (seed: number, samples: Loose[]): unknown => ({
    ...{ ...second, seed, did: null, witness: null },
    pairs: { ...second.pairs, pairs: samples.reduce((sum, { pairs }) => sum + pairs, 0), samples },
  });
  const rows = range(2_000, (i) => ({
    ...blob.rows[0],
    baseline: 'kvm/none',
    variant: `kvm/v${i}`,
    label: long(`v${i}`, 300),
  }));
  return {
    'study pairs that unpack to gigabytes': of(range(40, (seed) => paired(seed, [sample(100_000)]))),
    'study pairs, as many as have room': of([paired(1, [sample(60_000)]), paired(2, [sample(60_000)])]),
    'study pairs of many scenarios': of([
      paired(
        1,
        range(9_000, (i) => sample(3, `s${i}`)),
      ),
    ]),
    'study pairs of many seeds': of(range(9_000, (seed) => paired(seed, [sample(1)]))),
    'study rows': of(
      range(2_000, (i) => sampleRow(`kvm/v${i}`, 1, { pairs: null })),
      rows,
    ),
    'study witnesses': of(
      range(2_000, (i) => ({ ...first, witness: { ...first.witness, cause: `cause ${i}` } })),
    ),
    'study proofs': of(
      range(30, (seed) => ({
        ...{ ...second, seed, witness: null, group, variant },
        proof: {
          ...{ isShipped: false, witness: null, refuted: [], states: 1, known: [], latent: [] },
          proved: range(9_000, (i) => `scenario-of-${i}`),
          partly: [],
        },
      })),
    ),
  };
}

function verifyBlobs(blob: Loose): Record<string, unknown> {
  const { verdict } = sampleSearch(1, { variant: 'p', program: true });
  const subjects = range(5_000, (i) => ({ variant: `p${i}`, program: true, scenario: 'plain program' }));
  const search = { ...blob.search, shards: 3 };
  const shard = (index: number): unknown => ({ ...verdict.shard, index, split: null });
  return {
    'verification of many programs': {
      ...blob,
      search: { ...search, subjects },
      parts: subjects.map((one) => ({
        witness: null,
        verdict: { ...verdict, ...(one as object), memory: search.memory, shard: shard(1) },
      })),
    },
    'verification, witnesses': {
      ...blob,
      parts: range(2_500, (i) => ({ ...blob.parts[0], verdict: { ...blob.parts[0].verdict, depth: i } })),
    },
    'verification, latent': {
      ...blob,
      parts: range(3, (i) => ({
        ...blob.parts[0],
        verdict: {
          ...blob.parts[0].verdict,
          shard: shard(i + 1),
          latent: range(20_000, () => ({ class: 'gen-ahead', cpu: 1, step: 1, message: long('m', 200) })),
        },
      })),
    },
    'verification, deep': { ...blob, deep: JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) },
  };
}
