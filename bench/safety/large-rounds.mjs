/**
 * Command lines of `large.ts`, all in this process, for so many rounds; a line for each that takes too much,
 * and after each round what was the most by then. After the first round and the last what is no longer needed
 * is taken away, and what stays is told: more after the last would be kept from file to file.
 *
 *     node --expose-gc bench/safety/large-rounds.mjs COMMANDS.json ROUNDS SECONDS_MAX MEGABYTES_MAX
 *
 * It runs what `npm run build` made: tsx has memory of its own in the process, for its loader's thread and
 * what it translates, 53 MB before the first file and more with the compiler.
 */

import { readFileSync } from 'node:fs';
import { createEngine } from '../../dist/src/cli/engine.js';
import { runCli } from '../../dist/src/cli/run-cli.js';

const [commands, rounds, secondsMax, megabytesMax] = process.argv.slice(2);
const files = JSON.parse(readFileSync(commands, 'utf8'));
// A replay reads the call stack at every step; where it is written in the sources matters to nobody here.
process.setSourceMapsEnabled(false);

/** Exit code of a command line whose output is kept, as whoever reads it all would. */
function exitCodeOf(argv) {
  const output = { stdout: '', stderr: '' };
  const stream = (name) => ({
    write: (text) => {
      output[name] += text;
    },
  });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  return runCli(argv, { ...streams, env: {}, onInterrupt: () => () => {} }, createEngine());
}

const megabytes = (bytes) => Math.round(bytes / 2 ** 20);
/** In words; as the system counts it, and what of it is the program's. */
function kept() {
  global.gc();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const parts = `${megabytes(heapUsed)} of it objects, ${megabytes(arrayBuffers)} buffers`;
  return `${megabytes(rss)} MB stay, ${parts}`;
}

let slowest = 0;
/** The file that took the process to the most memory, and megabytes. */
let greediest = '';
let most = 0;
let wrong = 0;
let first = '';
for (let round = 1; round <= Number(rounds); round++) {
  for (const { name, argv } of files) {
    const began = process.cpuUsage();
    const exitCode = await exitCodeOf(argv);
    const { user, system } = process.cpuUsage(began);
    const seconds = (user + system) / 1e6;
    slowest = Math.max(slowest, seconds);
    const taken = Math.round(process.resourceUsage().maxRSS / 1024);
    if (taken > most) [most, greediest] = [taken, name];
    if (seconds <= Number(secondsMax) && [0, 1, 2].includes(exitCode)) continue;
    wrong++;
    console.log(`WRONG in one process, round ${round}: ${name}: exit ${exitCode}, ${seconds.toFixed(1)} s`);
  }
  if (round === 1) first = kept();
  const stays = round > 1 && round === Number(rounds) ? `; then ${kept()}` : '';
  console.log(
    `one process, ${round} rounds of ${files.length} files: ${most} MB (${greediest}), ` +
      `${slowest.toFixed(1)} s for one of them at most; after the first ${first}${stays}`,
  );
}
process.exitCode = wrong === 0 && most <= Number(megabytesMax) ? 0 : 1;
