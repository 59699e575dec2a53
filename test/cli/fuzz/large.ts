import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASELINE_FORMAT, BASELINE_VERSION } from '../../../src/findings/baseline.js';
import { serializeFinding } from '../../../src/findings/serialize.js';
import { findWitness } from '../../findings/witness.js';
import { sampleVerdict } from '../../report/verdicts.js';
import { largeBlobs } from './large-blobs.js';
import { largeVerdicts } from './large-kept.js';
import { largeRecordings } from './large-recordings.js';
import { largeSources } from './large-sources.js';

/** Files of 5 to 63 MB, each large in a way of its own, and the command line that reads it. */

export interface LargeFile {
  readonly name: string;
  readonly argv: readonly string[];
}

const MIB = 1024 * 1024;

/** Writes them into a directory. */
export function largeFiles(directory: string): LargeFile[] {
  const finding = JSON.parse(serializeFinding(findWitness('b3')));
  const { scenario } = finding;
  const json = (change: object): string => JSON.stringify({ ...finding, ...change });
  const inScenario = (change: object): string => json({ scenario: { ...scenario, ...change } });
  const repeat = (value: unknown, count: number): unknown[] => Array(count).fill(value);
  const object = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, i]));
  const head = json({}).replace(/}$/, '');
  const access = { op: 'access', page: 0, write: true };
  const texts: Readonly<Record<string, string>> = {
    'a number as 63 MB': `${'1'.repeat(63 * MIB)}`,
    brackets: '['.repeat(15 * MIB),
    'empty lists': `${head},"x":[${'[],'.repeat(5 * MIB)}[]]}`,
    numbers: `${head},"x":[${'1,'.repeat(7 * MIB)}1]}`,
    'one text': `${head},"x":"${'x'.repeat(15 * MIB)}"}`,
    texts: json({ schedule: repeat('x'.repeat(900_000), 17) }),
    escapes: `${head},"x":["${'\\u001b'.repeat(150_000)}"${`,"${'\\u001b'.repeat(150_000)}"`.repeat(16)}]}`,
    'a text that does not end': `${head},"x":"${'\\"'.repeat(7 * MIB)}`,
    blanks: ' '.repeat(15 * MIB) + head,
    'blanks, as many as may be': `${' '.repeat(3_900_000)}x`,
    lines: `${head}${'\n'.repeat(3_900_000)},`,
    fields: JSON.stringify(object(900_000)),
    'fields beside the right ones': json(object(700_000)),
    'fields of many objects': json({ latent: repeat(object(900), 700) }),
    'a schedule of what is none': json({ schedule: repeat('none', 990_000) }),
    'a schedule of numbers': json({ schedule: repeat(1, 1_400_000) }),
    'a schedule of CPUs that are not there': json({ schedule: repeat('200', 990_000) }),
    'a schedule as long as may be': json({ schedule: repeat('0*5', 990_000) }),
    'a schedule of choices': json({ schedule: repeat('=1', 990_000) }),
    'a schedule that is cut': json({ schedule: repeat('0*5', 990_000) }).slice(0, -300),
    latent: json({ latent: repeat(finding.violation, 100_000) }),
    'steps that are none': inScenario({ scripts: [repeat({}, 300_000), repeat({ op: 'no' }, 300_000)] }),
    'steps in lists': inScenario({ scripts: repeat(repeat({ op: 'no' }, 9_000), 40) }),
    'steps, more than may be': inScenario({ cpus: 40, scripts: repeat(repeat(access, 9_000), 40) }),
    'steps, as many as may be': inScenario({ cpus: 5, scripts: repeat(repeat(access, 10_000), 5) }),
    'CPUs and mms, as many as may be': inScenario({
      ...{ cpus: 256, pages: 64, slots: 6, mms: repeat({ tlbGen: 2 ** 30 }, 256), start: undefined },
      scripts: repeat(repeat({ op: 'munmap', start: 0, end: 64 }, 190), 256),
    }),
    'pages that are not there': inScenario({
      scripts: repeat(repeat({ ...access, page: 63 }, 9_000), scenario.cpus),
    }),
    mms: inScenario({ mms: repeat({}, 400_000) }),
    notes: inScenario({ notes: repeat('n'.repeat(1_000), 15_000) }),
    'a message': json({ violation: { ...finding.violation, message: 'm'.repeat(900_000) } }),
    modules: json({ modules: repeat({ file: 'x.ts', sha256: '0'.repeat(64) }, 100_000) }),
  };
  const known = { variant: 'b3', memory: 'tso', scenario: 'x', class: 'stale-use', cause: 'c' };
  const baseline = (violations: unknown): string =>
    JSON.stringify({ format: BASELINE_FORMAT, version: BASELINE_VERSION, violations });
  const baselines: Readonly<Record<string, string>> = {
    'entries that are none': baseline(repeat({}, 1_000_000)),
    entries: baseline(repeat(known, 100_000)),
    causes: baseline(repeat({ ...known, cause: 'c'.repeat(99_000) }, 160)),
    'a cause': baseline([{ ...known, cause: 'c'.repeat(15 * MIB) }]),
  };
  const write = (name: string, text: string): string => {
    const path = join(directory, name.replaceAll(/\W+/g, '-'));
    writeFileSync(path, text);
    return path;
  };
  const out = join(directory, 'out');
  const hunt = ['hunt', '--variant', 'b3-fixed', '--executions', '10', '--jobs', '1', '--out', out];
  return [
    ...Object.entries(texts).map(([name, text]) => ({ name, argv: ['replay', write(`${name}.json`, text)] })),
    ...Object.entries(baselines).map(([name, text]) => ({
      name: `baseline: ${name}`,
      argv: [...hunt, '--scenario', 'ping-pong-dontneed', '--baseline', write(`known ${name}.json`, text)],
    })),
    ...results(directory),
    ...largeBlobs(directory),
    ...largeRecordings(directory),
    ...largeSources(directory),
    ...configurations(directory),
    ...litmusTests(directory),
    ...largeVerdicts(directory),
  ];
}

