import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import * as z from 'zod';
import { readBounded } from '../../findings/read.js';
import { appendWhole, makeDirectories } from '../../findings/synced-file.js';
import { InfrastructureError, InputError, systemReason } from '../../vocabulary/errors.js';
import { HARM_CLASSES, LATENT_CLASSES, type MemoryModel } from '../../vocabulary/finding.js';
import { isThere } from '../../vocabulary/is-there.js';
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

/** A study of all rows in all scenarios has some 2 MB, and each version of the code adds as much. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;
const LINES_MAX = 100_000;
/** A verdict has some hundreds of characters, and a sentence that may be long. */
const LINE_UNITS_MAX = 1_000_000;
/** How a line begins, one that was cut short too. */
const BEGINNING = '{"key":"';
const REMEDY = 'give another file with --state';

export class KeptVerdicts {
  /** Lines by their keys: they are a third of what is made of them. */
  private readonly verdicts = new Map<string, string>();
  private isCut = false;

  /**
   * Throws InputError where the file holds something else. `codeHash`: of the code that decides; what other
   * code has decided stays in the file and does not count.
   */
  constructor(
    private readonly file: string,
    private readonly codeHash: string,
  ) {
    const text = isThere(file)
      ? readBounded(file, "a study's verdicts", REMEDY, FILE_BYTES_MAX).toString('utf8')
      : '';
    let number = 1;
    for (let start = 0; start < text.length; number++) {
      const end = text.indexOf('\n', start);
      // A run that was killed may leave half a line.
      this.isCut = end < 0;
      this.read(text.slice(start, this.isCut ? undefined : end), number);
      start = this.isCut ? text.length : end + 1;
    }
  }

  get count(): number {
    return this.verdicts.size;
  }

  /** What is known of a cell, if more could not be found out with what is allowed now. */
  find(cell: Cell, memory: MemoryModel, allowed: Allowed): CellVerdict | null {
    const line = this.verdicts.get(this.keyOf(cell, memory));
    if (line === undefined) return null;
    const kept = JSON.parse(line) as Kept;
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
    const key = this.keyOf(cell, verdict.memory);
    const kept: Kept = { budgetMs: budgetMs ?? null, memoryLimit, verdict };
    const line = JSON.stringify({ key, ...kept });
    this.verdicts.set(key, line);
    try {
      makeDirectories(dirname(this.file));
      appendWhole(this.file, `${this.isCut ? '\n' : ''}${line}\n`);
    } catch (error) {
      throw new InfrastructureError(`${this.file}: the verdict cannot be kept: ${systemReason(error)}`);
    }
    this.isCut = false;
  }

  private read(line: string, number: number): void {
    const refuse = (): InputError =>
      new InputError(`${this.file}:${number}: no verdict of an exhaustive study`, REMEDY);
    if (line.length > LINE_UNITS_MAX || number > LINES_MAX) throw refuse();
    let told: unknown;
    try {
      told = JSON.parse(line);
    } catch {
      // Half a line, behind which a later run has gone on; what begins otherwise is another's file.
      if (line.startsWith(BEGINNING) || BEGINNING.startsWith(line)) return;
      throw refuse();
    }
    const parsed = LINE.safeParse(told);
    if (!parsed.success) throw refuse();
    this.verdicts.set(parsed.data.key, line);
  }

  private keyOf({ row, scenario }: Cell, memory: MemoryModel): string {
    const asked = JSON.stringify([this.codeHash, row.variant, memory, scenario]);
    return createHash('sha256').update(asked).digest('hex').slice(0, 32);
  }
}
