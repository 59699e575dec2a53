import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { COMMAND } from '../../test/cli/start.js';
import type { StrangeFile } from './strange-files.js';

/** The places where commands read and write files. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const inRoot = (name: string): string => join(root, name);

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
  readonly module: Buffer;
  readonly verdicts: Buffer;
  readonly page: Buffer;
  readonly c: Buffer;
  readonly config: Buffer;
}

export interface Place {
  readonly name: string;
  /** Where the strange file comes, in the room of the run. */
  readonly file: string;
  /** What a right file there is; null where contents do not matter. */
  readonly whole: keyof WholeFiles | null;
  /** Something is written there. */
  readonly isOutput?: boolean;
  /** Makes what else is needed. */
  prepare?(at: (name: string) => string, whole: WholeFiles): void;
  argv(at: (name: string) => string): readonly string[];
  env?(at: (name: string) => string): NodeJS.ProcessEnv;
  /** What else is wrong with how a run ended. */
  wrong?(at: (name: string) => string, file: StrangeFile): string | null;
}

const MODULE = `import { plainProgram } from 'shootdown';
const set = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); };
export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [set, set] });
`;
const FEW = ['--scenario', 'ping-pong-dontneed', '--executions', '20', '--jobs', '1', '--no-base'];
const CLEAN = ['hunt', '--variant', '6.18', ...FEW];
const FOUND = [
  'hunt',
  '--variant',
  '6.18~filterSwitching',
  ...FEW.map((one) => (one === '20' ? '400' : one)),
];

/** Made by the commands themselves, in `directory`. */
export function wholeFiles(directory: string): WholeFiles {
  const at = (name: string): string => join(directory, name);
  const shootdown = (...argv: string[]): string =>
    execFileSync(process.execPath, [COMMAND, ...argv], { cwd: directory, encoding: 'utf8' });
  writeFileSync(at('m.ts'), MODULE);
  const blob = ['--reporter', 'blob', '--reporter-file', at('blob.json')];
  shootdown(...CLEAN, '--out', at('out'), ...blob);
  const result = shootdown(...CLEAN, '--out', at('out'), '--json');
  const small = ['--variant', 'kvm/v5', '--scenario', 'preempted-whole', '--jobs', '1'];
  shootdown('study', 'remote-tlb-gen', '--exhaustive', ...small, '--state', at('kept.jsonl'));
  const recording = gunzipSync(readFileSync(inRoot('data/server-6.12.trace.gz'))).toString('utf8');
  const lines = recording.split('\n').filter((line) => !line.startsWith('#'));
  const entry = { variant: 'b3', memory: 'tso', scenario: 'x', class: 'stale-use', cause: 'c' };
  const litmus = readFileSync(inRoot('examples/SB.litmus'));
  return {
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
    module: Buffer.from(MODULE),
    verdicts: readFileSync(at('kept.jsonl')),
    page: Buffer.from('<!doctype html><p>old</p>\n'),
    c: readFileSync(inRoot('test/csource/fixtures/tree/arch/x86/mm/tlb.c')),
    config: Buffer.from('{ "compilerOptions": { "strict": true } }\n'),
  };
}

const withRecording: Place['prepare'] = (at, { recording }) => writeFileSync(at('r.trace'), recording);
const withModule: Place['prepare'] = (at, { module }) => writeFileSync(at('m.ts'), module);
const withTree: Place['prepare'] = (at) =>
  cpSync(inRoot('test/csource/fixtures/tree'), at('tree'), { recursive: true });
const OF_MODULE = (at: (name: string) => string): string[] => [
  ...['hunt', at('m.ts'), '--executions', '20', '--jobs', '1', '--out', at('out')],
];

