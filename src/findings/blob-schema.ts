/** What a blob may contain. Its findings are checked as findings are, by their own schema. */

import * as z from 'zod';
import { SHARDS_MAX } from '../explore/shard.js';
import { MEMORY_MODELS } from '../memory-order/index.js';
import { HARM_CLASSES, LATENT_CLASSES } from '../vocabulary/violation.js';
import { list } from './list-schema.js';
import { namedCause } from './named-cause-schema.js';
import { text, whole } from './scenario-schema.js';
import { schedule } from './schema.js';

const SUBJECTS_MAX = 1_000;
const SCENARIOS_MAX = 10_000;
const COUNTERS_MAX = 1_000;
const PARTS_MAX = 10_000;
const KINDS_MAX = 10_000;
const PAIRS_MAX = 1_000_000;
const SCHEDULES_MAX = 10_000;
/** Statements and branches of a user's file; files of a module. */
const SITES_MAX = 1_000_000;
const FILES_MAX = 10_000;

const counted = whole(0, Number.MAX_SAFE_INTEGER);
const variantName = text(2_000).min(1);
const scenarioName = text(200).min(1);
const counters = z
  .record(text(200), z.number())
  .refine((value) => Object.keys(value).length <= COUNTERS_MAX, `has more than ${COUNTERS_MAX} entries`);

const place = z.strictObject({ scenario: scenarioName, execution: counted });

const effectPart = z.strictObject({
  kind: z.enum(['function', 'feature', 'backend', 'rule']),
  name: text(200),
  calls: counted,
  executions: counted,
  answered: counted,
  acted: counted,
  reordered: counted,
  otherwise: counted,
  first: place.nullable(),
  idle: text(2_000).nullable(),
  scenarios: list(
    z.strictObject({ scenario: scenarioName, calls: counted, otherwise: counted }),
    SCENARIOS_MAX,
  ),
});

const effect = z.strictObject({
  base: variantName,
  changedNothing: z.boolean(),
  notCompared: text(2_000).nullable(),
  otherwise: counted,
  first: place.nullable(),
  parts: list(effectPart, 1_000),
});

const met = z.strictObject({
  scenario: scenarioName,
  class: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]),
  cause: text(100_000).min(1),
  former: text(100_000).optional(),
  circumstance: text(100_000).optional(),
  finding: text(200).optional(),
  namedCause: namedCause.optional(),
  knownFrom: scenarioName.optional(),
  isKnown: z.boolean(),
  executions: counted,
  execution: counted,
});

const linesOf = z.strictObject({ from: counted, to: counted });
const codeReport = z.strictObject({
  file: text(4_096),
  ...{ lines: counted, linesRan: counted, branches: counted, branchesRan: counted },
  never: list(linesOf, SITES_MAX),
  untaken: list(z.strictObject({ line: counted, branch: text(200) }), SITES_MAX),
  partly: list(z.strictObject({ line: counted, scenarios: list(scenarioName, SCENARIOS_MAX) }), SITES_MAX),
});

const ran = z.strictObject({
  scenario: scenarioName,
  file: text(4_096),
  sites: list(counted, SITES_MAX),
});

const reached = z.strictObject({
  scenarios: list(z.strictObject({ scenario: scenarioName, pairs: list(counted, PAIRS_MAX) }), SCENARIOS_MAX),
  schedules: list(
    z.strictObject({
      scenario: scenarioName,
      strategy: text(200).min(1),
      seed: counted,
      execution: counted,
      pairs: counted,
      schedule,
    }),
    SCHEDULES_MAX,
  ),
  ran: list(ran, SITES_MAX).optional(),
  code: list(codeReport, FILES_MAX).optional(),
});

/** What is added up of a verdict. */
export const verdictPart = z.strictObject({
  variant: variantName,
  program: z.literal(true).optional(),
  optimisation: z.literal(2).optional(),
  executions: counted,
  steps: counted,
  seconds: z.number().min(0),
  latent: list(
    z.strictObject({
      class: z.enum(LATENT_CLASSES),
      executions: counted,
      scenario: scenarioName,
      execution: counted,
      message: text(100_000),
    }),
    LATENT_CLASSES.length,
  ),
  counters,
  scenarios: list(
    z.strictObject({ scenario: scenarioName, executions: counted, steps: counted, counters }),
    SCENARIOS_MAX,
  ),
  traceHash: z.string().regex(/^[0-9a-f]{8}$/, 'expected eight hex digits'),
  interrupted: z.boolean(),
  effect: effect.optional(),
  known: text(200).nullable().optional(),
  met: list(met, KINDS_MAX).optional(),
  reached: reached.optional(),
});

export const blobSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  hunt: z.strictObject({
    shootdown: text(40),
    memory: z.enum(MEMORY_MODELS),
    seed: counted,
    strategies: list(text(200).min(1), 100),
    subjects: list(variantName, SUBJECTS_MAX),
    shards: whole(1, SHARDS_MAX),
  }),
  notes: list(text(2_000), 1_000),
  parts: list(
    z.strictObject({
      shard: whole(1, SHARDS_MAX),
      did: verdictPart,
      witness: z.strictObject({ finding: z.unknown(), cause: text(100_000).nullable() }).nullable(),
    }),
    PARTS_MAX,
  ),
});
