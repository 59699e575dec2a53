import { cpSync, writeFileSync } from 'node:fs';
import type { StrangeFile } from './strange-files.js';
import { CLEAN, inRoot, MODULE, type Whole, type WholeFiles } from './strange-whole.js';

/** The places where commands read files. */

export interface Place {
  readonly name: string;
  /** Where the strange file comes, in the room of the run. */
  readonly file: string | ((whole: Whole) => string);
  /** What a right file there is; null where contents do not matter. */
  readonly whole: keyof WholeFiles | null;
  /** Something is written there. */
  readonly isOutput?: boolean;
  /** What is wrong is told in the compiler's own words, line by line. */
  readonly isCompiled?: boolean;
  /** It is for CI, which is told by commands of our own. */
  readonly isForCi?: boolean;
  /** Makes what else is needed. */
  prepare?(at: (name: string) => string, whole: WholeFiles): void;
  argv(at: (name: string) => string): readonly string[];
  env?(at: (name: string) => string): NodeJS.ProcessEnv;
  /** What else is wrong with how a run ended. */
  wrong?(at: (name: string) => string, file: StrangeFile): string | null;
}

const withRecording: Place['prepare'] = (at, { recording }) => writeFileSync(at('r.trace'), recording);
const withModule: Place['prepare'] = (at, { module }) => writeFileSync(at('m.ts'), module);
export const withTree: Place['prepare'] = (at) =>
  cpSync(inRoot('test/csource/fixtures/tree'), at('tree'), { recursive: true });
const OF_MODULE = (at: (name: string) => string): string[] => [
  ...['hunt', at('m.ts'), '--executions', '20', '--jobs', '1', '--out', at('out')],
];

export const READ: readonly Place[] = [
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
    argv: (at) => ['show', at('f.json'), '--format', 'perfetto', '--output', at('f.pftrace')],
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
    isCompiled: true,
    file: 'tree/arch/x86/mm/tlb.c',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'a header of C text',
    isCompiled: true,
    file: 'tree/arch/x86/include/asm/mmu.h',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'the Makefile of C text',
    isCompiled: true,
    file: 'tree/Makefile',
    whole: 'c',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
  },
  {
    name: 'shim',
    isCompiled: true,
    file: 's.h',
    whole: 'shim',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree'), '--shim', at('s.h')],
  },
];

function check(at: (name: string) => string): string[] {
  return ['trace', 'check', '--profile', '6.12.117', at('r.trace')];
}