const READ: readonly Place[] = [
  { name: 'replay', file: 'f.json', whole: 'finding', argv: (at) => ['replay', at('f.json')] },
  {
    name: 'replay --json',
    file: 'f.json',
    whole: 'finding',
    argv: (at) => ['replay', at('f.json'), '--json'],
  },
  { name: 'show', file: 'f.json', whole: 'finding', argv: (at) => ['show', at('f.json'), '--plain'] },
  {
    name: 'show --format',
    file: 'f.json',
    whole: 'finding',
    argv: (at) => ['show', at('f.json'), '--format', 'perfetto'],
  },
  {
    name: 'baseline',
    file: 'known.json',
    whole: 'baseline',
    argv: (at) => [...CLEAN, '--baseline', at('known.json'), '--out', at('out')],
  },
  { name: 'recording, check', file: 'r.trace', whole: 'recording', argv: (at) => check(at) },
  {
    name: 'recording, info',
    file: 'r.trace',
    whole: 'recording',
    argv: (at) => ['trace', 'info', at('r.trace')],
  },
  {
    name: 'recording, hunt',
    file: 'r.trace',
    whole: 'recording',
    argv: (at) => [
      ...['hunt', '--variant', '6.18', '--scenario', `trace:${at('r.trace')}`, '--executions', '20'],
      ...['--jobs', '1', '--no-base', '--out', at('out')],
    ],
  },
  {
    name: 'description',
    file: 'r.meta.json',
    whole: 'meta',
    prepare: withRecording,
    argv: (at) => check(at),
  },
  { name: 'hypervisor log', file: 'r.hv', whole: 'log', prepare: withRecording, argv: (at) => check(at) },
  {
    name: 'hypervisor log, packed',
    file: 'r.hv.gz',
    whole: 'log',
    prepare: withRecording,
    argv: (at) => check(at),
  },
  { name: 'litmus test', file: 't.litmus', whole: 'litmus', argv: (at) => ['litmus', at('t.litmus')] },
  { name: 'litmus tests', file: 't.json', whole: 'collection', argv: (at) => ['litmus', at('t.json')] },
  {
    name: 'result',
    file: 'a.json',
    whole: 'result',
    prepare: (at, { result }) => writeFileSync(at('b.json'), result),
    argv: (at) => ['compare', at('a.json'), at('b.json')],
  },
  { name: 'blob', file: 'b.json', whole: 'blob', argv: (at) => ['merge', at('b.json'), '--out', at('out')] },
  {
    name: 'blob in a directory',
    file: 'd/b.json',
    whole: 'blob',
    argv: (at) => ['merge', at('d'), '--out', at('out')],
  },
  { name: 'module', file: 'm.ts', whole: 'module', argv: OF_MODULE },
  {
    name: 'imported module',
    file: 'part.ts',
    whole: 'module',
    prepare: (at) => writeFileSync(at('m.ts'), `import './part.js';\n${MODULE}`),
    argv: OF_MODULE,
  },
  {
    name: 'imported data',
    file: 'part.json',
    whole: 'meta',
    prepare: (at) => writeFileSync(at('m.ts'), `import part from './part.json';\nvoid part;\n${MODULE}`),
    argv: OF_MODULE,
  },
  { name: 'tsconfig.json', file: 'tsconfig.json', whole: 'config', prepare: withModule, argv: OF_MODULE },
  { name: 'package.json', file: 'package.json', whole: 'config', prepare: withModule, argv: OF_MODULE },
  {
    name: 'module of a replay',
    file: 'm.ts',
    whole: 'module',
    prepare: (at, { finding }) => writeFileSync(at('f.json'), finding),
    argv: (at) => ['replay', at('f.json'), '--module', at('m.ts')],
  },
  {
    name: 'C text',
    file: 'tree/arch/x86/mm/tlb.c',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'a header of C text',
    file: 'tree/arch/x86/include/asm/mmu.h',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'the Makefile of C text',
    file: 'tree/Makefile',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'shim',
    file: 's.h',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree'), '--shim', at('s.h')],
  },
];

function check(at: (name: string) => string): string[] {
  return ['trace', 'check', '--profile', '6.12.117', at('r.trace')];
}

const study = (at: (name: string) => string): string[] => [
  ...['study', 'remote-tlb-gen', '--exhaustive', '--variant', 'kvm/v5', '--scenario', 'preempted-whole'],
  ...['--jobs', '1', '--state', at('kept.jsonl'), '--out', at('out')],
];

const WRITTEN: readonly Place[] = [
  {
    name: 'baseline, updated',
    file: 'known.json',
    whole: 'baseline',
    argv: (at) => [...FOUND, '--baseline', at('known.json'), '--update-baseline', '--out', at('out')],
  },
  { name: 'kept verdicts', file: 'kept.jsonl', whole: 'verdicts', argv: study },
  { name: '--out', file: 'out', whole: 'page', argv: (at) => [...FOUND, '--out', at('out')] },
  {
    name: 'the directory of --out',
    file: 'dir',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('dir/out')],
  },
  ...['junit', 'sarif', 'json', 'blob', 'markdown'].map(
    (reporter): Place => ({
      name: `report, ${reporter}`,
      file: 'report',
      whole: 'page',
      argv: (at) => [...FOUND, '--out', at('out'), '--reporter', reporter, '--reporter-file', at('report')],
    }),
  ),
  {
    name: '--report-dir',
    file: 'pages',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'html', '--report-dir', at('pages')],
  },
  {
    name: 'page',
    file: 'pages/index.html',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'html', '--report-dir', at('pages')],
  },
  {
    name: 'page of a finding',
    file: 'pages/index.html',
    whole: 'page',
    prepare: (at, { finding }) => writeFileSync(at('f.json'), finding),
    argv: (at) => ['show', at('f.json'), '--open', '--report-dir', at('pages')],
    env: () => ({ BROWSER: '/bin/true' }),
  },
  {
    name: 'job summary',
    file: 'summary.md',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'github-actions'],
    env: (at) => ({ GITHUB_STEP_SUMMARY: at('summary.md') }),
  },
  {
    name: 'TMPDIR',
    file: 'tmp',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out')],
    env: (at) => ({ TMPDIR: at('tmp') }),
  },
  {
    name: 'XDG_CACHE_HOME',
    file: 'cache',
    whole: 'page',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
    env: (at) => ({ XDG_CACHE_HOME: at('cache') }),
  },
  {
    name: 'HOME',
    file: 'home',
    whole: 'page',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
    env: (at) => ({ HOME: at('home'), XDG_CACHE_HOME: '' }),
  },
];

export const PLACES: readonly Place[] = [...READ, ...WRITTEN.map((place) => ({ ...place, isOutput: true }))];
