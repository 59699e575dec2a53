import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { between } from '../../../src/compare/results/between.js';
import { parseResult } from '../../../src/compare/results/result-file.js';
import { resultsText } from '../../../src/compare/results/results-text.js';
import { cli } from '../../cli/run-cli.js';
import { sampleVerdict } from '../../report/verdicts.js';

/** `shootdown compare A.json B.json`: documents as hunt, study and compare write them. */

type Change = Readonly<Record<string, unknown>>;
const head = { version: 1, shootdown: '0.1.0', interrupted: false };
const hunt = (...verdicts: Change[]) => ({
  format: 'shootdown-hunt',
  ...head,
  verdicts: verdicts.map((one) => sampleVerdict(one)),
});
const compared = (counters: Change, ...verdicts: Change[]) => ({
  ...hunt(...verdicts),
  ...{ format: 'shootdown-compare', base: 'kvm/v0', patch: 'kvm/v7', counters },
});
const study = (variant: string, column: Change) => ({
  ...hunt({ variant }),
  ...{
    format: 'shootdown-study',
    rows: [{ variant, baseline: 'kvm/v0', columns: { verdict: { executions: 1 }, rate: column } }],
  },
});
const read = (document: object, file = 'a.json') => parseResult(JSON.stringify(document), file);

describe('verdicts', () => {
  it('of the same variants are beside each other; what only one file has is named', () => {
    const before = read(hunt({ variant: 'a' }, { variant: 'b', violation: 'deadlock' }, { variant: 'c' }));
    const after = read(hunt({ variant: 'c' }, { variant: 'b', violation: null }, { variant: 'd' }), 'b.json');
    const { verdicts, onlyBase, onlyPatch, isNew } = between(before, after);
    expect(verdicts.map(({ base, isChanged }) => [base.variant, isChanged])).toEqual([
      ['b', true],
      ['c', false],
    ]);
    expect([onlyBase, onlyPatch, isNew]).toEqual([['a'], ['d'], false]);
  });

  it(
    'of one variant each are compared whatever they are called; a violation where there was ' + 'none is new',
    () => {
      const [none, stale] = [
        read(hunt({ variant: '6.18' })),
        read(hunt({ variant: 'mine', violation: 'stale-use' })),
      ];
      expect(between(none, stale).isNew).toBe(true);
      expect(between(stale, none)).toMatchObject({ isNew: false, verdicts: [{ isChanged: true }] });
      expect(between(stale, stale)).toMatchObject({ isNew: false, verdicts: [{ isChanged: false }] });
      expect(between(stale, read(hunt({ variant: 'mine', violation: 'deadlock' }))).isNew).toBe(true);
    },
  );

  it('of nothing in common are refused', () => {
    const [one, other] = [
      read(hunt({ variant: 'a' }, { variant: 'b' })),
      read(hunt({ variant: 'c' }), 'b.json'),
    ];
    expect(() => between(one, other)).toThrow('a.json and b.json have no variant in common');
  });
});

