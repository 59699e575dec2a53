import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readFinding } from '../../src/findings/read.js';
import { findingName, saveFinding } from '../../src/findings/store.js';
import { sampleFinding } from './sample.js';

/** A file system without hard links, such as FAT and some that are mounted over a network. */

let atRename: () => void = () => undefined;
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    linkSync: () => {
      throw Object.assign(new Error('no links here'), { code: 'EPERM' });
    },
    renameSync: (from: string, to: string) => {
      atRename();
      real.renameSync(from, to);
    },
  };
});

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'shootdown-links-'));
});
afterEach(() => {
  atRename = () => undefined;
  fs.rmSync(directory, { recursive: true, force: true });
});

describe('without hard links', () => {
  it('saves, reuses, and overwrites nothing', () => {
    const first = saveFinding(sampleFinding(), directory);
    expect(saveFinding(sampleFinding(), directory)).toEqual({ path: first.path, reused: true });
    expect(saveFinding(sampleFinding({ seed: 2 }), directory).path).toBe(
      first.path.replace('.json', '-2.json'),
    );
    expect(readFinding(first.path).seed).toBe(1);
    expect(fs.readdirSync(directory)).toHaveLength(2);
  });

  it('shows no half finding, not even in the moment before it has its name', () => {
    let seen: string[] = [];
    atRename = () => {
      seen = fs.readdirSync(directory);
    };
    const { path } = saveFinding(sampleFinding(), directory);
    expect(seen.filter((name) => name.endsWith('.json'))).toEqual([]);
    expect(seen).toHaveLength(2);
    expect(readFinding(path)).toEqual(sampleFinding());
  });

  it('goes round the reservation of a process that was killed', () => {
    fs.mkdirSync(join(directory, `${findingName(sampleFinding())}.json.lock`));
    expect(saveFinding(sampleFinding(), directory).path).toContain('-2.json');
  });
});
