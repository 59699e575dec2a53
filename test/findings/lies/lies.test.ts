import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/cli/engine.js';
import { serializeFinding } from '../../../src/findings/serialize.js';
import { type CliRun, cli } from '../../cli/run-cli.js';
import { ModuleFolder } from '../../modules/write-module.js';
import { findWitness } from '../witness.js';
import { type Lie, lies } from './mutate.js';

/**
 * A finding cannot lie: any single place of it is changed, and its replay refuses the file, or names what
 * differs, or prints not one character else. The last only where a replay uses nothing of the place, which is
 * said here.
 */

/** Of the hunt, which a replay does not do again. */
const OF_THE_HUNT = /^(?:strategy|seed|execution)$/;
/**
 * Of a scenario that the file brings: it is what the replay starts from, and what changes nothing in this
 * execution is told nowhere. One of the catalogue is compared whole.
 */
const OF_AN_OWN_SCENARIO = /^scenario\./;
/** An answer to a choice that changed nothing: another schedule of the very same execution. */
const ANSWER = /^=\d+$/;

const folder = new ModuleFolder();
afterAll(() => folder.remove());

const replay = (file: string): Promise<CliRun> => cli(['replay', file], { engine: createEngine() });

/** What a lie led to: null where it was refused or named. */
function unnoticed(lie: Lie, run: CliRun, honest: CliRun, file: string): string | null {
  const [field] = lie.path.split(/[.[]/);
  const where = `${lie.path} ${lie.how}`;
  if (run.exitCode === 2) {
    const isOneLine = /^shootdown: [^\n]+\n$/.test(run.stderr);
    return isOneLine && !run.stdout.includes('reproduced:')
      ? null
      : `${where}: refused without a line: ${run.stderr}`;
  }
  if (run.exitCode !== 1) return `${where}: exit code ${run.exitCode}: ${run.stderr}`;
  if (run.stderr !== '')
    return run.stderr.includes(`${file}: ${field}`)
      ? null
      : `${where}: another place is named: ${run.stderr}`;
  if (run.stdout !== honest.stdout) return `${where}: is told as if it had been seen`;
  if (field === 'schedule' && ANSWER.test(entryAt(lie))) return null;
  return OF_THE_HUNT.test(lie.path) || OF_AN_OWN_SCENARIO.test(lie.path)
    ? null
    : `${where}: neither compared nor known to be of no use`;
}

function entryAt({ path, document }: Lie): string {
  const { schedule } = document as { readonly schedule: readonly string[] };
  return schedule[Number(/\d+/.exec(path)?.[0])] ?? '';
}

/** By the documents that were lied about before: each kind has its places changed in other ways. */
let turn = 0;

async function checkAll(text: string): Promise<number> {
  mkdirSync(folder.path, { recursive: true });
  const file = join(folder.path, 'finding.json');
  writeFileSync(file, text);
  const honest = await replay(file);
  expect(honest, honest.stderr).toMatchObject({ exitCode: 1, stderr: '' });
  const all = lies(JSON.parse(text), turn++);
  const found: string[] = [];
  for (const lie of all) {
    writeFileSync(file, JSON.stringify(lie.document));
    const reason = unnoticed(lie, await replay(file), honest, file);
    if (reason !== null) found.push(reason);
  }
  expect(found).toEqual([]);
  return all.length;
}

const known = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../data/witnesses/${name}.json`, import.meta.url)), 'utf8');

describe('no single place of a finding can lie', () => {
  it.each([
    ['a deadlock', known('native--v13')],
    ['a stale use on a hypercall', known('hypercall--v1')],
    ['a preempted vCPU', known('kvm--v3')],
    ['a slot claimed', known('native--v1')],
  ])('%s', { timeout: 600_000 }, async (_, text) => {
    expect(await checkAll(text)).toBeGreaterThan(60);
  });

  it('a witness in the catalogue, as this version tells it', { timeout: 600_000 }, async () => {
    expect(await checkAll(serializeFinding(findWitness('b4')))).toBeGreaterThan(60);
  });

  it('a witness in a scenario of its own', { timeout: 600_000 }, async () => {
    const finding = findWitness('b4');
    const scenario = {
      ...finding.scenario,
      name: 'mine',
      source: 'a recording',
      notes: ['two lines were left out'],
    };
    expect(await checkAll(serializeFinding({ ...finding, scenario }))).toBeGreaterThan(60);
  });
});

describe('no single place of a finding of a user can lie', () => {
  async function found(name: string, lines: readonly string[]): Promise<string> {
    const module = folder.write(`${name}.ts`, ...lines);
    const out = join(folder.path, `of-${name}`);
    const run = await cli([...commandOf(name, module), '--out', out, '--json'], { engine: createEngine() });
    expect(run, run.stderr).toMatchObject({ exitCode: 1 });
    const { verdicts } = JSON.parse(run.stdout) as { verdicts: readonly { readonly finding: string }[] };
    return readFileSync(verdicts[0].finding, 'utf8');
  }

  // A livelock's replay is minutes long: see test/replay/livelock.test.ts.
  it.each(Object.entries(MODULES))('%s', { timeout: 600_000 }, async (name, lines) => {
    expect(await checkAll(await found(name, lines))).toBeGreaterThan(30);
  });
});

/** The command that finds it. */
function commandOf(name: string, module: string): string[] {
  if (name.startsWith('verified')) return ['verify', module];
  const where = name === 'variant' ? ['--scenario', 'reclaim', '--allow-no-effect'] : [];
  return ['hunt', module, '--executions', '2000', '--jobs', '1', ...where];
}

const MODULES: Readonly<Record<string, readonly string[]>> = {
  assertion: [
    "import { plainProgram } from 'shootdown';",
    'const count = function* (cpu, at) { const seen = yield* cpu.readOnce(at.x); yield* ' +
      'cpu.writeOnce(at.x, seen + 1); };',
    "export const p = plainProgram({ name: 'assertion', words: { x: 0 }, cpus: [count, count], final: " +
      "(read, at) => read(at.x) === 2 || 'lost' });",
  ],
  invariant: [
    "import { plainProgram } from 'shootdown';",
    'const script = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); yield* cpu.writeOnce(at.y, 1); };',
    "export const p = plainProgram({ name: 'invariant', words: { x: 0, y: 0 }, cpus: [script, script], " +
      "always: (read, at) => read(at.x) === read(at.y) || 'apart', final: () => true });",
  ],
  deadlock: [
    "import { plainProgram } from 'shootdown';",
    'const wait = function* (cpu, at) { yield* cpu.condLoadAcquire(at.x, -1, 1); };',
    "export const p = plainProgram({ name: 'deadlock', words: { x: 0 }, cpus: [wait, wait], final: () " +
      '=> true });',
  ],
  'verified-assertion': [
    "import { plainProgram } from 'shootdown';",
    'const take = function* (cpu, at) { const seen = yield* cpu.readOnce(at.lock); if (seen === 0) yield* ' +
      'cpu.writeOnce(at.lock, 1); yield* cpu.assert(seen === 1, "two have it"); };',
    "export const p = plainProgram({ name: 'taken', words: { lock: 0 }, cpus: [take, take] });",
  ],
  variant: [
    "import { defineVariant } from 'shootdown';",
    "export const v = defineVariant({ name: 'mine', base: 'b4' });",
  ],
};
