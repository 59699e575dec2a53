import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeBlob } from '../../src/findings/blob.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { findingName } from '../../src/findings/store.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { isWhole, oldReport } from './command.js';
import { type FileCall, type Hand, systemError, withHand } from './faulty-fs.js';
import { makeRoot } from './in-memory.js';

/** The n-th file operation of a merge fails, for every n: two bugs from two shards, and a report. */

const parts = [
  withWitness(samplePart(1), { variant: 'b1' }),
  withWitness(samplePart(2), { variant: 'b1', execution: 9, traceHash: '5e6f7a8b' }, 'another cause'),
];
const found = parts.flatMap(({ witness }) => (witness === null ? [] : serializeFinding(witness.finding)));
/** Of the first one's name. */
const namesake = sampleFinding({ variant: 'b1', execution: 7 });

interface Merged {
  readonly run: CliRun;
  readonly calls: readonly FileCall[];
  readonly wrongs: readonly string[];
}

async function merged(hand: Hand): Promise<Merged> {
  const root = makeRoot();
  const at = (name: string): string => join(root, name);
  const before = process.env.TMPDIR;
  const calls: FileCall[] = [];
  try {
    for (const name of ['tmp', 'out', 'blobs']) mkdirSync(at(name));
    process.env.TMPDIR = at('tmp');
    writeFileSync(at('report.xml'), oldReport);
    writeFileSync(at(`out/${findingName(namesake)}.json`), serializeFinding(namesake));
    for (const [index, part] of parts.entries())
      writeFileSync(
        at(`blobs/${index}.json`),
        serializeBlob(sampleBlob([part], { subjects: ['b1'], shards: 2 })),
      );
    const report = ['--reporter', 'junit', '--reporter-file', at('report.xml')];
    const counting: Hand = {
      before: (call) => {
        calls.push(call);
        return hand.before(call);
      },
    };
    const argv = ['merge', at('blobs'), '--out', at('out'), ...report];
    const run = await withHand([root], counting, () => cli(argv, { engine: fakeEngine({}) }));
    return { run, calls, wrongs: wrongsOf(root, run) };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(root, { recursive: true, force: true });
  }
}

/** What a run has done wrong, whatever failed in it. */
function wrongsOf(root: string, { exitCode, stdout, stderr }: CliRun): string[] {
  const wrong: string[] = [];
  const printed = stdout + stderr;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith('blobs'))
    .map((name) => join(root, name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  for (const [index, text] of texts.entries())
    if (text !== serializeFinding(namesake) && !found.includes(text))
      wrong.push(`${files[index]} is not whole`);
  if (!texts.includes(serializeFinding(namesake))) wrong.push('a finding that was there is gone');
  const report = existsSync(join(root, 'report.xml')) ? readFileSync(join(root, 'report.xml'), 'utf8') : '';
  if (report !== oldReport && !isWhole(report)) wrong.push('the report is neither old nor new');
  // What was refused before anything was said is in the blobs as before.
  if (exitCode !== 2 && stdout !== '')
    for (const text of found) {
      const kept = files.filter((_, index) => texts[index] === text);
      if (!kept.some((file) => printed.includes(file)) && !printed.includes(text.trimEnd()))
        wrong.push('a finding is lost');
    }
  if (![1, 2, 3].includes(exitCode)) wrong.push(`exit code ${exitCode}`);
  if (exitCode !== 1 && !/^shootdown: /m.test(stderr)) wrong.push(`exit code ${exitCode} and no word why`);
  if (exitCode === 1 && !isWhole(report)) wrong.push('all well, and no report');
  if (/internal error|\n {4}at /.test(stderr)) wrong.push(`an internal error: ${stderr.slice(0, 300)}`);
  return wrong;
}

const CODES = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'EPERM', 'EDQUOT'];
const shown = ({ op, path }: FileCall): string => `${op} ${path.replace(/.*shootdown-faults-\w+/, '')}`;

describe('a merge', () => {
  it('does it all where nothing fails', async () => {
    const { run, calls, wrongs } = await merged({ before: () => null });
    expect([run.exitCode, wrongs]).toEqual([1, []]);
    const ops = calls.map(({ op }) => op);
    for (const op of ['open', 'read', 'write', 'fsync', 'close', 'link', 'rename']) expect(ops).toContain(op);
  });

  it('loses nothing when any one call fails, and says so', async () => {
    const seen: string[] = [];
    for (let n = 1; ; n++) {
      const failure = CODES[n % CODES.length];
      const { calls, wrongs } = await merged({
        before: (call) => (call.n === n ? systemError(failure, call) : null),
      });
      // The run passed: there is no n-th call.
      if (calls.length < n) break;
      seen.push(...wrongs.map((wrong) => `${n} ${failure} ${shown(calls[n - 1])}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('loses nothing when every call from one on fails', async () => {
    const seen: string[] = [];
    const { calls } = await merged({ before: () => null });
    for (let n = 1; n <= calls.length; n++) {
      const { wrongs } = await merged({
        before: (call) => (call.n >= n ? systemError('ENOSPC', call) : null),
      });
      seen.push(...wrongs.map((wrong) => `from ${n} ${shown(calls[n - 1])}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('writes on after a write that took less than it was given', async () => {
    const { run, wrongs } = await merged({ before: ({ op }) => (op === 'write' ? 100 : null) });
    expect([run.exitCode, wrongs]).toEqual([1, []]);
  });
});
