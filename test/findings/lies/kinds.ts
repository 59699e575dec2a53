import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../../src/cli/engine.js';
import { serializeFinding } from '../../../src/findings/serialize.js';
import { cli } from '../../cli/run-cli.js';
import { HAS_CLANG } from '../../csource/with-clang.js';
import type { ModuleFolder } from '../../modules/write-module.js';
import { findWitness } from '../witness.js';

/** Findings of every kind, made by what makes them. */

export interface Kind {
  readonly name: string;
  /** What makes it a kind of its own is what was executed: all else is as in another kind. */
  readonly byExecution?: true;
  /** A replay takes a second: only where there is time. */
  readonly isSlow?: true;
  /** Flags of its replay. */
  readonly flags?: readonly string[];
  /** The finding's text. */
  make(folder: ModuleFolder): string | Promise<string>;
}

const known = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../data/witnesses/${name}.json`, import.meta.url)), 'utf8');

/** Runs a command; answers the finding that its JSON document names under `path`. */
async function foundBy(argv: readonly string[], out: string): Promise<string> {
  const run = await cli([...argv, '--out', out, '--json'], { engine: createEngine() });
  const [, file] = /"finding": ?"([^"]+\.json)"/.exec(run.stdout) ?? [];
  if (file === undefined) throw new Error(`${argv.join(' ')}: exit ${run.exitCode}: ${run.stderr}`);
  return readFileSync(file, 'utf8');
}

const PLAIN = "import { plainProgram } from 'shootdown';";
const LOST_UPDATE = [
  PLAIN,
  'const count = function* (cpu, at) { const seen = yield* cpu.readOnce(at.x); yield* ' +
    'cpu.writeOnce(at.x, seen + 1); };',
  "export const p = plainProgram({ name: 'assertion', words: { x: 0 }, cpus: [count, count], final: " +
    "(read, at) => read(at.x) === 2 || 'lost' });",
];
const SPINNING = [
  PLAIN,
  'const spin = function* (cpu, at) { for (let seen = 0; seen === 0; ) seen = yield* cpu.readOnce(at.x); };',
  "export const p = plainProgram({ name: 'spinning', words: { x: 0 }, cpus: [spin, spin] });",
];
const HUNT = ['hunt', '--executions', '2000', '--jobs', '1'];

/** A variant of 6.18 with things of its own. */
const ofVariant = (own: string): readonly string[] => [
  "import { defineVariant, LOADED_MM_SWITCHING, shouldFlushTlb } from 'shootdown';",
  `export const v = defineVariant({ name: 'mine', base: '6.18', ${own} });`,
];

/** Of a module of the user's: the command that finds it, and its text. */
const OF_USERS: Readonly<Record<string, readonly [command: readonly string[], text: readonly string[]]>> = {
  assertion: [HUNT, LOST_UPDATE],
  invariant: [
    HUNT,
    [
      PLAIN,
      'const script = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); yield* cpu.writeOnce(at.y, 1); };',
      "export const p = plainProgram({ name: 'invariant', words: { x: 0, y: 0 }, cpus: [script, script], " +
        "always: (read, at) => read(at.x) === read(at.y) || 'apart', final: () => true });",
    ],
  ],
  'program-deadlock': [
    HUNT,
    [
      PLAIN,
      'const wait = function* (cpu, at) { yield* cpu.condLoadAcquire(at.x, -1, 1); };',
      "export const p = plainProgram({ name: 'deadlock', words: { x: 0 }, cpus: [wait, wait], final: () " +
        '=> true });',
    ],
  ],
  livelock: [HUNT, SPINNING],
  'verified-livelock': [['verify'], SPINNING],
  'verified-assertion': [
    ['verify'],
    [
      PLAIN,
      'const take = function* (cpu, at) { const seen = yield* cpu.readOnce(at.lock); if (seen === 0) ' +
        'yield* cpu.writeOnce(at.lock, 1); yield* cpu.assert(seen === 1, "two have it"); };',
      "export const p = plainProgram({ name: 'taken', words: { lock: 0 }, cpus: [take, take] });",
    ],
  ],
  variant: [
    [...HUNT, '--scenario', 'reclaim', '--allow-no-effect'],
    [
      "import { defineVariant } from 'shootdown';",
      "export const v = defineVariant({ name: 'mine', base: 'b4' });",
    ],
  ],
  'own-assertion': [
    [...HUNT, '--scenario', 'ping-pong-dontneed', '--no-base'],
    ofVariant(
      'replace: {}, always: (read, { cpus }) => cpus.every(({ tlbstate }) => read(tlbstate.loadedMm) !== ' +
        "LOADED_MM_SWITCHING) || 'in the middle of a switch'",
    ),
  ],
  'own-final-assertion': [
    [...HUNT, '--scenario', 'ping-pong-dontneed', '--no-base'],
    ofVariant(
      "replace: {}, final: (read, { mms }) => mms.every(({ tlbGen }) => read(tlbGen) < 2) || 'flushed'",
    ),
  ],
  'own-feature': [
    [...HUNT, '--scenario', 'ping-pong-dontneed', '--no-base'],
    ofVariant(
      'ownFeatures: { sendsNone: true }, replace: { shouldFlushTlb: function* (cpu, target) { return ' +
        "cpu.hasFeature('sendsNone') ? false : yield* shouldFlushTlb(cpu, target); } }",
    ),
  ],
  // It ends with the first violation; a busy machine lets two CPUs meet later.
  'stress-witness': [['stress', '--for', '10s'], LOST_UPDATE],
};

/** Files as those of `assertion` are. */
const AS_ANOTHER = [
  ...[
    'own-final-assertion',
    'invariant',
    'program-deadlock',
    'livelock',
    'verified-livelock',
    'verified-assertion',
  ],
  'stress-witness',
];

/** The lab's own small kernel with a mistake in it, in a directory of its own. */
function brokenTree(folder: ModuleFolder): string {
  const root = join(folder.path, 'tree');
  cpSync(fileURLToPath(new URL('../../csource/fixtures/tree', import.meta.url)), root, { recursive: true });
  const file = join(root, 'arch/x86/mm/tlb.c');
  writeFileSync(file, readFileSync(file, 'utf8').replace('return true;', 'return false;'));
  return root;
}

const STUDY = ['study', 'remote-tlb-gen', '--variant', 'kvm/v1', '--executions', '3000', '--count', '1'];

const VERIFY = ['verify', '--variant', 'hypercall/v1', '--scenario', 'slot-to-another'];
const COMPARE = ['compare', 'kvm/v0', 'kvm/v5', '--scenario', 'two-flushers', '--executions', '2000'];

export const KINDS: readonly Kind[] = [
  ...Object.entries({
    deadlock: 'native--v13',
    'stale-use-on-a-hypercall': 'hypercall--v1',
    'preempted-vcpu': 'kvm--v3',
    'slot-claimed': 'native--v1',
  }).map(([name, file]) => ({ name, byExecution: true as const, make: () => known(file) })),
  {
    name: 'in-the-catalogue',
    make: () => serializeFinding(findWitness('b4')),
  },
  {
    name: 'in-a-scenario-of-its-own',
    make() {
      const finding = findWitness('b4');
      const scenario = {
        ...finding.scenario,
        name: 'mine',
        source: 'a recording',
        notes: ['a line is gone'],
      };
      return serializeFinding({ ...finding, scenario });
    },
  },
  {
    name: 'in-lockstep',
    flags: ['--on-threads'],
    byExecution: true,
    make: () => serializeFinding(findWitness('b4')),
  },
  {
    name: 'of-a-study',
    byExecution: true,
    make: (folder) => foundBy([...STUDY, '--jobs', '1'], join(folder.path, 'of-a-study')),
  },
  {
    name: 'of-all-executions',
    byExecution: true,
    make: (folder) => foundBy(VERIFY, join(folder.path, 'of-all-executions')),
  },
  {
    name: 'of-a-comparison',
    byExecution: true,
    make: (folder) => foundBy([...COMPARE, '--jobs', '1'], join(folder.path, 'of-a-comparison')),
  },
  ...(HAS_CLANG
    ? [
        {
          name: 'of-c-text',
          make: (folder: ModuleFolder) =>
            foundBy(
              [...HUNT, '--kernel-source', brokenTree(folder), '--scenario', 'ping-pong-munmap', '--no-base'],
              join(folder.path, 'of-c-text'),
            ),
        },
      ]
    : []),
  ...Object.entries(OF_USERS).map(([name, [command, text]]) => ({
    name,
    ...(name === 'livelock' ? { isSlow: true as const } : {}),
    ...(AS_ANOTHER.includes(name) ? { byExecution: true as const } : {}),
    make(folder: ModuleFolder) {
      const [verb, ...flags] = command;
      const argv = [verb, folder.write(`${name}.ts`, ...text), '--no-type-check', ...flags];
      return foundBy(argv, join(folder.path, `of-${name}`));
    },
  })),
];
