import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/findings/atomic-file.js';
import {
  type BaselineEntry,
  mergeEntries,
  parseBaseline,
  readBaseline,
  serializeBaseline,
} from '../../src/findings/baseline.js';
import { addToBaseline } from '../../src/findings/baseline-store.js';

const entry = (change: Partial<BaselineEntry> = {}): BaselineEntry => ({
  variant: 'b1',
  memory: 'tso',
  scenario: 's',
  class: 'stale-use',
  cause: 'no IPI',
  ...change,
});

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-baseline-'));
  file = join(directory, 'known.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a baseline', () => {
  it('is what was written, in one order', () => {
    const entries = [entry({ cause: 'z' }), entry({ note: 'LKML 1' }), entry({ memory: 'sc' })];
    const text = serializeBaseline(mergeEntries([], entries));
    expect(serializeBaseline(mergeEntries([], [...entries].reverse()))).toBe(text);
    expect(parseBaseline(text, 'f').violations).toEqual(mergeEntries([], entries));
  });

  it(
    'tells two entries apart by variant, memory model, scenario, class and cause, and by ' + 'nothing else',
    () => {
      const others = [
        { variant: 'b3' },
        { memory: 'sc' as const },
        { scenario: 't' },
        { class: 'deadlock' as const },
        { cause: 'c' },
      ];
      expect(mergeEntries([entry()], [...others.map(entry), entry()])).toHaveLength(6);
      expect(mergeEntries([entry({ note: 'kept' })], [entry({ note: 'other' })])).toEqual([
        entry({ note: 'kept' }),
      ]);
    },
  );

  it('has an entry for each named cause that its words stand for, and takes what an old one lacks', () => {
    const cause = { kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: false };
    const [here, there] = ['inSwitching', 'leftMask'].map((circumstance) =>
      entry({ namedCause: { ...cause, circumstance } }),
    );
    const old = entry({ note: 'kept' });
    expect(mergeEntries([old], [here, here])).toEqual([{ ...here, note: 'kept' }]);
    expect(mergeEntries([here], [there, entry()])).toEqual([here, there]);
    expect(mergeEntries([entry({ namedCause: null })], [entry()])).toEqual([entry({ namedCause: null })]);
    const text = serializeBaseline(mergeEntries([], [there, here]));
    expect(text).toBe(serializeBaseline(mergeEntries([], [here, there])));
    expect(parseBaseline(text, 'f').violations).toEqual([here, there]);
  });

  it.each<[string, string]>([
    [
      '{',
      'f:1:2: malformed JSON: expected a "key" in double quotes, "," or "}", got the end of the file; ' +
        'undo the edit',
    ],
    [
      '[]',
      'f: not a baseline ("format" is not "shootdown-baseline"); give a file that --update-baseline wrote',
    ],
    ['{"format":"shootdown-finding"}', 'f: not a baseline'],
    [
      '{"format":"shootdown-baseline","version":3}',
      'f: version: this shootdown reads version 1 and 2, not 3; use the shootdown that wrote it',
    ],
    [
      '{"format":"shootdown-baseline","version":1}',
      'f: violations: is missing; undo the edit, or write a new one with --update-baseline',
    ],
    [
      '{"format":"shootdown-baseline","version":1,"violations":[],"__proto__":{}}',
      'a key named "__proto__" has no place in a baseline',
    ],
    ['{"format":"shootdown-baseline","version":1,"violations":[{}]}', 'f: violations[0].variant: is missing'],
  ])('%s is refused', (text, message) => {
    expect(() => parseBaseline(text, 'f')).toThrow(message);
  });

  it.each<[object, string]>([
    [{ class: 'gen-ahead' }, 'violations[0].class: expected "stale-use" or'],
    [{ memory: 'arm' }, 'violations[0].memory: expected "tso" or "sc", got "arm"'],
    [{ cause: '' }, 'violations[0].cause: expected at least 1 characters'],
    [{ seed: 1 }, 'violations[0]: has no field "seed"'],
    [{ namedCause: { kind: 'noIpi' } }, 'violations[0].namedCause.isBuffered: is missing'],
  ])('an entry with %j is refused', (change, message) => {
    const text = JSON.stringify({
      format: 'shootdown-baseline',
      version: 1,
      violations: [{ ...entry(), ...change }],
    });
    expect(() => parseBaseline(text, 'f')).toThrow(message);
  });

  it('that is missing, or no file, is one line', () => {
    expect(() => readBaseline(file)).toThrow(
      /known\.json: cannot be read: no such file or directory \(ENOENT\); give the path of a baseline/,
    );
    expect(() => readBaseline(directory)).toThrow(/not a regular file/);
  });
});

describe('adding to a baseline', () => {
  it('makes the file and its directory, and leaves nothing else there', async () => {
    const deep = join(directory, 'a', 'b', 'known.json');
    expect(await addToBaseline(deep, [entry(), entry()])).toBe(1);
    expect(readBaseline(deep).violations).toEqual([entry()]);
    expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['known.json']);
  });

  it('removes nothing, and does not touch a file to which nothing is new', async () => {
    // In an order and a form that nobody but a person would give it.
    writeFileSync(
      file,
      JSON.stringify({
        format: 'shootdown-baseline',
        version: 1,
        violations: [entry({ variant: 'z', note: 'n' }), entry()],
      }),
    );
    const before = readFileSync(file, 'utf8');
    const { ino } = statSync(file);
    expect(await addToBaseline(file, [entry()])).toBe(0);
    expect([readFileSync(file, 'utf8'), statSync(file).ino]).toEqual([before, ino]);
    const namedCause = { kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: false };
    const named = entry({ namedCause: { ...namedCause, circumstance: null } });
    // An entry that was there is no new one.
    expect(await addToBaseline(file, [named])).toBe(0);
    expect(readBaseline(file).violations).toContainEqual(named);
    expect(await addToBaseline(file, [entry({ cause: 'new' })])).toBe(1);
    expect(readBaseline(file).violations).toEqual([
      entry({ cause: 'new' }),
      named,
      entry({ variant: 'z', note: 'n' }),
    ]);
  });

  it('by several at once loses none', async () => {
    const each = Array.from({ length: 20 }, (_, i) => entry({ cause: `cause ${i}` }));
    await Promise.all(each.map((one) => addToBaseline(file, [one])));
    expect(readBaseline(file).violations).toHaveLength(20);
  });

  it('refuses a file that is no baseline, and leaves it', async () => {
    writeFileSync(file, '{"mine": true}');
    await expect(addToBaseline(file, [entry()])).rejects.toThrow('not a baseline');
    expect(readFileSync(file, 'utf8')).toBe('{"mine": true}');
    expect(readdirSync(directory)).toEqual(['known.json']);
  });

  it('says what the machine refused', async () => {
    writeFileSync(join(directory, 'file'), '');
    await expect(addToBaseline(join(directory, 'file', 'known.json'), [entry()])).rejects.toThrow(
      /^cannot write the baseline .*; give another path with --baseline$/,
    );
  });
});

describe('replacing a file', () => {
  it('replaces what a link leads to, and writes into what is no file', () => {
    writeFileSync(file, 'old');
    const link = join(directory, 'link.json');
    symlinkSync(file, link);
    replaceFile(link, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    replaceFile('/dev/null', 'gone');
    expect(statSync('/dev/null').isFile()).toBe(false);
    mkdirSync(join(directory, 'd'));
    expect(() => replaceFile(join(directory, 'd'), 'x')).toThrow();
  });
});
