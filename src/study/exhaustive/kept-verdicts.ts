import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { appendWhole, makeDirectories } from '../../findings/synced-file.js';
import { InfrastructureError, InputError, systemReason } from '../../vocabulary/errors.js';
import { HARM_CLASSES, LATENT_CLASSES, type MemoryModel } from '../../vocabulary/finding.js';
import { type Cell, type CellVerdict, isDecided } from './decided-cell.js';

/**
 * What an exhaustive study has decided so far: a file with a JSON line for each verdict, on the disk as soon
 * as it is there. A study that is started again goes on after the last one, whatever ended it.
 */

const LINE = z.looseObject({
  key: z.string(),
  /** What it was allowed, in milliseconds and bytes: what was too little is asked again with more. */
  budgetMs: z.number().nullable(),
  memoryLimit: z.number(),
  verdict: z.looseObject({
    variant: z.string(),
    scenario: z.string(),
    complete: z.boolean(),
    completeWithinSwitches: z.boolean(),
    withinSteps: z.number(),
    ended: z.enum(['memory', 'time', 'states', 'interrupted']).nullable(),
    violation: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]).nullable(),
    latent: z.array(z.looseObject({ class: z.enum(LATENT_CLASSES), message: z.string() })),
    states: z.number(),
    transitions: z.number(),
    depth: z.number(),
    seconds: z.number(),
    bounds: z.looseObject({ switches: z.number().nullable(), walks: z.number(), preemptions: z.number() }),
    known: z.string().nullable(),
  }),
});

/** What a verdict was allowed to take. */
export interface Allowed {
  readonly budgetMs?: number;
  readonly memoryLimit: number;
  /** One search alone, of so many states. */
  readonly statesMax?: number;
}

interface Kept {
  readonly budgetMs: number | null;
  readonly memoryLimit: number;
  readonly verdict: CellVerdict;
}

export class KeptVerdicts {
  private readonly verdicts = new Map<string, Kept>();
  private isCut = false;

  /**
   * Throws InputError where the file holds something else. `codeHash`: of the code that decides; what other
   * code has decided stays in the file and does not count.
   */
  constructor(
    private readonly file: string,
    private readonly codeHash: string,
  ) {
    const text = readOrEmpty(file);
    const lines = text.split('\n');
    // A run that was killed may leave half a line.
    this.isCut = lines.pop() !== '';
    for (const [index, line] of lines.entries()) this.read(line, index + 1);
  }

  get count(): number {
    return this.verdicts.size;
  }

  /** What is known of a cell, if more could not be found out with what is allowed now. */
  find(cell: Cell, memory: MemoryModel, allowed: Allowed): CellVerdict | null {
    const kept = this.verdicts.get(this.keyOf(cell, memory));
    if (kept === undefined) return null;
    const hadAsMuch =
      kept.memoryLimit >= allowed.memoryLimit &&
      (kept.budgetMs ?? Number.POSITIVE_INFINITY) >= (allowed.budgetMs ?? Number.POSITIVE_INFINITY);
    const hadStates =
      kept.verdict.ended !== 'states' ||
      kept.verdict.states >= (allowed.statesMax ?? Number.POSITIVE_INFINITY);
    return isDecided(kept.verdict) || (hadAsMuch && hadStates) ? kept.verdict : null;
  }

  /** Throws InfrastructureError where the disk takes no more. */
  add(cell: Cell, verdict: CellVerdict, { budgetMs, memoryLimit }: Allowed): void {
    const kept = { budgetMs: budgetMs ?? null, memoryLimit, verdict };
    const key = this.keyOf(cell, verdict.memory);
    this.verdicts.set(key, kept);
    try {
      makeDirectories(dirname(this.file));
      appendWhole(this.file, `${this.isCut ? '\n' : ''}${JSON.stringify({ key, ...kept })}\n`);
    } catch (error) {
      throw new InfrastructureError(`${this.file}: the verdict cannot be kept: ${systemReason(error)}`);
    }
    this.isCut = false;
  }

  private read(line: string, number: number): void {
    let told: unknown;
    try {
      told = JSON.parse(line);
    } catch {
      // Half a line, behind which a later run has gone on.
      return;
    }
    const parsed = LINE.safeParse(told);
    if (!parsed.success)
      throw new InputError(
        `${this.file}:${number}: no verdict of an exhaustive study`,
        'give another file with --state',
      );
    this.verdicts.set(parsed.data.key, parsed.data as unknown as Kept);
  }

  private keyOf({ row, scenario }: Cell, memory: MemoryModel): string {
    const asked = JSON.stringify([this.codeHash, row.variant, memory, scenario]);
    return createHash('sha256').update(asked).digest('hex').slice(0, 32);
  }
}

function readOrEmpty(file: string): string {
  if (!existsSync(file)) return '';
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${systemReason(error)}`, 'give another file with --state');
  }
}
