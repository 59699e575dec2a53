import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFinding } from '../findings/read.js';
import type { Finding } from '../vocabulary/finding.js';
import { packageRoot } from '../vocabulary/package-root.js';

/**
 * Witnesses that are known of variants and travel with the package, one finding file each in data/witnesses:
 * what a short hunt does not meet is still known. `scripts/known-witnesses.ts` makes them, and where no hunt
 * meets one `shootdown verify`; a test replays them all.
 */
export interface KnownWitness {
  /** Name of the variant, e.g. `hypercall/v6`. */
  readonly variant: string;
  readonly scenario: string;
  readonly class: Finding['violation']['class'];
  readonly steps: number;
  /** Path of the finding file, which `shootdown replay` takes. */
  readonly file: string;
}

const DIRECTORY = 'data/witnesses/';

let all: readonly KnownWitness[] | null = null;

/**
 * The witnesses of the named variant; empty where none is known. Throws InputError where the package is
 * damaged.
 */
export function knownWitnesses(variant: string): readonly KnownWitness[] {
  return allKnownWitnesses().filter((witness) => witness.variant === variant);
}

/** All of them, by the names of their files. */
export function allKnownWitnesses(): readonly KnownWitness[] {
  all ??= readAll();
  return all;
}

/** Name of the file of a variant's witness. */
export function witnessFile(variant: string): string {
  return `${variant.replaceAll('/', '--')}.json`;
}

function readAll(): KnownWitness[] {
  const directory = fileURLToPath(new URL(DIRECTORY, packageRoot()));
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const file = directory + name;
      const finding = readFinding(file);
      if ('program' in finding) return [];
      const { variant, scenario, violation, steps } = finding;
      return [{ variant, scenario: scenario.name, class: violation.class, steps, file }];
    });
}