describe('counters', () => {
  const less = { base: 10, patch: 5, difference: -5, low: -6, high: -4, seen: 'less' };
  const more = { base: 10, patch: 11, difference: 1, low: 0.5, high: 1.5, seen: 'more' };
  const of = (ipis: Change) => read(compared({ ipis }, { variant: 'kvm/v0' }, { variant: 'kvm/v7' }));

  it('are compared as differences to one base, with the intervals of both', () => {
    expect(between(of(less), of(more)).counters).toMatchObject([
      { key: 'ipis', difference: 6, low: 4.5, high: 7.5, seen: 'more' },
    ]);
    expect(
      between(of(less), of({ ...less, difference: -4.5, low: -6.5, high: -2.5 })).counters,
    ).toMatchObject([{ difference: 0.5, low: -2.5, high: 3.5, seen: 'none' }]);
  });

  it('have no interval where a file has none, or where the bases are others', () => {
    expect(between(of(less), of({ difference: 3, low: null, high: null })).counters).toMatchObject([
      { difference: 8, low: null, seen: 'none' },
    ]);
    const other = {
      ...of(more),
      counters: of(more).counters.map((counter) => ({ ...counter, base: 'native/v0' })),
    };
    expect(between(of(less), other).counters).toMatchObject([
      { difference: null, low: null, high: null, seen: 'none' },
    ]);
  });

  it('of studies are those of their rows', () => {
    const rate = (change: number) => ({
      value: 1,
      base: 2,
      change,
      low: change - 1,
      high: change + 1,
      seen: 'less',
    });
    const [before, after] = [read(study('kvm/v7', rate(-9))), read(study('kvm/v7', rate(-2)))];
    expect(between(before, after).counters).toMatchObject([
      { key: 'kvm/v7 rate', difference: 7, low: 5, high: 9, seen: 'more' },
    ]);
    expect(between(before, read(hunt({ variant: 'kvm/v7' }))).counters).toEqual([]);
    expect(
      resultsText(between(before, after))
        .split('\n')
        .filter((line) => line.length > 78),
    ).toEqual([]);
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-results-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const good = write('good.json', JSON.stringify(hunt({ variant: '6.18' })));
  const bad = write(
    'worse.json',
    JSON.stringify(hunt({ variant: 'mine', violation: 'stale-use', message: 'CPU1 read\u001b[31m' })),
  );

  it('exit 1 for a violation that only the second has, 0 else; text, Markdown and a document', async () => {
    const text = await cli(['compare', good, bad]);
    expect([text.exitCode, text.stderr]).toEqual([1, '']);
    expect(text.stdout).toContain('New violations: 1 verdict of 1 changed: 6.18, mine none -> stale-use.');
    expect((await cli(['compare', bad, good, '--format', 'markdown'])).stdout).toMatch(
      /\| 6\.18|mine, 6\.18/,
    );
    const { exitCode, stdout } = await cli(['compare', bad, good, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      base: bad,
      patch: good,
      isNew: false,
      verdicts: [{ isChanged: true }],
      counters: {},
    });
  });

  it.each([
    ['cut.json', '{"format": "shootdown-hunt", "verdicts": [', 'cut.json:1:43: malformed JSON: expected'],
    ['other.json', '{"format": "shootdown-show", "version": 1}', 'other.json: not a result'],
    [
      'newer.json',
      '{"format": "shootdown-hunt", "version": 2}',
      'version: this shootdown reads version 1, not 2',
    ],
    [
      'field.json',
      JSON.stringify(hunt({ executions: 'many' })),
      'field.json: verdicts[0].executions: expected a whole number, got "many"',
    ],
    [
      'class.json',
      JSON.stringify(hunt({ violation: 'rain' })),
      'class.json: verdicts[0].violation: expected "stale-use" or',
    ],
    ['deep.json', '['.repeat(100_000), 'nested more than 32 deep'],
    [
      'counter.json',
      JSON.stringify(compared({ ipis: { difference: '1' } }, {})),
      'counter.json: counters.ipis.difference: expected',
    ],
    [
      'infinite.json',
      JSON.stringify(compared({}, {})).replace(
        /"counters":{}}$/,
        '"counters":{"ipis":{"difference":1e999}}}',
      ),
      'counters.ipis',
    ],
  ])('%s is answered with one line and exit code 2', async (name, content, message) => {
    const { exitCode, stdout, stderr } = await cli(['compare', good, write(name, content)]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^shootdown: [^\n]+\n$/);
  });

  it.each([[[good]], [[good, bad, good]], [[good, '6.18']]])('%j is no two results', async (given) => {
    const { exitCode, stderr } = await cli(['compare', ...given]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('two results are compared, and nothing beside them');
  });

  it('one that is missing is named', async () => {
    expect((await cli(['compare', good, join(folder, 'nowhere.json')])).stderr).toContain(
      'nowhere.json: cannot be read: no such file',
    );
  });
});
