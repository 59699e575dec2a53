import { lazyFlag } from './lazy-flag.js';
import { lazyIpi } from './lazy-ipi.js';
import { lazyOff } from './lazy-off.js';
import { lazyPark } from './lazy-park.js';
import { maskNeverTrimmed } from './mask-never-trimmed.js';
import { maskTrimmedByOthers } from './mask-trimmed-by-others.js';
import { rangeAlways } from './range-always.js';
import { rangeInTurn } from './range-in-turn.js';
import { rangeRing } from './range-ring.js';
import type { Rule } from './rule.js';
import { v0 } from './v0-do-nothing.js';
import { v1 } from './v1-write-loaded-slot.js';
import { v2 } from './v2-check-then-store.js';
import { v3 } from './v3-exchange-generation.js';
import { v4 } from './v4-exchange-pair.js';
import { v5 } from './v5-announce-flush.js';
import { v6 } from './v6-raise-after-any-range.js';
import { v7 } from './v7-raise-by-one-after-range.js';
import { v8 } from './v8-update-cpumask.js';
import { v9 } from './v9-raise-to-newest.js';
import { v10 } from './v10-store-and-take-back.js';
import { v11 } from './v11-lock-of-initiators.js';
import { v12 } from './v12-lock-of-owner-too.js';
import { v13 } from './v13-lock-across-flush.js';
import { v14 } from './v14-raise-preempted.js';
import { v15 } from './v15-flush-loaded-pcid.js';
import { v16 } from './v16-mailbox.js';
import { v17, v17Short } from './v17-packed-slot.js';
import { v18a, v18aPlain, v18b } from './v18-lower-slot.js';

/** Every rule about remote generations, in the order of `list`. */
export const rules: readonly Rule[] = [
  v0,
  v1,
  v2,
  v3,
  v4,
  v5,
  v6,
  v7,
  v8,
  v9,
  v10,
  v11,
  v12,
  v13,
  v14,
  v15,
  v16,
  v17,
  v17Short,
  v18a,
  v18aPlain,
  v18b,
];

/** Answers to lazy CPUs under paravirtual flushes (A27.5 of the reference, question C2). */
export const lazyAnswers: readonly Rule[] = [lazyIpi, lazyOff, lazyFlag, lazyPark];

/** Answers to what becomes of mm_cpumask bits (question C3). */
export const maskAnswers: readonly Rule[] = [maskNeverTrimmed, maskTrimmedByOthers];

/** Answers to when a range is flushed as one (question C11). */
export const rangeAnswers: readonly Rule[] = [rangeInTurn, rangeRing, rangeAlways];

/** What is asked of kernels besides remote generations. */
export const otherAnswers: readonly Rule[] = [...lazyAnswers, ...maskAnswers, ...rangeAnswers];

export function findRule(name: string): Rule | undefined {
  return [...rules, ...otherAnswers].find((rule) => rule.name === name);
}
