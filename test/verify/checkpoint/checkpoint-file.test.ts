import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../../src/verify/checkpoint/checkpoint-file.js';
import { CheckpointReader } from '../../../src/verify/checkpoint/checkpoint-reader.js';
import { type KeptNews, SearchKeeper } from '../../../src/verify/checkpoint/search-keeper.js';

const KEY = { code: 'c', subject: 's', options: { '--memory': 'tso' } };

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kept-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string): string {
  const file = join(directory, name);
  writeCheckpoint(file, KEY, (to) => {
    to.value({ answer: null, states: 3, seconds: 1, latent: [] });
    to.words(Int32Array.of(1, -2, 3, 4), 3);
  });
  return file;
}

describe('the file of a kept search', () => {
  it('is read as it was written, with its key', () => {
    const reader = CheckpointReader.open(written('whole'));
    expect(reader.key).toEqual(KEY);
    expect(reader.value()).toMatchObject({ states: 3 });
    const words = new Int32Array(4);
    reader.words(words);
    reader.close();
    expect([...words]).toEqual([1, -2, 3, 0]);
    expect(readdirSync(directory)).toEqual(['whole']);
  });

  it('is refused in one line wherever it is cut short, and for a byte that is another one', () => {
    const whole = readFileSync(written('cut'));
    for (let length = 0; length < whole.length; length += 19) {
      writeFileSync(join(directory, 'cut'), whole.subarray(0, length));
      expect(() => CheckpointReader.open(join(directory, 'cut'))).toThrow(
        /^\S+: (no search that verify has kept|a kept search that is cut short or damaged); take it[^\n]*$/,
      );
    }
    const line = whole.indexOf('\n');
    for (let at = line + 1; at < whole.length; at += 23) {
      const other = Buffer.from(whole);
      other[at] ^= 4;
      writeFileSync(join(directory, 'cut'), other);
      expect(() => CheckpointReader.open(join(directory, 'cut'))).toThrow('damaged');
    }
  });

  it('is refused where it is a pipe that nobody writes to, or a directory', () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    mkdirSync(join(directory, 'below'));
    for (const name of ['pipe', 'below']) {
      expect(() => CheckpointReader.open(join(directory, name))).toThrow('no search that verify has kept');
      rmSync(join(directory, name), { recursive: true });
    }
  });

  it('stays what it was where writing the next one fails, and nothing else is left', () => {
    const file = written('before');
    const before = readFileSync(file);
    const names = readdirSync(directory);
    const fail = (): never => {
      throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    };
    expect(() => writeCheckpoint(file, KEY, fail)).toThrow('no room');
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(directory)).toEqual(names);
  });
});

describe('a keeper of a search', () => {
  const keeper = (file: string, key = KEY, news: KeptNews[] = []): SearchKeeper =>
    new SearchKeeper({ file, key, everyMs: 0, isResumed: true }, (each) => void news.push(each));

  it.each([
    ['other code', { ...KEY, code: 'd' }, 'is of other code: of shootdown, or of the modules'],
    ['another subject', { ...KEY, subject: 't' }, 'is of another program, variant or scenario'],
    [
      'other options',
      { ...KEY, options: { '--memory': 'sc' } },
      'was asked with --memory tso, and not sc; begin anew with another --state',
    ],
  ])('refuses a search of %s', (_, key, said) => {
    expect(() => keeper(written('other'), key).read()).toThrow(said);
  });

  it('goes on when the disk is full, and says so; what was kept before stands', () => {
    const news: KeptNews[] = [];
    const file = written('full');
    const before = readFileSync(file);
    const told = () => ({ states: 9, seconds: 1, latent: [] });
    keeper(file, KEY, news).rest(false, 5, told, () => {
      throw Object.assign(new Error(), { code: 'ENOSPC' });
    });
    expect(news).toEqual([{ kind: 'failed', reason: 'the disk is full (ENOSPC)' }]);
    expect(readFileSync(file)).toEqual(before);
  });

  it('writes nothing twice, and nothing before it is due unless the search will be ended', () => {
    const news: KeptNews[] = [];
    const kept = { file: join(directory, 'due'), key: KEY, everyMs: 1e9, isResumed: false };
    const slow = new SearchKeeper(kept, (each) => void news.push(each));
    const told = () => ({ states: 9, seconds: 1, latent: [] });
    const rest = (isEnding: boolean, expanded: number): void =>
      slow.rest(isEnding, expanded, told, () => undefined);
    rest(false, 5);
    expect(news).toHaveLength(0);
    rest(true, 5);
    rest(true, 5);
    expect(news).toHaveLength(1);
  });
});
