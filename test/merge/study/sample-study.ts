import {
  type BlobRow,
  type SharedStudy,
  type StudyBlob,
  type StudyPart,
  studyBlob,
} from '../../../src/merge/study/blob.js';
import { packPairs } from '../../../src/merge/study/packed-pairs.js';
import { pairsOf } from '../../study/pairs.js';
import { samplePart as huntPart, withWitness } from '../sample-blobs.js';

/** The study `lazy` of two groups, each with a row that the other one is compared with. */

export const ROWS: readonly BlobRow[] = ['kvm', 'hypercall'].flatMap((group, groupAt) =>
  ['v0', 'v1'].map((label, index) => ({
    ...{ group, heading: `${group}: a backend`, variant: `${group}/${label}`, label },
    ...{ baseline: index === 0 ? null : `${group}/v0`, senseless: null, at: [groupAt, 2 * groupAt + index] },
  })),
) as never;

export function sampleStudy(parts: readonly StudyPart[], change: Partial<SharedStudy> = {}): StudyBlob {
  const study = { name: 'lazy', memory: 'tso', strategies: ['random'], scenarios: ['s'], ...change } as const;
  const rows = ROWS.filter(({ group }) => parts.length === 0 || parts.some((part) => part.group === group));
  return studyBlob(
    { executions: 100, count: null, ...study },
    { rows, notes: [], parts },
    change.shootdown ?? '0.1.0',
  );
}

export function samplePart(variant: string, seed: number, change: Partial<StudyPart> = {}): StudyPart {
  const [group, label] = variant.split('/');
  return {
    ...{
      group,
      variant,
      seed,
      did: huntPart(1, { variant, executions: 100 }).did,
      witness: null,
      known: null,
    },
    ...{ counts: null, brokenHost: null, rounds: null, proof: null },
    pairs: label === 'v0' ? null : samplePairs(variant, seed, 40),
    ...change,
  };
}

/** The patch has one flush less in some pairs, and which those are depends on the seed. */
export function samplePairs(variant: string, seed: number, pairs: number): StudyPart['pairs'] {
  const counted = pairsOf(pairs, (pair) => [
    { operations: 2, needlessSwitchFlushes: 1 + (pair % 3) },
    { operations: 2, needlessSwitchFlushes: (pair + seed) % 3 },
  ]);
  return packPairs({ ...counted, base: `${variant.split('/')[0]}/v0`, patch: variant });
}

/** With a witness of so many steps. */
export function failed(variant: string, seed: number, steps: number): StudyPart {
  const part = withWitness(huntPart(1, { variant, executions: 100 }), { variant, seed, steps });
  return samplePart(variant, seed, { witness: part.witness });
}
