/**
 * Files of megabytes through the command line, each in a process of its own that the system ends when it
 * takes too much: none may cost more than 512 MB or 10 s of processor time, whatever is in it. Then all of
 * them in one process, for so many rounds, where what is slow only once it has been compiled would show, and
 * what is kept from file to file.
 *
 *     npx tsx bench/safety/large.ts [--only 'beginning of the names'] [--rounds 10] [--together] [--record]
 *
 * `--together` leaves the processes of their own out. Exit code 1 where a file costs more.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { largeFiles } from '../../test/cli/fuzz/large.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

const MEGABYTES_MAX = 512;
const SECONDS_MAX = 10;
/**
 * Of the process that reads them all: the bar less what is beside the heap, twice a file's bytes (63 MB; V8
 * lets go of one when it has the next) and 130 MB of code, its data and what the system gave for good.
 */
const HEAP_MEGABYTES = 256;
/** Characters of a command's output; the longest are those of merged blobs. */
const OUTPUT_MAX = 256 * 1024 * 1024;
/** The system ends a process after so much more than the bar. */
const GRACE = 2;

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'shootdown-large-'));
const usage = join(directory, 'usage');
const hook = join(directory, 'hook.mjs');
writeFileSync(
  hook,
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.resourceUsage())));`,
);
let wrong = 0;
const { only, rounds, together, isRecorded } = argumentsOf({ only: '', rounds: 10, together: false });
const files = largeFiles(directory).filter(({ name }) => name.startsWith(only));
let [secondsMost, megabytesMost, inOne] = [0, 0, ''];
for (const { name, argv } of together ? [] : files) {
  const heap = `--max-old-space-size=${GRACE * MEGABYTES_MAX}`;
  const command = [
    `--cpu=${GRACE * SECONDS_MAX}`,
    process.execPath,
    heap,
    '--import',
    'tsx',
    '--import',
    hook,
    join(root, 'src/cli/main.ts'),
    ...argv,
  ];
  const { status, signal, stderr } = spawnSync('prlimit', command, {
    cwd: root,
    encoding: 'utf8',
    // A pipe that is closed on a command ends it, and not by its own fault.
    maxBuffer: OUTPUT_MAX,
    timeout: 300_000,
  });
  const { userCPUTime, systemCPUTime, maxRSS } =
    signal === null && status !== null && existsSync(usage)
      ? JSON.parse(readFileSync(usage, 'utf8'))
      : { maxRSS: NaN };
  rmSync(usage, { force: true });
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  const megabytes = maxRSS / 1024;
  secondsMost = Math.max(secondsMost, seconds);
  megabytesMost = Math.max(megabytesMost, megabytes);
  const isLine = status !== 2 || /^(?:shootdown: [^\n]{1,1000}\n){1,3}$/.test(stderr);
  const isWithin =
    seconds <= SECONDS_MAX && megabytes <= MEGABYTES_MAX && [0, 1, 2].includes(status ?? -1) && isLine;
  if (!isWithin) wrong++;
  const told = isWithin ? stderr.split('\n')[0].slice(0, 110) : JSON.stringify(stderr.slice(-500));
  console.log(
    `${isWithin ? 'ok   ' : 'WRONG'} ${name}: exit ${status}, ${seconds.toFixed(1)} s, ` +
      `${Math.round(megabytes)} MB  ${told}`,
  );
}
if (rounds > 0) {
  const commands = join(directory, 'commands.json');
  writeFileSync(commands, JSON.stringify(files));
  const script = join(root, 'bench/safety/large-rounds.mjs');
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  // What nobody needs any more lies until there is no room: a process that is given as much as the bar takes
  // it all, whatever the files need. One that kept what it has read would not live long with so much.
  const limits = [`--max-old-space-size=${HEAP_MEGABYTES}`, '--expose-gc'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...limits, script, commands, String(rounds), String(SECONDS_MAX), String(MEGABYTES_MAX)],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: OUTPUT_MAX,
    },
  );
  inOne = stdout.trimEnd().split('\n').at(-1) ?? '';
  console.log(`${stdout.trimEnd()}${status === 0 ? '' : stderr.slice(-1_000)}`);
  if (status !== 0) wrong++;
}
console.log(`wrong: ${wrong}`);
const result = `${wrong} above; at most ${secondsMost.toFixed(1)} s of processor time, ${Math.round(megabytesMost)} MB; ${inOne}`;
const command = `npx tsx bench/safety/large.ts --only '${only}' --rounds ${rounds}`;
const what = `${files.length} files of megabytes (bar: ${SECONDS_MAX} s, ${MEGABYTES_MAX} MB)`;
if (isRecorded) record({ what, result, command });
rmSync(directory, { recursive: true });
process.exitCode = wrong === 0 ? 0 : 1;
