/**
 * Strange files in each place where a command reads or writes one, each in a process of its own: pipes,
 * devices, links, directories, holes, and texts that are almost right. Each must end, in one line, with the
 * exit code that says whose fault it was, and take no more than any file may.
 *
 *     npx tsx bench/safety/strange.ts [--place NAMES] [--every 1] [--from 0] [--skip 0]
 *         [--jobs 1] [--record]
 *
 * `--every N`: every N-th of them, another at each place; `--from M`: counted from the M-th, so that N runs
 * do them all; `--skip K`: all but the first K of those, to go on where a run was ended. Exit code 1 where one
 * is not.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { COMMAND } from '../../test/cli/start.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { CONTENTS, NO_FILES, type StrangeFile } from './strange-files.js';
import { OUTPUTS } from './strange-outputs.js';
import { type Place, READ } from './strange-places.js';
import { wholeFiles } from './strange-whole.js';

const MEGABYTES_MAX = 512;
const SECONDS_MAX = 10;
/** Whatever takes so long hangs, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

const defaults = { place: '', every: 1, from: 0, skip: 0, jobs: 1 };
const { place: only, every, from, skip, jobs, isRecorded } = argumentsOf(defaults);
const directory = mkdtempSync(join(tmpdir(), 'shootdown-strange-'));
const hook = join(directory, 'hook.mjs');
writeFileSync(
  hook,
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.resourceUsage())));`,
);
const whole = wholeFiles(directory);

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly megabytes: number;
}

function ended(argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string, usage: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', hook, COMMAND, ...argv], {
      cwd,
      env: { ...process.env, USAGE_FILE: usage, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk) => {
        said[name] += chunk;
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      const { userCPUTime, systemCPUTime, maxRSS } = existsSync(usage)
        ? JSON.parse(readFileSync(usage, 'utf8'))
        : { userCPUTime: NaN, systemCPUTime: NaN, maxRSS: NaN };
      const seconds = (userCPUTime + systemCPUTime) / 1e6;
      resolve({ exitCode, ...said, seconds, megabytes: maxRSS / 1024 });
    });
  });
}

/** Clang's, which tells at most twenty errors and where each comes from; with what it quotes, no more. */
const COMPILERS_WORDS = /^(?=[\s\S]*\berror: )(?:[^\n]{0,1500}\n){1,400}$/;
/** Of our own reporter: it stops commands while it prints what is not its own. */
const OWN_COMMAND = /^::(?:stop-commands::[0-9a-f]{32}|[0-9a-f]{32}::|(?:error|warning|notice) [^\n]*::.*)$/;

/** What is wrong with how it ended; null if nothing. */
function wrongOf(place: Place, { exitCode, stdout, stderr, seconds, megabytes }: Ended): string | null {
  if (exitCode === null) return 'it was ended from outside, or hangs';
  // What is read is bad input; what cannot be written may be the machine's fault.
  const codes = place.isOutput ? [0, 1, 2, 3] : [0, 1, 2];
  if (!codes.includes(exitCode)) return `exit code ${exitCode}`;
  if (/internal error|\n\s+at .*:\d+/.test(stderr)) return 'an internal error or a stack';
  if (exitCode >= 2 && !(place.isCompiled && COMPILERS_WORDS.test(stderr))) {
    if (!/^(?:[^\n]{1,1500}\n){1,4}$/.test(stderr)) return 'not told in a line';
    if (!/^shootdown: /m.test(stderr)) return 'no word why';
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(stdout + stderr)) return 'control characters';
  const commands = (stdout + stderr).match(/^(?:::|##\[).*/gm) ?? [];
  if (commands.some((line) => !(place.isForCi && OWN_COMMAND.test(line)))) return 'a command to CI';
  if (!(seconds <= SECONDS_MAX)) return `${seconds.toFixed(1)} s of processor time`;
  return megabytes <= MEGABYTES_MAX ? null : `${Math.round(megabytes)} MB`;
}

let number = 0;
let wrong = 0;
let [secondsMost, megabytesMost] = [0, 0];
const codes = new Map<string, number>();

async function look(place: Place, file: StrangeFile): Promise<void> {
  const room = join(directory, `room-${++number}`);
  mkdirSync(room);
  const at = (name: string): string => join(room, name);
  place.prepare?.(at, whole.files);
  const path = at(typeof place.file === 'string' ? place.file : place.file(whole));
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  file.make(path, place.whole === null ? Buffer.alloc(0) : whole.files[place.whole]);
  const run = await ended(place.argv(at), place.env?.(at) ?? {}, room, join(directory, `usage-${number}`));
  const bad = wrongOf(place, run) ?? place.wrong?.(at, file) ?? null;
  secondsMost = Math.max(secondsMost, run.seconds);
  megabytesMost = Math.max(megabytesMost, run.megabytes);
  codes.set(`${run.exitCode}`, (codes.get(`${run.exitCode}`) ?? 0) + 1);
  if (bad !== null) wrong++;
  const told = (run.stderr === '' ? run.stdout : run.stderr)
    .replaceAll(room, '')
    .split('\n')[0]
    .slice(0, 150);
  console.log(
    `${bad === null ? 'ok   ' : 'WRONG'} ${place.name}: ${file.name}: exit ${run.exitCode}, ` +
      `${run.seconds.toFixed(1)} s, ${Math.round(run.megabytes)} MB  ${JSON.stringify(told)}` +
      (bad === null ? '' : `\n      ${bad}: ${JSON.stringify((run.stderr + run.stdout).slice(0, 600))}`),
  );
  rmSync(room, { recursive: true, force: true });
}

const work = [...READ, ...OUTPUTS]
  .filter(({ name }) => name.startsWith(only))
  .flatMap((place) =>
    [...NO_FILES, ...(place.whole === null ? [] : CONTENTS)].map((file) => ({ place, file })),
  );
const queue = work.filter((_, index) => index % every === from).slice(skip);
const looks = queue.length;
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await look(next.place, next.file);
  }),
);
const result =
  `${wrong} wrong; at most ${secondsMost.toFixed(1)} s of processor time, ${Math.round(megabytesMost)} MB; ` +
  `exit codes: ${[...codes]
    .sort()
    .map(([code, times]) => `${code}: ${times}`)
    .join(', ')}`;
console.log(result);
const part = (every === 1 ? '' : ` --every ${every} --from ${from}`) + (skip === 0 ? '' : ` --skip ${skip}`);
const command = `npx tsx bench/safety/strange.ts${only === '' ? '' : ` --place '${only}'`}${part}`;
const what = `${looks} strange files in every place where a command reads or writes one`;
if (isRecorded) record({ what, result, command });
rmSync(directory, { recursive: true, force: true });
process.exitCode = wrong === 0 ? 0 : 1;
