import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exploreLitmus } from '../../src/litmus/explore.js';
import { parseLitmus } from '../../src/litmus/parse.js';

/**
 * Hundreds of litmus tests with the final states and verdicts that herd7 computes under its x86-TSO model and
 * under sequential consistency, compared with all that the machine can do. The collections are data beside
 * the repository; without them classics.test.ts still has the classics.
 */

interface HerdResult {
  readonly states: readonly string[];
  readonly verdict: string;
  readonly observation: string;
}

interface HerdTest {
  readonly name: string;
  readonly litmus: string;
  readonly x86tso: HerdResult;
  readonly sc: HerdResult;
}

for (const file of ['x86tso.json', 'x86tso-diy.json']) {
  const path = fileURLToPath(new URL(`../../../shared/litmus/${file}`, import.meta.url));
  const present = existsSync(path);
  describe.skipIf(!present)(
    `herd7's results of ` +
      `${file}${present ? '' : ' (skipped: ../shared/litmus beside the repository is absent)'}`,
    () => {
      const tests: readonly HerdTest[] = present ? JSON.parse(readFileSync(path, 'utf8')).tests : [];

      for (const [model, memory] of [
        ['x86tso', 'tso'],
        ['sc', 'sc'],
      ] as const) {
        it(`are all that the machine reaches under ${memory}, and it reaches all`, () => {
          const different = tests.flatMap((test) => {
            const { states, verdict, observation } = test[model];
            const expected = { states: [...states].sort(), verdict, observation };
            const reached = exploreLitmus(parseLitmus(test.litmus, file), memory);
            return JSON.stringify(reached) === JSON.stringify(expected)
              ? []
              : [{ name: test.name, reached, expected }];
          });
          expect(different).toEqual([]);
          expect(tests.length).toBeGreaterThan(0);
        });
      }
    },
  );
}
