/**
 * Blobs of stress runs together. No run of threads comes out the same again, so two parts that are equal in
 * everything are one run that stands in two files: it does not matter in which order, in which groups or how
 * often blobs are merged.
 */

import { requireOneOrigin } from '../../findings/blob-envelope.js';
import type { StressResult } from '../../stress/api.js';
import { InputError } from '../../vocabulary/errors.js';
import { type SharedStress, type StressBlob, type StressPart, stressBlob } from './blob.js';

/** A blob, and the file that it was read from, for errors. */
export interface NamedStressBlob {
  readonly file: string;
  readonly blob: StressBlob;
}

const FIELDS = {
  shootdown: 'shootdown',
  memory: 'memory model',
  wait: '--wait',
  perturb: '--perturb',
  targets: 'variants, programs, scenarios or their CPUs',
} as const satisfies Record<keyof SharedStress, string>;

/** All runs, each once, by seed. Throws InputError for blobs of two, and for runs of two kinds of code. */
export function unionOfStressBlobs(blobs: readonly NamedStressBlob[]): StressBlob {
  const [first, ...others] = blobs;
  for (const { file, blob } of others)
    requireOneOrigin(
      FIELDS,
      { file: first.file, of: first.blob.stress },
      { file, of: blob.stress },
      'stress runs',
    );
  requireSameNames(blobs);
  const parts = new Map<string, StressPart>();
  for (const { blob } of blobs) for (const part of blob.parts) parts.set(JSON.stringify(part), part);
  const sorted = [...parts].sort(([a, one], [b, other]) => one.seed - other.seed || (a < b ? -1 : 1));
  const { shootdown, ...stress } = first.blob.stress;
  return stressBlob(
    stress,
    sorted.map(([, part]) => part),
    shootdown,
  );
}

/** What is counted and what is replaced adds up by name. */
function requireSameNames(blobs: readonly NamedStressBlob[]): void {
  const [{ file: first, blob }] = blobs;
  const names = namesIn(blob.parts[0].results[0]);
  for (const { file, blob: other } of blobs)
    for (const result of other.parts.flatMap(({ results }) => results))
      if (namesIn(result) !== names)
        throw new InputError(
          `${first === file ? file : `${first} and ${file}`}: ${result.variant} in ${result.scenario}: ` +
            'other things were counted or replaced there, so the runs are not of the same code',
          'merge those of one',
        );
}

function namesIn({ counters, replaced }: StressResult): string {
  return JSON.stringify([Object.keys(counters).sort(), replaced.map(({ name }) => name)]);
}
