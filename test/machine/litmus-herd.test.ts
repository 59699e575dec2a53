import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { finalStates } from './litmus.js';
import { parseLitmus, UnsupportedInstruction } from './litmus-parse.js';

/**
 * Hundreds of litmus tests with the final states that herd7 computes under its x86-TSO model and under sequential consistency, compared
 * with all that the machine can do. The collections are data beside the repository; without them litmus.test.ts still has the classics.
 */

interface HerdTest {
  readonly name: string;
  readonly litmus: string;
  readonly x86tso: { readonly states: readonly string[] };
  readonly sc: { readonly states: readonly string[] };
}

for (const file of ['x86tso.json', 'x86tso-diy.json']) {
  const path = fileURLToPath(new URL(`../../../shared/litmus/${file}`, import.meta.url));
  const present = existsSync(path);
  describe.skipIf(!present)(
    `herd7's states of ${file}${present ? '' : ' (skipped: ../shared/litmus beside the repository is absent)'}`,
    () => {
      const tests: readonly HerdTest[] = present ? JSON.parse(readFileSync(path, 'utf8')).tests : [];

      for (const [model, memory] of [
        ['x86tso', 'tso'],
        ['sc', 'sc'],
      ] as const) {
        it(`are all that the machine reaches under ${memory}, and it reaches all`, () => {
          const different: string[] = [];
          const unsupported: string[] = [];
          let compared = 0;
          for (const test of tests) {
            const expected = [...test[model].states].sort();
            const observed = [...expected[0].matchAll(/(\S+)=-?\d+;/g)].map((match) => match[1]);
            try {
              const reached = finalStates(parseLitmus(test.litmus), memory, observed);
              compared++;
              if (reached.join('\n') !== expected.join('\n'))
                different.push(`${test.name}: ${reached.join(' | ')} instead of ${expected.join(' | ')}`);
            } catch (error) {
              if (!(error instanceof UnsupportedInstruction)) throw error;
              unsupported.push(`${test.name} (${error.message})`);
            }
          }
          if (unsupported.length > 0)
            console.warn(`${file}: ${unsupported.length} of ${tests.length} tests skipped: ${unsupported.join(', ')}`);
          expect(different).toEqual([]);
          expect(compared + unsupported.length).toBe(tests.length);
          expect(unsupported).toEqual([]);
        });
      }
    },
  );
}
