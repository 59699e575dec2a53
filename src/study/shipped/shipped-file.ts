import * as z from 'zod';
import {
  HARM_CLASSES,
  LATENT_CLASSES,
  type LatentClass,
  type ViolationClass,
} from '../../vocabulary/violation.js';

/**
 * What has been decided of a study's rows by all executions of small scenarios, as the package carries it in
 * `data/proofs`: `scripts/proofs.ts` makes it. JSON, a line for each row.
 */
export interface ShippedFile {
  readonly format: 'shootdown-proofs';
  readonly version: 1;
  readonly study: string;
  readonly memory: 'tso';
  /** Of `files`: what verdicts depend on, beside the scenario. */
  readonly codeHash: string;
  /** Paths under the root of the package. */
  readonly files: readonly string[];
  /** Hashes of the scenarios as they were. */
  readonly scenarios: Readonly<Record<string, string>>;
  readonly rows: readonly ShippedRow[];
}

export interface ShippedRow {
  readonly variant: string;
  /** Decided ones alone. */
  readonly cells: readonly ShippedCell[];
}

/** No execution of the scenario goes wrong, where there is no `violation`. */
export interface ShippedCell {
  readonly scenario: string;
  /** That were looked at: all there are, or up to the violation. */
  readonly states: number;
  readonly violation?: { readonly class: ViolationClass; readonly steps: number; readonly known?: string };
  readonly latent?: readonly LatentClass[];
}

const CELL = z.object({
  scenario: z.string(),
  states: z.number(),
  violation: z
    .object({
      class: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]),
      steps: z.number(),
      known: z.string().optional(),
    })
    .optional(),
  latent: z.array(z.enum(LATENT_CLASSES)).optional(),
});

const FILE = z.object({
  format: z.literal('shootdown-proofs'),
  version: z.literal(1),
  study: z.string(),
  memory: z.literal('tso'),
  codeHash: z.string(),
  files: z.array(z.string()),
  scenarios: z.record(z.string(), z.string()),
  rows: z.array(z.object({ variant: z.string(), cells: z.array(CELL) })),
});

/** Null for a text that is no such file. */
export function parseShipped(text: string): ShippedFile | null {
  try {
    return FILE.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export function serializeShipped({ files, scenarios, rows, ...head }: ShippedFile): string {
  const named = Object.entries(scenarios).map(([name, hash]) => `${JSON.stringify(name)}: "${hash}"`);
  return [
    `${JSON.stringify(head).slice(0, -1)},`,
    `"files": [\n${files.map((file) => JSON.stringify(file)).join(',\n')}\n],`,
    `"scenarios": {\n${named.join(',\n')}\n},`,
    `"rows": [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`,
  ].join('\n');
}
