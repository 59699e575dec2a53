/**
 * Reads what `hunt --json`, `study --json` and `compare --json` wrote: bytes from anywhere in, what can be
 * compared out.
 */

import * as z from 'zod';
import { list } from '../../findings/list-schema.js';
import { readText } from '../../findings/read.js';
import { text, whole } from '../../findings/scenario-schema.js';
import { brief, isObject, issueLine, parseJson } from '../../findings/schema.js';
import { MEMORY_MODELS } from '../../memory-order/index.js';
import { InputError } from '../../vocabulary/errors.js';
import {
  HARM_CLASSES,
  LATENT_CLASSES,
  type MemoryModel,
  type ViolationClass,
} from '../../vocabulary/violation.js';

export interface ResultFile {
  readonly file: string;
  /** `hunt`, `study` or `compare`. */
  readonly command: string;
  /** Version of shootdown that wrote it. */
  readonly shootdown: string;
  readonly interrupted: boolean;
  readonly verdicts: readonly ResultVerdict[];
  readonly counters: readonly ResultCounter[];
}

export interface ResultVerdict {
  readonly variant: string;
  readonly violation: ViolationClass | null;
  readonly scenario: string;
  readonly executions: number;
  readonly memory: MemoryModel;
  readonly seed: number;
  readonly message: string | null;
  readonly finding: string | null;
  readonly known: string | null;
  readonly latent: readonly ViolationClass[];
  /** It is a row's own, or a comparison's base or patch. */
  readonly role: string;
}

/** A difference that a file tells, with its interval. */
export interface ResultCounter {
  /** What both files must have to be compared: the counter, and in a study the variant. */
  readonly key: string;
  readonly name: string;
  /** The variants that differ by it. */
  readonly base: string;
  readonly patch: string;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const REMEDY = 'give a file that hunt, study or compare wrote with --json';
const FORMATS: Readonly<Record<string, string>> = {
  'shootdown-hunt': 'hunt',
  'shootdown-study': 'study',
  'shootdown-compare': 'compare',
};
const RESULT_VERSION = 1;
const ENTRIES_MAX = 10_000;

// Fields that a reader does not know are for others.
const variantName = text(2_000).min(1);
const verdict = z.object({
  variant: variantName,
  violation: z.enum(HARM_CLASSES).nullable(),
  scenario: text(200),
  executions: whole(0, Number.MAX_SAFE_INTEGER),
  memory: z.enum(MEMORY_MODELS),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  message: text(100_000).nullable(),
  finding: text(5_000).nullable(),
  known: text(200).nullable().optional(),
  latent: list(z.object({ class: z.enum(LATENT_CLASSES) }), LATENT_CLASSES.length),
});
const number = z.number().nullable();
const difference = z.object({ difference: number, low: number, high: number });
const change = z.object({ change: number, low: number, high: number });
const row = z.object({
  variant: variantName,
  baseline: variantName.nullable(),
  columns: z.record(text(200), z.unknown()),
});
const common = { shootdown: text(40), interrupted: z.boolean(), verdicts: list(verdict, ENTRIES_MAX) };
const huntSchema = z.object(common);
const studySchema = z.object({ ...common, rows: list(row, ENTRIES_MAX) });
const compareSchema = z.object({
  ...common,
  base: variantName,
  patch: variantName,
  counters: z.record(text(200), difference),
});

/** Throws InputError, one line, for what cannot be read or is none of the three. */
export function readResult(file: string): ResultFile {
  return parseResult(readText(file, 'a result', REMEDY), file);
}

export function parseResult(source: string, file: string): ResultFile {
  const value = parseJson(source, file, 'a result', REMEDY);
  const command =
    isObject(value) && typeof value.format === 'string' && Object.hasOwn(FORMATS, value.format)
      ? FORMATS[value.format]
      : null;
  if (!isObject(value) || command === null)
    throw new InputError(
      `${file}: not a result ("format" is none of ${Object.keys(FORMATS).join(', ')})`,
      REMEDY,
    );
  if (value.version !== RESULT_VERSION)
    throw new InputError(
      `${file}: version: this shootdown reads version ${RESULT_VERSION}, not ${brief(value.version)}`,
      'use the shootdown that wrote it',
    );
  if (command === 'study') return ofStudy(file, checked(studySchema, value, file));
  if (command === 'compare') return ofComparison(file, checked(compareSchema, value, file));
  const { verdicts, ...rest } = checked(huntSchema, value, file);
  return {
    file,
    command,
    ...rest,
    verdicts: verdicts.map((one) => verdictOf(one, one.variant)),
    counters: [],
  };
}

function checked<T extends z.ZodType>(schema: T, value: unknown, file: string): z.output<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new InputError(`${file}: ${issueLine(result.error)}`, REMEDY);
}

function verdictOf({ known = null, latent, ...rest }: z.output<typeof verdict>, role: string): ResultVerdict {
  return { ...rest, known, latent: latent.map((one) => one.class), role };
}

function ofStudy(file: string, { rows, verdicts, ...rest }: z.output<typeof studySchema>): ResultFile {
  const counters = rows.flatMap(({ variant, baseline, columns }) =>
    Object.entries(columns).flatMap(([name, column]): ResultCounter[] => {
      const told = change.safeParse(column);
      if (!told.success || baseline === null) return [];
      const { change: difference, low, high } = told.data;
      return [{ key: `${variant} ${name}`, name, base: baseline, patch: variant, difference, low, high }];
    }),
  );
  return {
    file,
    command: 'study',
    ...rest,
    verdicts: verdicts.map((one) => verdictOf(one, one.variant)),
    counters,
  };
}

function ofComparison(
  file: string,
  { base, patch, verdicts, counters, ...rest }: z.output<typeof compareSchema>,
): ResultFile {
  const roles = ['base', 'patch'];
  return {
    ...{ file, command: 'compare', ...rest },
    verdicts: verdicts.map((one, i) => verdictOf(one, roles[i] ?? one.variant)),
    counters: Object.entries(counters).map(([name, told]) => ({ key: name, name, base, patch, ...told })),
  };
}
