/** What a blob of a study may contain. Its findings are checked as findings are, by their own schema. */

import * as z from 'zod';
import { verdictPart } from '../../findings/blob-schema.js';
import { list } from '../../findings/list-schema.js';
import { text, whole } from '../../findings/scenario-schema.js';
import { MEMORY_MODELS } from '../../memory-order/index.js';
import { verifiedPart } from '../../verify/shards/blob-schema.js';
import { COUNTERS } from '../../vocabulary/counter-names.js';
import { HARM_CLASSES, LATENT_CLASSES } from '../../vocabulary/violation.js';

/** Ten times the largest study's: each is looked for among all that it may be compared with. */
export const ROWS_MAX = 2_000;
const PARTS_MAX = 100_000;
const SCENARIOS_MAX = 10_000;
const PAIRS_MAX = 200_000;
const PACKED_MAX = 1_000_000;
const SEED_MAX = 2 ** 32 - 1;

const counted = whole(0, Number.MAX_SAFE_INTEGER);
const amount = z.number().min(0);
const name = text(2_000).min(1);
const scenarioName = text(200).min(1);
const violationClass = z.enum([...HARM_CLASSES, ...LATENT_CLASSES]);
const memory = z.enum(MEMORY_MODELS);
const counts = z.strictObject(
  Object.fromEntries(COUNTERS.map((counter) => [counter, amount])) as Record<
    (typeof COUNTERS)[number],
    typeof amount
  >,
);

const pairs = z.strictObject({
  base: name,
  patch: name,
  pairs: counted,
  cut: counted,
  otherwise: counted,
  samples: list(
    z.strictObject({
      scenario: scenarioName,
      pairs: whole(0, PAIRS_MAX),
      counts: text(PACKED_MAX),
      apart: text(PACKED_MAX),
    }),
    SCENARIOS_MAX,
  ),
});

const spread = z.strictObject({ min: counted, mean: z.number().min(0), max: counted });
const rounds = z.strictObject({
  shootdowns: counted,
  ...{ rounds: spread, local: spread, handlers: spread, overlap: spread },
});

const names = list(scenarioName, SCENARIOS_MAX);
const proof = z.strictObject({
  isShipped: z.boolean(),
  witness: z
    .strictObject({
      class: violationClass,
      steps: counted,
      scenario: scenarioName,
      finding: text(4_000).nullable(),
    })
    .nullable(),
  refuted: names,
  proved: names,
  states: counted,
  known: list(z.strictObject({ finding: text(200), scenario: scenarioName }), SCENARIOS_MAX),
  partly: list(
    verifiedPart
      .omit({ shard: true })
      .extend({ finding: text(4_000).nullable(), known: text(200).nullable() }),
    SCENARIOS_MAX,
  ),
  latent: list(text(200), 1_000),
});

export const studyBlobSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  study: z.strictObject({
    shootdown: text(40),
    name: text(200).min(1),
    memory,
    strategies: list(text(200).min(1), 100),
    scenarios: names,
    executions: counted.nullable(),
    count: counted.nullable(),
  }),
  rows: list(
    z.strictObject({
      group: name,
      heading: text(2_000),
      variant: name,
      label: name,
      baseline: name.nullable(),
      senseless: text(2_000).nullable(),
      at: z.tuple([counted, counted]),
    }),
    ROWS_MAX,
  ),
  notes: list(text(2_000), 1_000),
  parts: list(
    z.strictObject({
      group: name,
      variant: name,
      seed: whole(0, SEED_MAX),
      did: verdictPart.nullable(),
      witness: z.strictObject({ finding: z.unknown(), cause: text(100_000).nullable() }).nullable(),
      known: violationClass.nullable(),
      counts: counts.nullable(),
      pairs: pairs.nullable(),
      brokenHost: counts.nullable(),
      rounds: rounds.nullable(),
      proof: proof.nullable(),
    }),
    PARTS_MAX,
  ),
});
