/**
 * What a stress run did and showed, as a small versioned JSON file that `shootdown merge` adds up with those
 * of other computers. Threads share nothing out: every run is a part of its own.
 */

import { type BlobEnvelope, blobText, isOfFormat, openEnvelope } from '../../findings/blob-envelope.js';
import { brief, checkFinding } from '../../findings/schema.js';
import type { StressPlan, StressResult } from '../../stress/api.js';
import type { SelfTest } from '../../stress/self-test.js';
import { InputError } from '../../vocabulary/errors.js';
import { type Finding, findingSubject, type MemoryModel } from '../../vocabulary/finding.js';
import { VERSION } from '../../vocabulary/version.js';
import type { ViolationClass } from '../../vocabulary/violation.js';
import { stressBlobSchema } from './blob-schema.js';

const FORMAT = 'shootdown-stress-blob';
const FORMAT_VERSION = 1;

export interface StressBlob {
  readonly format: typeof FORMAT;
  readonly version: typeof FORMAT_VERSION;
  readonly stress: SharedStress;
  /** One per run, at least one. */
  readonly parts: readonly StressPart[];
}

/** What runs that add up have in common: blobs that differ here are of two. */
export interface SharedStress {
  /** Version of shootdown. */
  readonly shootdown: string;
  readonly memory: MemoryModel;
  /** `--wait` and `--perturb`. */
  readonly wait: StressPlan['waiting'];
  readonly perturb: number;
  /** A variant in its scenarios, or programs, in order. */
  readonly targets: readonly SharedTarget[];
}

export interface SharedTarget {
  readonly variant: string;
  readonly program: boolean;
  readonly scenario: string;
  readonly cpus: number;
}

/** One run, on one computer. */
export interface StressPart {
  /** Of perturbation and choices; no run of threads comes out the same again. */
  readonly seed: number;
  /** Length that was asked for. */
  readonly forMs: number;
  readonly interrupted: boolean;
  readonly selfTest: SelfTest;
  /** One per target that was come to, in the order of the targets. */
  readonly results: readonly StressResult[];
  /** What the explorer came to where something had failed; null where it did not look. */
  readonly look: ExplorersLook | null;
}

export interface ExplorersLook {
  readonly variant: string;
  readonly executions: number;
  readonly seconds: number;
  readonly violation: ViolationClass | null;
  readonly message: string | null;
  /** The kernel's open finding that was met where nothing else was. */
  readonly known: string | null;
  /** All of the kernel's open findings that were met. */
  readonly met: readonly string[];
  readonly witness: { readonly finding: Finding; readonly cause: string | null } | null;
}

const REMEDY = 'undo the edit, or run again with --reporter blob';
const ENVELOPE: BlobEnvelope<typeof stressBlobSchema> = {
  format: FORMAT,
  version: FORMAT_VERSION,
  schema: stressBlobSchema,
  remedy: REMEDY,
};

export function stressBlob(
  stress: Omit<SharedStress, 'shootdown'>,
  parts: readonly StressPart[],
  shootdown = VERSION,
): StressBlob {
  return { format: FORMAT, version: FORMAT_VERSION, stress: { shootdown, ...stress }, parts };
}

/** Throws InfrastructureError for one that no merge would read. */
export function serializeStressBlob(blob: StressBlob): string {
  return blobText(blob, 'merge fewer, or name fewer scenarios with --scenario');
}

/** Whether a value says of itself that it is one. */
export function isStressBlob(value: unknown): value is Readonly<Record<string, unknown>> {
  return isOfFormat(ENVELOPE, value);
}

/** Checks one that says so. Throws InputError. */
export function checkStressBlob(value: Readonly<Record<string, unknown>>, file: string): StressBlob {
  const { stress, parts } = openEnvelope(ENVELOPE, value, file);
  const targets = new Map(stress.targets.map((target) => [targetKey(target), target]));
  const checked = parts.map(({ look, ...part }, index): StressPart => {
    const where = `${file}: parts[${index}]`;
    for (const result of part.results) checkResult(result, stress, targets, where);
    if (look === null) return { ...part, look };
    const { witness } = look;
    if (witness === null) return { ...part, look: { ...look, witness } };
    const finding = checkFinding(witness.finding, where);
    const stranger = strangerIn(finding, stress, part.seed);
    if (stranger !== null) throw new InputError(`${where}: the finding is of ${stranger}`, REMEDY);
    return { ...part, look: { ...look, witness: { finding, cause: witness.cause } } };
  });
  return stressBlob(stress, checked, stress.shootdown);
}

/** Tells a target from every other. */
export function targetKey({ variant, scenario, cpus }: Omit<SharedTarget, 'program'>): string {
  return JSON.stringify([variant, scenario, cpus]);
}

function checkResult(
  result: StressResult,
  { memory }: SharedStress,
  targets: ReadonlyMap<string, SharedTarget>,
  where: string,
): void {
  const target = targets.get(targetKey(result));
  if (target === undefined || target.program !== (result.rounds !== undefined))
    throw new InputError(`${where}: ${result.variant}: is no part of the run that the file tells of`, REMEDY);
  if (result.memory !== memory)
    throw new InputError(`${where}: ${result.variant}: is of the memory model ${result.memory}`, REMEDY);
}

/** What tells that a finding was not met for a run, or null. */
function strangerIn(finding: Finding, stress: SharedStress, seed: number): string | null {
  const { name } = findingSubject(finding);
  if (stress.targets.every(({ variant }) => variant !== name)) return brief(name);
  if (finding.memory !== stress.memory) return `memory model ${finding.memory}`;
  if (finding.seed !== seed) return `seed ${finding.seed}`;
  return finding.shootdown === stress.shootdown ? null : `shootdown ${finding.shootdown}`;
}
