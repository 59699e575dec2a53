/**
 * Command lines of `large.ts`, all in this process, for so many rounds; a line for each that takes too much,
 * and after each round what was the most by then.
 *
 *     node --import tsx bench/safety/large-rounds.ts COMMANDS.json ROUNDS SECONDS_MAX MEGABYTES_MAX
 */

import { readFileSync } from 'node:fs';
import { createEngine } from '../../src/cli/engine.js';
import type { LargeFile } from '../../test/cli/fuzz/large.js';
import { cli } from '../../test/cli/run-cli.js';

const [commands, rounds, secondsMax, megabytesMax] = process.argv.slice(2);
const files = JSON.parse(readFileSync(commands, 'utf8')) as readonly LargeFile[];
// A replay reads the call stack at every step; where it is written in the sources matters to nobody here.
process.setSourceMapsEnabled(false);
let slowest = 0;
/** The file that took the process to the most memory, and megabytes. */
let greediest = '';
let most = 0;
let wrong = 0;
for (let round = 1; round <= Number(rounds); round++) {
  for (const { name, argv } of files) {
    const began = process.cpuUsage();
    const { exitCode } = await cli(argv, { engine: createEngine() });
    const { user, system } = process.cpuUsage(began);
    const seconds = (user + system) / 1e6;
    slowest = Math.max(slowest, seconds);
    const taken = Math.round(process.resourceUsage().maxRSS / 1024);
    if (taken > most) [most, greediest] = [taken, name];
    if (seconds <= Number(secondsMax) && [0, 1, 2].includes(exitCode)) continue;
    wrong++;
    console.log(`WRONG in one process, round ${round}: ${name}: exit ${exitCode}, ${seconds.toFixed(1)} s`);
  }
  console.log(
    `one process, ${round} rounds of ${files.length} files: ${most} MB (${greediest}), ` +
      `${slowest.toFixed(1)} s for one of them at most`,
  );
}
process.exitCode = wrong === 0 && most <= Number(megabytesMax) ? 0 : 1;
