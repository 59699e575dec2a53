/** What a blob of stress runs may contain. Its findings are checked as findings are, by their own schema. */

import * as z from 'zod';
import { list } from '../../findings/list-schema.js';
import { text, whole } from '../../findings/scenario-schema.js';
import { MEMORY_MODELS } from '../../memory-order/index.js';
import { LITMUS_TESTS } from '../../stress/self-test-litmus.js';
import { HARM_CLASSES, LATENT_CLASSES } from '../../vocabulary/violation.js';

const TARGETS_MAX = 10_000;
const PARTS_MAX = 10_000;
const CPUS_MAX = 256;
const COUNTERS_MAX = 1_000;
const SEEN_MAX = 100_000;
const SEED_MAX = 2 ** 32 - 1;
/** Three hundred years: sums of them stay numbers. */
const SECONDS_MAX = 1e10;

const counted = whole(0, Number.MAX_SAFE_INTEGER);
const seconds = z.number().min(0).max(SECONDS_MAX);
const share = z.number().min(0).max(1);
const name = text(2_000).min(1);
const scenarioName = text(200).min(1);
const message = text(100_000);
const cpu = whole(0, CPUS_MAX - 1);
const cpus = whole(1, CPUS_MAX);
const memory = z.enum(MEMORY_MODELS);
const violationClass = z.enum([...HARM_CLASSES, ...LATENT_CLASSES]);
const counters = z
  .record(text(200), z.number())
  .refine((value) => Object.keys(value).length <= COUNTERS_MAX, `has more than ${COUNTERS_MAX} entries`);

const selfTest = z.strictObject({
  node: text(200),
  v8: text(200),
  arch: text(200),
  cores: counted,
  tests: list(
    z.strictObject({
      test: z.enum(LITMUS_TESTS),
      stores: z.enum(['plain', 'atomic']),
      tries: counted,
      forbidden: counted,
      reordered: counted,
    }),
    100,
  ),
  storeBuffering: share,
  atomicStores: z.boolean(),
  reason: text(2_000),
  failed: z.boolean(),
});

const hang = z.strictObject({
  message,
  cpus: list(
    z.strictObject({
      cpu,
      waitsFor: text(2_000).nullable(),
      interrupts: z.boolean(),
      pending: list(text(200), 100),
      steps: counted,
      lastEvents: list(text(2_000), 1_000),
    }),
    CPUS_MAX,
  ),
  locks: list(text(2_000), 10_000),
});

const result = z.strictObject({
  variant: name,
  rounds: counted.optional(),
  scenario: scenarioName,
  failedIn: name.optional(),
  cpus,
  cores: counted,
  seconds,
  startSeconds: seconds,
  shootdowns: counted,
  ipis: counted,
  flushes: z.strictObject({ full: counted, partial: counted, atSwitch: counted }),
  counters,
  replaced: list(z.strictObject({ name: text(200), calls: counted }), 1_000),
  changedNothing: z.boolean(),
  progressed: whole(0, CPUS_MAX),
  sleeps: counted,
  unrung: counted,
  stepsMin: counted,
  stepsMax: counted,
  behind: list(
    z.strictObject({ cpu, steps: counted, others: counted, waited: z.number().min(0), scenario: name }),
    SEEN_MAX,
  ),
  violations: list(z.strictObject({ class: violationClass, cpu, message }), SEEN_MAX),
  latent: list(z.strictObject({ class: z.enum(LATENT_CLASSES), cpu, message, times: counted }), SEEN_MAX),
  hang: hang.nullable(),
  dead: list(message, CPUS_MAX),
  waiting: z.enum(['doorbell', 'token']),
  waitingReason: text(2_000),
  memory,
  seed: whole(0, SEED_MAX),
  interrupted: z.boolean(),
});

const look = z.strictObject({
  variant: name,
  executions: counted,
  seconds,
  violation: violationClass.nullable(),
  message: message.nullable(),
  known: text(200).nullable(),
  met: list(text(200), 1_000),
  witness: z.strictObject({ finding: z.unknown(), cause: message.nullable() }).nullable(),
});

const atLeastOne = (entries: readonly unknown[]): boolean => entries.length > 0;

export const stressBlobSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  stress: z.strictObject({
    shootdown: text(40),
    memory,
    wait: z.enum(['auto', 'doorbell', 'token']),
    perturb: counted,
    targets: list(
      z.strictObject({ variant: name, program: z.boolean(), scenario: scenarioName, cpus }),
      TARGETS_MAX,
    ),
  }),
  parts: list(
    z.strictObject({
      seed: whole(0, SEED_MAX),
      forMs: z
        .number()
        .min(0)
        .max(SECONDS_MAX * 1000),
      interrupted: z.boolean(),
      selfTest,
      results: list(result, TARGETS_MAX).refine(atLeastOne, 'is empty'),
      look: look.nullable(),
    }),
    PARTS_MAX,
  ).refine(atLeastOne, 'is empty'),
});
