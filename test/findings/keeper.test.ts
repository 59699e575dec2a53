import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keeper } from '../../src/findings/keeper.js';
import { checkOutDirectory } from '../../src/findings/out-directory.js';
import { readFinding } from '../../src/findings/read.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { saveFinding } from '../../src/findings/store.js';
import { InfrastructureError, InputError } from '../../src/vocabulary/errors.js';
import { onFullDisk } from './full-disk.js';
import { sampleFinding, sampleScenario } from './sample.js';

let directory: string;
const { TMPDIR } = process.env;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-keeper-'));
});
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(directory, { recursive: true, force: true });
});

function keeper(out: string): { keeper: Keeper; said: string[] } {
  const said: string[] = [];
  return { keeper: new Keeper(out, (text) => said.push(text)), said };
}

describe('keeping findings', () => {
  it('saves them where they belong, and says nothing', () => {
    const kept = keeper(directory);
    expect(kept.keeper.keep(sampleFinding())).toBe(join(directory, readdirSync(directory)[0] ?? ''));
    expect(kept).toMatchObject({ said: [], keeper: { failed: false } });
  });

  it('saves them among the temporary files where that fails, each with a line', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    process.env.TMPDIR = directory;
    const { keeper: it, said } = keeper(file);
    const paths = [it.keep(sampleFinding()), it.keep(sampleFinding({ seed: 2 }))];
    expect(it.failed).toBe(true);
    expect(paths.map((path) => readFinding(path ?? '').seed)).toEqual([1, 2]);
    expect(said).toHaveLength(2);
    expect(said[0]).toBe(
      `cannot save a finding in ${file}: something else is there already (EEXIST); it is kept as ${paths[0]}`,
    );
  });

  it('prints them where nothing can be saved', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    process.env.TMPDIR = file;
    const { keeper: it, said } = keeper(file);
    expect(it.keep(sampleFinding())).toBeNull();
    expect(said[0]).toMatch(
      /^cannot save a finding in .*, nor under .*file \(.*\); the finding follows, put it into a file:$/,
    );
    expect(said[1]).toBe(serializeFinding(sampleFinding()).trimEnd());
  });

  it('keeps even what no replay would accept', () => {
    process.env.TMPDIR = directory;
    const { keeper: it, said } = keeper(directory);
    const path = it.keep(sampleFinding({ scenario: sampleScenario({ name: 'n'.repeat(300) }) })) ?? '';
    expect(path).toMatch(/\.rejected$/);
    expect(JSON.parse(readFileSync(path, 'utf8')).scenario.name).toHaveLength(300);
    expect(said[0]).toContain(
      'a finding could not be read again (a new finding: scenario.name: expected at most 200 characters',
    );
  });

  it('takes a variant with many features, and the words of a deadlock of 256 CPUs', () => {
    const message = Array.from(
      { length: 256 },
      (_, cpu) => `CPU${cpu} waits for cpu${cpu}.csd(0->${cpu}).flags (is 3), interrupts off`,
    ).join('; ');
    const { violation } = sampleFinding();
    const path = saveFinding(
      sampleFinding({ variant: `6.18${'~someFeature'.repeat(30)}`, violation: { ...violation, message } }),
      directory,
    ).path;
    expect(readFinding(path).violation.message).toBe(message);
  });
});

describe('looking at --out before a run', () => {
  it('accepts what is there and what can be made, and leaves nothing', () => {
    checkOutDirectory(directory);
    checkOutDirectory(join(directory, 'a', 'b'));
    checkOutDirectory('.');
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each<[string, () => string]>([
    ['a file', () => join(directory, 'file')],
    ['a path through a file', () => join(directory, 'file', 'x')],
    ['a link that leads nowhere', () => join(directory, 'link')],
    ['a link to itself', () => join(directory, 'loop')],
    ['a name that is too long', () => join(directory, 'x'.repeat(300))],
    ['a device', () => '/dev/null'],
  ])('refuses %s', (_, path) => {
    writeFileSync(join(directory, 'file'), 'mine');
    symlinkSync(join(directory, 'nowhere'), join(directory, 'link'));
    symlinkSync(join(directory, 'loop'), join(directory, 'loop'));
    expect(() => checkOutDirectory(path())).toThrow(InputError);
    expect(() => checkOutDirectory(path())).toThrow(
      /^--out: no finding can be kept in [^\n]*; give another directory with --out$/,
    );
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('mine');
  });

  it('takes away what killed runs left, when it is old, and nothing else', () => {
    saveFinding(sampleFinding(), directory);
    const names = [
      '.b1--x.4711.0a1b2c3d.tmp',
      '.b1--y.4711.0a1b2c3d.tmp',
      '.hidden',
      'notes.tmp',
      '.mine.tmp',
    ];
    for (const name of names) {
      writeFileSync(join(directory, name), 'half a find');
      if (name !== '.b1--y.4711.0a1b2c3d.tmp') utimesSync(join(directory, name), 1, 1);
    }
    checkOutDirectory(directory);
    expect(readdirSync(directory).sort()).toEqual(
      [...names.slice(1), 'b1--two-mm-switch--stale-use--1a2b3c4d.json'].sort(),
    );
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0)('refuses a directory without permission, there or to be made', () => {
    const closed = join(directory, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    for (const path of [closed, join(closed, 'in')])
      expect(() => checkOutDirectory(path)).toThrow(/permission denied \(EACCES\)/);
    chmodSync(closed, 0o755);
  });
});

describe('a full disk', () => {
  it('is said before a run, and costs no finding later', async (context) => {
    const could = await onFullDisk((disk) => {
      expect(() => checkOutDirectory(disk)).toThrow(InfrastructureError);
      expect(() => checkOutDirectory(disk)).toThrow(/the disk is full \(ENOSPC\)/);
      process.env.TMPDIR = directory;
      const { keeper: it, said } = keeper(join(disk, 'empty'));
      const path = it.keep(sampleFinding()) ?? '';
      expect(readFinding(path)).toEqual(sampleFinding());
      expect(said[0]).toContain('the disk is full (ENOSPC); it is kept as');
      // Neither half a finding nor a temporary file.
      expect(readdirSync(join(disk, 'empty'))).toEqual([]);
    });
    if (!could) context.skip('nothing can be mounted here');
  });
});
