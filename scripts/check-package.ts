/**
 * Proves that the package is what a user needs: builds and packs it, lints the tarball (publint,
 * are-the-types-wrong), installs it into an empty project and uses it there: a study, a stress run, a module
 * of one's own, a matcher in a test, a typed import.
 *
 *     node --import tsx scripts/check-package.ts [NODE...]
 *
 * NODE: paths of the Node binaries to use it with; default: the one that runs this. Ends with 1 at the first
 * thing that does not work.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const nodes = process.argv.length > 2 ? process.argv.slice(2) : [process.execPath];
const folder = mkdtempSync(join(tmpdir(), 'shootdown-package-'));

/** Runs a command; answers its output. `expected`: exit codes that are right. */
function run(
  what: string,
  cwd: string,
  command: string,
  args: readonly string[],
  expected: readonly number[] = [0],
  path = '',
): string {
  const env = { ...process.env, NO_COLOR: '1', PATH: `${path}${delimiter}${process.env.PATH}` };
  const began = performance.now();
  let output = '';
  let code = 0;
  try {
    output = execFileSync(command, args, {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const failed = error as { status: number | null; stdout: string; stderr: string };
    code = failed.status ?? -1;
    output = `${failed.stdout}${failed.stderr}`;
  }
  if (!expected.includes(code)) throw new Error(`${what}: exit code ${code}\n${output}`);
  console.log(`ok: ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return output;
}

function require(condition: boolean, what: string, output: string): void {
  if (!condition) throw new Error(`${what}\n${output}`);
}

const OWN_MODULE = `import { defineVariant, type KernelCpu, type Protocol } from 'shootdown';

function* shouldFlushTlb(cpu: KernelCpu, target: number): Protocol<boolean> {
  const loaded = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  return loaded === mm;
}

export const mine = defineVariant({ name: 'mine', replace: { shouldFlushTlb } });
`;

const TYPED = `import { type Finding, hunt, openPool, plainProgram, type Verdict } from 'shootdown';

const program = plainProgram({
  name: 'typed',
  words: { x: 0 },
  cpus: [function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); }],
});
const address: number = program.at.x;
// @ts-expect-error: there is no such word
program.at.y;
export async function first(): Promise<{ verdict: Verdict; finding: Finding | null }> {
  const pool = openPool(1);
  const plan = { scenarios: [], strategies: ['random'], seed: address, jobs: 1 };
  return hunt({ ...plan, variant: 'b1', memory: 'tso', pool });
}
`;

const PLAIN = `import assert from 'node:assert';
import { catalogue, hunt, openPool, replayFinding } from 'shootdown';
const pool = openPool(1);
const plan = { scenarios: catalogue, strategies: ['random'], seed: 1, memory: 'tso', jobs: 1 };
const { finding } = await hunt({ ...plan, variant: 'b3', pool });
await pool.close();
assert.equal(replayFinding(finding).reproduced, true);
`;

const TEST = `import 'shootdown/vitest';
import { plainProgram } from 'shootdown';
import { expect, it } from 'vitest';
const program = plainProgram({
  name: 'p',
  words: { x: 0 },
  cpus: [function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); }],
  final: (read, at) => read(at.x) === 1,
});
it('survives', async () => { await expect(program).toSurvive({ executions: 100 }); });
`;

/** A project that has the package and nothing else. */
function install(tarball: string, name: string, extra: readonly string[]): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', private: true, type: 'module' }),
  );
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=dev', tarball, ...extra];
  run(
    `install into an empty project${extra.length > 0 ? `, with ${extra.join(' and ')}` : ''}`,
    project,
    'npm',
    args,
  );
  return project;
}

function use(project: string, node: string): void {
  const path = dirname(node);
  const version = run('node --version', project, node, ['--version'], [0], path).trim();
  const cli = (what: string, args: string[], expected: number[]): string =>
    run(`Node ${version}: ${what}`, project, 'npx', ['shootdown', ...args], expected, path);
  const study = cli(
    'study remote-tlb-gen',
    ['study', 'remote-tlb-gen', '--variant', 'kvm/v5', '--executions', '400'],
    [0],
  );
  require(/v5 +stale-use/.test(study), 'the study did not find what is wrong with kvm/v5', study);
  require(/\[src\/[\w/-]+\.ts:\d+\]/.test(study), 'timelines do not name the lines of the sources', study);
  const stress = cli('stress', ['stress', '--variant', '6.18', '--cpus', '4', '--for', '1s', '--json'], [0]);
  require(JSON.parse(stress).progressed === 4, 'not every CPU made progress', stress);
  writeFileSync(join(project, 'mine.ts'), OWN_MODULE);
  const own = cli("a module of one's own", ['hunt', 'mine.ts', '--executions', '20000'], [1]);
  require(/\[mine\.ts:\d\]/.test(own), "the timeline does not name the module's line", own);
  const [file] = /findings\/mine--\S+\.json/.exec(own) ?? [''];
  require(cli('replay', ['replay', file], [1]).includes('reproduced'), 'the finding was not reproduced', own);
  cli('show', ['show', file], [0]);
  cli('stress with a module', ['stress', 'mine.ts', '--cpus', '2', '--for', '1s', '--no-witness'], [0, 1]);
  cli(
    'an example of the package',
    ['hunt', 'node_modules/shootdown/examples/ticket-lock.ts', '--executions', '2000'],
    [1],
  );
  writeFileSync(join(project, 'plain.js'), PLAIN);
  run(`Node ${version}: hunt and replay from JavaScript`, project, node, ['plain.js'], [0], path);
}

function checkTypes(project: string): void {
  writeFileSync(join(project, 'typed.ts'), TYPED);
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    'typed.ts',
  ];
  run('typed import', project, process.execPath, ['node_modules/typescript/bin/tsc', ...options]);
}

try {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  run('build and pack', root, 'npm', ['pack', '--pack-destination', folder]);
  const tarball = join(folder, `shootdown-${version}.tgz`);
  run('publint', root, 'npx', ['publint', tarball, '--strict']);
  run('are the types wrong', root, 'npx', ['attw', tarball, '--profile', 'esm-only']);
  const project = install(tarball, 'project', []);
  checkTypes(project);
  const manual = readFileSync(join(project, 'node_modules', 'shootdown', 'dist', 'shootdown.1'), 'utf8');
  require(manual.startsWith('.TH SHOOTDOWN 1 '), 'the package has no manual page', manual.slice(0, 200));
  for (const node of nodes) use(project, node);
  const tested = install(tarball, 'tested', ['vitest@^4']);
  writeFileSync(join(tested, 'survives.test.ts'), TEST);
  run('the matcher in a test', tested, 'npx', ['vitest', 'run']);
  console.log(
    `the package works with ${nodes.length === 1 ? 'this Node' : `${nodes.length} versions of Node`}`,
  );
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
