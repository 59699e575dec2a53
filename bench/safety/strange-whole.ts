import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { KernelFinding } from '../../src/vocabulary/finding.js';
import { blobsOf } from '../../test/cli/fuzz/sample-blobs.js';
import { COMMAND } from '../../test/cli/start.js';
import { findWitness } from '../../test/findings/witness.js';

/** Right files of every kind that commands read, and the commands by which they are made. */

const root = fileURLToPath(new URL('../../', import.meta.url));
export const inRoot = (name: string): string => join(root, name);

/** Right files, by what they are. */
export interface WholeFiles {
  readonly finding: Buffer;
  readonly baseline: Buffer;
  readonly recording: Buffer;
  readonly meta: Buffer;
  readonly log: Buffer;
  readonly litmus: Buffer;
  readonly collection: Buffer;
  readonly result: Buffer;
  readonly blob: Buffer;
  readonly stressBlob: Buffer;
  readonly studyBlob: Buffer;
  readonly verifyBlob: Buffer;
  /** A search that `verify` has kept. */
  readonly search: Buffer;
  readonly module: Buffer;
  readonly verdicts: Buffer;
  readonly page: Buffer;
  readonly c: Buffer;
  readonly shim: Buffer;
  readonly config: Buffer;
  /** What one of a corpus's batches did. */
  readonly batch: Buffer;
}

export const MODULE = `import { plainProgram } from 'shootdown';
const set = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); };
export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [set, set] });
`;
const FEW = ['--scenario', 'ping-pong-dontneed', '--executions', '20', '--jobs', '1', '--no-base'];
export const CLEAN = ['hunt', '--variant', '6.18', ...FEW];
export const FOUND = [
  'hunt',
  '--variant',
  '6.18~filterSwitching',
  ...FEW.map((one) => (one === '20' ? '400' : one)),
];

export const CONFIG = `import { defineConfig } from 'shootdown';
export default defineConfig({ projects: [{ name: 'p', variant: '6.18', scenario: 'ping-pong-dontneed' }] });
`;
/** Of a configuration at `c.ts`. */
export const batches = (at: (name: string) => string): readonly string[] => [
  ...['run', '--config', at('c.ts'), '--no-type-check', '--mode', 'batch', '--corpus', at('corpus')],
  ...['--executions', '32', '--jobs', '1', '--out', at('out')],
];

/** A verification that keeps its search. */
export const searched = (at: (name: string) => string): readonly string[] => [
  ...['verify', '--variant', 'kvm/v5', '--scenario', 'preempted-whole', '--state', at('state')],
  ...['--state-every', '1ms', '--out', at('out')],
];

export interface Whole {
  readonly files: WholeFiles;
  /** Where the batch belongs, in the room of a run. */
  readonly batchFile: string;
  /** The same of a search. */
  readonly searchFile: string;
}

/** Made by the commands themselves, in `directory`. */
export function wholeFiles(directory: string): Whole {
  const at = (name: string): string => join(directory, name);
  const shootdown = (...argv: string[]): string =>
    execFileSync(process.execPath, [COMMAND, ...argv], { cwd: directory, encoding: 'utf8' });
  writeFileSync(at('m.ts'), MODULE);
  const blob = ['--reporter', 'blob', '--reporter-file', at('blob.json')];
  shootdown(...CLEAN, '--out', at('out'), ...blob);
  const result = shootdown(...CLEAN, '--out', at('out'), '--json');
  const small = ['--variant', 'kvm/v5', '--scenario', 'preempted-whole', '--jobs', '1'];
  shootdown('study', 'remote-tlb-gen', '--exhaustive', ...small, '--state', at('kept.jsonl'));
  writeFileSync(at('c.ts'), CONFIG);
  shootdown(...batches(at));
  const searches = join('corpus', 'batches');
  const batchFile = join(searches, readdirSync(at(searches))[0], '000000.json');
  // It ends before it has an answer, so that there is something to go on with.
  shootdown(...searched(at), '--budget', '1ms');
  const [searchName] = readdirSync(at('state'));
  const searchFile = join(at('state'), searchName);
  const [, stressBlob, studyBlob, verifyBlob] = blobsOf(findWitness('b3') as KernelFinding);
  const recording = gunzipSync(readFileSync(inRoot('data/server-6.12.trace.gz'))).toString('utf8');
  const lines = recording.split('\n').filter((line) => !line.startsWith('#'));
  const entry = { variant: 'b3', memory: 'tso', scenario: 'x', class: 'stale-use', cause: 'c' };
  const litmus = readFileSync(inRoot('examples/SB.litmus'));
  const files = {
    finding: readFileSync(inRoot('data/witnesses/hypercall--v1.json')),
    baseline: Buffer.from(
      `${JSON.stringify({ format: 'shootdown-baseline', version: 1, violations: [entry] }, null, 2)}\n`,
    ),
    recording: Buffer.from(`${lines.slice(0, 3_000).join('\n')}\n`),
    meta: readFileSync(inRoot('data/server-6.12.meta.json')),
    log: Buffer.from('1.000001 1 0 put halt\n1.000002 2 0 load preempted=0 wait_ns=12\n'),
    litmus,
    collection: Buffer.from(JSON.stringify({ tests: [{ name: 'SB', litmus: litmus.toString('utf8') }] })),
    result: Buffer.from(result),
    blob: readFileSync(at('blob.json')),
    stressBlob: Buffer.from(stressBlob),
    studyBlob: Buffer.from(studyBlob),
    verifyBlob: Buffer.from(verifyBlob),
    search: readFileSync(searchFile),
    module: Buffer.from(MODULE),
    verdicts: readFileSync(at('kept.jsonl')),
    page: Buffer.from('<!doctype html><p>old</p>\n'),
    c: readFileSync(inRoot('test/csource/fixtures/tree/arch/x86/mm/tlb.c')),
    shim: Buffer.from('#define LAB_STRANGE 1\nstruct strange { int field; };\n'),
    batch: readFileSync(at(batchFile)),
    config: Buffer.from('{ "compilerOptions": { "strict": true } }\n'),
  };
  return { files, batchFile, searchFile: join('state', searchName) };
}
