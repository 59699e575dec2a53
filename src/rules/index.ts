import type { Rule } from './rule.js';
import { v0 } from './v0.js';
import { v1 } from './v1.js';
import { v2 } from './v2.js';
import { v3 } from './v3.js';
import { v4 } from './v4.js';
import { v5 } from './v5.js';
import { v6 } from './v6.js';
import { v7 } from './v7.js';
import { v8 } from './v8.js';
import { v9 } from './v9.js';
import { v10 } from './v10.js';
import { v11 } from './v11.js';
import { v12 } from './v12.js';
import { v13 } from './v13.js';
import { v14 } from './v14.js';
import { v15 } from './v15.js';
import { v16 } from './v16.js';
import { v17, v17Short } from './v17.js';
import { v18a, v18aPlain, v18b } from './v18.js';

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

export function findRule(name: string): Rule | undefined {
  return rules.find((rule) => rule.name === name);
}

/** Answers to lazy CPUs that are flushed for them (part A27.5 of the reference), compared by `study lazy`. */
export const lazyAnswers: readonly Rule[] = [];
