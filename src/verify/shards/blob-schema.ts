/** What a shard's file may contain. Its findings are checked as findings are, by their own schema. */

import * as z from 'zod';
import { SHARDS_MAX } from '../../explore/shard.js';
import { list } from '../../findings/list-schema.js';
import { text, whole } from '../../findings/scenario-schema.js';
import { MEMORY_MODELS } from '../../memory-order/index.js';
import { HARM_CLASSES, LATENT_CLASSES } from '../../vocabulary/violation.js';

const SUBJECTS_MAX = 10_000;
const PARTS_MAX = 100_000;

const counted = whole(0, Number.MAX_SAFE_INTEGER);

const split = z.strictObject({
  depth: counted,
  before: counted,
  states: counted,
  own: counted,
  hash: z.string().regex(/^[0-9a-f]{8}$/, 'expected eight hex digits'),
});

const subject = z.strictObject({
  variant: text(2_000).min(1),
  program: z.boolean(),
  scenario: text(200).min(1),
});

/** A shard's verdict of a subject. */
export const verifiedPart = subject.extend({
  memory: z.enum(MEMORY_MODELS),
  complete: z.boolean(),
  completeWithinSwitches: z.boolean(),
  withinSteps: counted,
  ended: z.enum(['memory', 'time', 'states', 'interrupted']).nullable(),
  violation: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]).nullable(),
  message: text(100_000).nullable(),
  isShortest: z.boolean(),
  latent: list(
    z.strictObject({ class: z.enum(LATENT_CLASSES), message: text(100_000) }),
    LATENT_CLASSES.length,
  ),
  states: counted,
  expanded: counted,
  transitions: counted,
  depth: counted,
  seconds: z.number().min(0),
  peakMemoryBytes: counted,
  bounds: z.strictObject({
    switches: counted.nullable(),
    storeBufferDepth: counted,
    walks: counted,
    preemptions: counted,
  }),
  reductions: list(text(200), 10),
  finding: z.null(),
  shard: z.strictObject({
    index: whole(1, SHARDS_MAX),
    of: whole(1, SHARDS_MAX),
    split: split.nullable(),
    complete: z.boolean(),
    isCut: z.boolean(),
  }),
});

export const verifyBlobSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  search: z.strictObject({
    shootdown: text(40),
    memory: z.enum(MEMORY_MODELS),
    switches: counted.nullable(),
    shards: whole(1, SHARDS_MAX),
    subjects: list(subject, SUBJECTS_MAX),
  }),
  parts: list(z.strictObject({ verdict: verifiedPart, witness: z.unknown() }), PARTS_MAX),
});
