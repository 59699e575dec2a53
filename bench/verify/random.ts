import type { PlainProgram } from '../../src/programs/plain-program.js';
import type * as Compare from '../../test/verify/compare.js';
import { evaluateLowered, projectFile } from '../../test/verify/lowered.js';
import { randomPrograms } from '../../test/verify/random-source.js';

/**
 * Random programs by the search and by brute force, any number of them: `node --import tsx
 * bench/verify/random.ts FIRST COUNT`.
 */

type Module = typeof Compare & { readonly programs: readonly PlainProgram[] };

/** Programs that are bundled at a time. */
const PORTION = 250;
const [first, count] = process.argv.slice(2).map(Number);
let compared = 0;
let tooLarge = 0;
let ends = 0;
let different = 0;
for (let at = first; at < first + count; at += PORTION) {
  const text = randomPrograms(
    at,
    Math.min(PORTION, first + count - at),
    projectFile('src/programs/plain-program.ts'),
  );
  const { programs, compareEnds } = await evaluateLowered<Module>(
    `export * from ${JSON.stringify(projectFile('test/verify/compare.ts'))};\n${text}`,
  );
  for (const program of programs) {
    for (const memory of ['sc', 'tso'] as const) {
      const result = compareEnds(program, memory);
      if (result === null) {
        tooLarge++;
        continue;
      }
      compared++;
      ends += result.ends;
      if (result.different.length > 0)
        console.log(`${program.name} under ${memory}: ${result.different.join('; ')}`);
      different += result.different.length > 0 ? 1 : 0;
    }
  }
}
console.log(
  `${count} programs from ${first}: ${compared} compared, ${tooLarge} too large to enumerate, ${ends} ` +
    `ends, ${different} differ`,
);
