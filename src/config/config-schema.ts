/** What a configuration may hold: the border between a user's object and the commands. */

import * as z from 'zod';
import { BASELINE_SCOPES } from '../explore/known.js';
import { list } from '../findings/list-schema.js';
import { text, whole } from '../findings/scenario-schema.js';
import { MEMORY_MODELS } from '../memory-order/index.js';
import { DURATION_WORDS, durationMs } from '../vocabulary/duration.js';
import { HARM_CLASSES } from '../vocabulary/violation-facts.js';

const PROJECTS_MAX = 1_000;
const NAMES_MAX = 1_000;
const PATH_MAX = 4_096;
const EXECUTIONS_MAX = 1e12;
const SEED_MAX = 2 ** 32 - 1;

const path = text(PATH_MAX).min(1);
const name = text(PATH_MAX).min(1);
const oneOrSeveral = <T extends z.ZodType<string>>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), list(item, NAMES_MAX));

/** To milliseconds. */
const duration = z.unknown().transform((value, context): number => {
  const ms = typeof value === 'string' || typeof value === 'number' ? durationMs(String(value)) : null;
  if (ms !== null) return ms;
  context.issues.push({
    code: 'custom',
    message: `expected ${DURATION_WORDS}, such as '30s'; got ${JSON.stringify(value) ?? typeof value}`,
    input: value,
  });
  return z.NEVER;
});

/** To a value for each mode that has one. */
const byMode = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? value : { change: value, batch: value }),
    z.strictObject({ change: item.optional(), batch: item.optional() }),
  );

const expectation = z.unknown().transform((value, context): string => {
  const [kind, ...rest] = typeof value === 'string' ? value.split(':') : [];
  const of = rest.join(':');
  if (value === 'clean' || (kind === 'known' && of !== '')) return value as string;
  if (kind === 'violation' && HARM_CLASSES.some((harm) => harm === of)) return value as string;
  const got = JSON.stringify(value)?.slice(0, 60) ?? typeof value;
  const message =
    kind === 'violation'
      ? `there is no violation ${JSON.stringify(of.slice(0, 60))}: expected ${HARM_CLASSES.join(', ')}`
      : `expected 'clean', 'violation:CLASS' or 'known:NAME', got ${got}`;
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});

const limits = {
  budget: byMode(duration.optional()).optional(),
  executions: byMode(whole(1, EXECUTIONS_MAX).optional()).optional(),
};

const projectFields = z.strictObject({
  ...limits,
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~/-]{0,99}$/, 'expected letters, digits, dots and dashes'),
  modules: oneOrSeveral(path).optional(),
  variant: oneOrSeveral(name).optional(),
  program: oneOrSeveral(name).optional(),
  scenario: oneOrSeveral(name).optional(),
  strategy: oneOrSeveral(name).optional(),
  expect: expectation.optional(),
  allowNoEffect: z.boolean().optional(),
});

const project = projectFields.superRefine(({ modules, variant, program }, context) => {
  if (modules === undefined && variant === undefined && program === undefined)
    context.addIssue({ code: 'custom', message: 'expected modules, a variant or a program to hunt' });
  if (program !== undefined && modules === undefined)
    context.addIssue({ code: 'custom', message: 'expected modules that define the program' });
});

const projects = list(project, PROJECTS_MAX).superRefine((all, context) => {
  const again = all.findIndex((one, index) => all.findIndex((other) => other.name === one.name) !== index);
  if (again >= 0)
    context.addIssue({ code: 'custom', path: [again, 'name'], message: 'another project has this name' });
  if (all.length === 0) context.addIssue({ code: 'custom', message: 'expected a project, there is none' });
});

export const configSchema = z.strictObject({
  ...limits,
  projects,
  reporters: list(name, NAMES_MAX).optional(),
  reporterFiles: z.record(name, path).optional(),
  reportDir: path.optional(),
  out: path.optional(),
  baseline: path.optional(),
  baselineBy: z.enum(BASELINE_SCOPES).optional(),
  corpus: path.optional(),
  strategy: oneOrSeveral(name).optional(),
  seed: whole(0, SEED_MAX).optional(),
  memory: z.enum(MEMORY_MODELS).optional(),
});

/** A configuration that was checked: lists are lists, limits stand by mode, durations are milliseconds. */
export type Config = z.output<typeof configSchema>;
export type Project = Config['projects'][number];
