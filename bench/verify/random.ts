import type { PlainProgram } from '../../src/programs/plain-program.js';
import type * as Compare from '../../test/verify/compare.js';
import { evaluateLowered, projectFile } from '../../test/verify/lowered.js';
import { randomPrograms } from '../../test/verify/random-source.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';

/**
 * Random programs by the search and by brute force: the same ends, under SC and TSO.
 *
 *     npx tsx bench/verify/random.ts [--first 1] [--count 3000] [--state FILE] [--record]
 *
 * Bar: no difference (exit code 1). With `--state` a run that was stopped goes on after the last portion of
 * 250 programs.
 */

type Module = typeof Compare & { readonly programs: readonly PlainProgram[] };

/** Programs that are bundled at a time. */
const PORTION = 250;
const { first, count, state, isRecorded } = argumentsOf({ first: 1, count: 3_000, state: '' });

/** What a portion came to. */
interface Portion extends KeptLine {
  readonly compared: number;
  readonly tooLarge: number;
  readonly ends: number;
  readonly different: readonly string[];
}

async function portion(key: string, at: number, number: number): Promise<Portion> {
  let [compared, tooLarge, ends] = [0, 0, 0];
  const different: string[] = [];
  const text = randomPrograms(at, number, projectFile('src/programs/plain-program.ts'));
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
        different.push(`${program.name} under ${memory}: ${result.different.join('; ')}`);
    }
  }
  return { key, compared, tooLarge, ends, different };
}

const kept = new Kept<Portion>(state);
const portions: Portion[] = [];
for (let at = first; at < first + count; at += PORTION) {
  const number = Math.min(PORTION, first + count - at);
  const key = `${at} ${number}`;
  portions.push(await kept.of(key, () => portion(key, at, number)));
}
const sum = (of: 'compared' | 'tooLarge' | 'ends'): number =>
  portions.reduce((total, one) => total + one[of], 0);
const different = portions.flatMap((one) => one.different);
for (const line of different) console.log(line);
const result =
  `${sum('compared')} compared, ${sum('tooLarge')} too large to enumerate, ${sum('ends')} ends, ` +
  `${different.length} differ`;
console.log(`${count} programs from ${first}: ${result}`);
const command = `npx tsx bench/verify/random.ts --first ${first} --count ${count}`;
if (isRecorded)
  record({ what: `${count} random plain programs by search and by brute force`, result, command });
process.exitCode = different.length === 0 ? 0 : 1;