/** Litmus tests, and collections of them. */
function litmusTests(directory: string): LargeFile[] {
  const head = (name: string): string => `X86 ${name}\n{ }\n P0 ;\n MOV [x],$1 ;\n`;
  const threads = Array.from({ length: 8 }, (_, id) => id);
  const row = (of: (id: number) => string): string => ` ${threads.map(of).join(' | ')} ;\n`;
  const stores = row((id) => `MOV [x${id}],$1`).repeat(60);
  const texts: Readonly<Record<string, string>> = {
    'brackets.json': '['.repeat(15 * MIB),
    'empty-lists.json': `{"tests":[${'[],'.repeat(5 * MIB)}[]]}`,
    'tests-that-are-skipped.json': JSON.stringify({
      tests: Array(20_000).fill({
        litmus: `AArch64 a\n{ }\n P0 ;\n MOV X0,#1 ;\nexists (x=1)\n${' '.repeat(600)}`,
      }),
    }),
    'tests-that-are-none.json': `{"tests":[${'{"litmus":"x"},'.repeat(MIB)}{}]}`,
    'blanks.litmus': `X86 a${' '.repeat(64_000)}b\n${head('a')}`,
    'implications.litmus': `${head('a')}exists (x=1)${' => x=1'.repeat(9_000)}\n`,
    'large.litmus': 'x'.repeat(15 * MIB),
    'long.litmus': `X86 long\n{ }\n${row((id) => `P${id}`)}${stores}exists (x0=1)\n`,
  };
  return Object.entries(texts).map(([name, text]) => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return { name: `litmus: ${name}`, argv: ['litmus', file] };
  });
}

/** Results of commands, as `compare` reads them. */
function results(directory: string): LargeFile[] {
  const verdict = { ...sampleVerdict(), memory: 'tso', seed: 1, message: null, finding: null };
  const hunt = (change: object): string =>
    JSON.stringify({
      format: 'shootdown-hunt',
      version: 1,
      shootdown: '0.1.0',
      interrupted: false,
      verdicts: [],
      ...change,
    });
  const columns = Object.fromEntries(
    Array.from({ length: 400_000 }, (_, i) => [`c${i}`, { change: 1, low: 0, high: 2 }]),
  );
  const row = { variant: 'a', baseline: 'b', columns: {} };
  const texts: Readonly<Record<string, string>> = {
    'verdicts that are none': hunt({ verdicts: Array(1_000_000).fill({}) }),
    verdicts: hunt({ verdicts: Array(40_000).fill(verdict) }),
    'verdicts with long names': hunt({
      verdicts: Array(7_000).fill({ ...verdict, variant: 'v'.repeat(2_000) }),
    }),
    rows: hunt({ format: 'shootdown-study', rows: Array(200_000).fill(row) }),
    columns: hunt({ format: 'shootdown-study', rows: [{ ...row, columns }] }),
    counters: hunt({ format: 'shootdown-compare', base: 'a', patch: 'b', counters: columns }),
  };
  return Object.entries(texts).map(([name, text]) => {
    // By its ending it is told from a variant.
    const file = join(directory, `result-${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, text);
    return { name: `result: ${name}`, argv: ['compare', file, file] };
  });
}

/** Modules beside configurations that are large. */
function configurations(directory: string): LargeFile[] {
  const MODULE = [
    "import { plainProgram } from 'shootdown';",
    'const set = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); };',
    "export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [set] });",
  ].join('\n');
  const large: Readonly<Record<string, string>> = {
    'tsconfig.json': `{ "compilerOptions": { "lib": [${'"x",'.repeat(15_000_000)}"y"] } }`,
    'package.json': `{ "x": "${'x'.repeat(60 * MIB)}" }`,
    'm.ts': `${MODULE}\n// ${'x'.repeat(60 * MIB)}\n`,
    'part.ts': `export const one = 1;\n// ${'x'.repeat(60 * MIB)}\n`,
    'data.json': `[${'[],'.repeat(15_000_000)}[]]`,
  };
  return Object.entries(large).map(([name, text]) => {
    const at = join(directory, `project-${name.replaceAll(/\W+/g, '-')}`);
    mkdirSync(at);
    const imported =
      name === 'part.ts' || name === 'data.json' ? `import '${`./${name}`.replace(/ts$/, 'js')}';\n` : '';
    writeFileSync(join(at, 'm.ts'), imported + MODULE);
    writeFileSync(join(at, name), text);
    const argv = [
      'hunt',
      join(at, 'm.ts'),
      '--executions',
      '10',
      '--jobs',
      '1',
      '--out',
      join(directory, 'out'),
    ];
    return { name: `configuration: ${name}`, argv };
  });
}
