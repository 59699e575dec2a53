/**
 * Joins copies of a recording, each later and with mms and tasks of its own, until they hold a number of
 * flush requests, and measures `trace check` (and, with --info, `trace info`) on the file, in a process of
 * its own: lines a second of processor time, and peak memory.
 *
 *     npx tsx bench/check/million.ts [--requests 1000000] [--info] [--record] RECORDING.trace.gz
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readBytes } from '../../src/trace/file-bytes.js';
import { metaPath } from '../../src/trace/meta.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

const given = argumentsOf({ requests: 1_000_000, info: false }, 'RECORDING.trace.gz');
const { requests, info, isRecorded } = given;
const [file] = given.positionals;

const TIME = /^(.{1,60}?\[\d+\] \S+ +)(\d+)\.(\d{6}): /;
const lines = gunzipSync(readBytes(file))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const secondsOf = (line: string | undefined): number => Number(TIME.exec(line ?? '')?.[2] ?? 0);
const span = secondsOf(lines.at(-1)) - secondsOf(lines[0]) + 1;
/** ctx_ids of a recording lie within so many. */
const CTX_SPAN = 100_000;

/** The lines of copy `number`: later by whole seconds, its mms with other ctx_ids and elsewhere in memory. */
function copy(number: number): string {
  if (number === 0) return `${lines.join('\n')}\n`;
  const later = lines.map((line) =>
    line
      .replace(
        TIME,
        (_, head, seconds, fraction) => `${head}${Number(seconds) + number * span}.${fraction}: `,
      )
      .replace(/\b0xffff8880(?=[0-9a-f]{8}\b)/g, `0xffff${(0x8880 + number).toString(16)}`)
      .replace(/\b(n?ctx)=(\d+)/, (text, key, ctx) =>
        Number(ctx) < 2 ? text : `${key}=${Number(ctx) + number * CTX_SPAN}`,
      ),
  );
  return `${later.join('\n')}\n`;
}

const each = lines.filter((line) => line.includes(': flush_mm_range: ')).length;
const copies = Math.ceil(requests / each);
const folder = mkdtempSync(join(tmpdir(), 'shootdown-million-'));
const path = join(folder, 'joined.trace');
try {
  const out = openSync(path, 'w');
  for (let number = 0; number < copies; number++) writeSync(out, copy(number));
  closeSync(out);
  if (existsSync(metaPath(file))) copyFileSync(metaPath(file), metaPath(path));
  const command = info ? ['trace', 'info'] : ['trace', 'check'];
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const measured = spawnSync(
    '/usr/bin/env',
    ['time', '-f', '%U %S %M', process.execPath, '--import', 'tsx', main, ...command, path],
    {
      encoding: 'utf8',
    },
  );
  const times = /([\d.]+) ([\d.]+) (\d+)\n$/.exec(measured.stderr);
  if (times === null) throw new Error(`no measurement (GNU time is needed): ${measured.stderr}`);
  const processor = Number(times[1]) + Number(times[2]);
  const number = copies * lines.length;
  process.stdout.write(measured.stdout.split('\n').slice(0, 2).join('\n'));
  const what =
    `trace ${command[1]}: ${copies * each} requests in ${number} lines ` +
    `(${Math.round(statSync(path).size / 2 ** 20)} MiB)`;
  const result =
    `${Math.round(number / processor)} lines/s of processor time (${processor.toFixed(1)} s), ` +
    `at most ${Math.round(Number(times[3]) / 1024)} MiB`;
  console.log(`\n${what}: ${result}`);
  const line = `npx tsx bench/check/million.ts --requests ${requests}${info ? ' --info' : ''} RECORDING`;
  if (isRecorded) record({ what, result, command: line });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
