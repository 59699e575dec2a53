import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requireDistinctFiles } from '../../../../src/cli/commands/hunt/distinct-files.js';
import { serializeBlob } from '../../../../src/findings/blob.js';
import { sampleBlob, samplePart } from '../../../merge/sample-blobs.js';
import { cli } from '../../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'distinct-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
writeFileSync(at('a'), '');
linkSync(at('a'), at('hard'));
symlinkSync(at('a'), at('soft'));
mkdirSync(at('real'));
symlinkSync(at('real'), at('folder'));

describe('two outputs', () => {
  it.each([
    ['the same path', 'new', 'new'],
    ['one path, written twice', 'new', './real/../new'],
    ['a hard link', 'a', 'hard'],
    ['a symbolic link', 'a', 'soft'],
    ['a file that is not there yet, through a linked folder', 'real/deep/x', 'folder/deep/x'],
    ['a folder', 'real', 'folder'],
  ])('are refused when they are one file: %s', (_, one, other) => {
    const outputs = [
      { flag: '--baseline', path: at(one) },
      { flag: '--reporter-file', path: `${folder}/${other}` },
    ];
    expect(() => requireDistinctFiles(outputs, [])).toThrow(
      /^--baseline and --reporter-file name one file, .*; give two$/,
    );
  });

  it('may differ, and may both be no file', () => {
    const outputs = (one: string, other: string) => [
      { flag: '--baseline', path: one },
      { flag: '--reporter-file', path: other },
    ];
    expect(() => requireDistinctFiles(outputs(at('a'), at('b')), [])).not.toThrow();
    expect(() => requireDistinctFiles(outputs('/dev/null', '/dev/null'), [])).not.toThrow();
  });
});

describe('every two outputs of a command', () => {
  const REPORT = ['--reporter', 'json,html', '--report-dir'];
  const file = (path: string): string[] => ['--reporter-file', `json=${path}`];
  const page = (path: string): string[] => [...REPORT, join(path, '..')];
  /** Names of flags, and how each is given a path whose last part is `index.html`. */
  const flags: Readonly<Record<string, (path: string) => readonly string[]>> = {
    '--out': (path) => ['--out', path],
    '--state': (path) => ['--state', path],
    '--baseline': (path) => ['--update-baseline', '--baseline', path],
    '--reporter-file': (path) => [...file(path), '--reporter', 'json'],
    '--report-dir': page,
  };
  const commands: readonly (readonly [argv: readonly string[], outputs: readonly string[]])[] = [
    [
      ['hunt', '--variant', 'b1'],
      ['--out', '--baseline', '--reporter-file', '--report-dir'],
    ],
    [
      ['verify', '--variant', 'b1'],
      ['--out', '--reporter-file', '--report-dir'],
    ],
    [
      ['verify', '--variant', 'b1'],
      ['--state', '--reporter-file', '--report-dir'],
    ],
    [
      ['stress', '--variant', 'b1'],
      ['--out', '--reporter-file', '--report-dir'],
    ],
    [
      ['study', 'lazy'],
      ['--out', '--reporter-file', '--report-dir'],
    ],
    [
      ['study', 'remote-tlb-gen', '--exhaustive'],
      ['--out', '--state', '--reporter-file'],
    ],
    [
      ['merge', at('one.json')],
      ['--out', '--reporter-file', '--report-dir'],
    ],
  ];
  writeFileSync(at('one.json'), serializeBlob(sampleBlob([samplePart(1)])));
  const pairs = commands.flatMap(([argv, outputs]) =>
    outputs.flatMap((one, i) =>
      outputs.slice(i + 1).map((other) => [argv.join(' '), argv, one, other] as const),
    ),
  );

  it.each(pairs)('are refused when they are one: %s, %s, %s', async (_, argv, one, other) => {
    const path = join(folder, 'together', 'index.html');
    const { exitCode, stdout, stderr } = await cli([...argv, ...flags[one](path), ...flags[other](path)]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^shootdown: (--[\w-]+) and (--[\w-]+) name one file, [^\n]*\n$/);
    for (const name of [one, other]) expect(stderr).toContain(name);
    expect(existsSync(path)).toBe(false);
  });

  it('and two reports in one file', async () => {
    const both = ['--reporter', 'json,sarif', '--reporter-file', `sarif=${at('two')}`, ...file(at('two'))];
    const { exitCode, stderr } = await cli(['hunt', '--variant', 'b1', ...both]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^shootdown: [^\n]*two[^\n]*\n$/)]);
  });
});

it('no output is written over an input, and inputs may be one file', () => {
  const input = { flag: 'the module', path: at('a') };
  expect(() => requireDistinctFiles([{ flag: '--reporter-file', path: at('soft') }], [input])).toThrow(
    /^the module and --reporter-file name one file/,
  );
  expect(() => requireDistinctFiles([], [input, input])).not.toThrow();
});

describe('a page and another file', () => {
  const page = at('page');
  const [finding, module] = [join(page, 'results.json'), join(page, 'index.html')];
  mkdirSync(page);
  const blob = serializeBlob(sampleBlob([samplePart(1)]));
  writeFileSync(finding, blob);
  writeFileSync(module, 'another');
  const html = ['--reporter', 'html', '--report-dir', page];

  it.each([
    ['show', ['show', '--open', finding, '--report-dir', page], 'the finding'],
    ['merge', ['merge', finding, ...html], 'a blob'],
    ['verify', ['verify', module, ...html], 'the module'],
    [
      'verify of a recording',
      ['verify', '--variant', '6.18', '--scenario', `trace:${finding}`, ...html],
      '--scenario',
    ],
    ['study', ['study', 'remote-tlb-gen', module, ...html], 'the module'],
    ['hunt', ['hunt', module, ...html], 'the module'],
    ['hunt with a baseline', ['hunt', '--variant', 'b1', '--baseline', finding, ...html], '--baseline'],
    [
      'hunt with a report',
      ['hunt', '--variant', 'b1', ...html, '--reporter', 'sarif', '--reporter-file', `sarif=${finding}`],
      '--reporter-file',
    ],
  ])('are refused when they are one: %s', async (_, argv, other) => {
    const { exitCode, stdout, stderr } = await cli(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${other} and --report-dir name one file`);
    expect([finding, module].map((file) => readFileSync(file, 'utf8'))).toEqual([blob, 'another']);
  });
});
