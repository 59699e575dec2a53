import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Blob, type BlobPart, serializeBlob } from '../../src/findings/blob.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { fakeEngine, otherReplay } from './fake-engine.js';
import { type CliSettings, cli } from './run-cli.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-merge-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const two = (parts: readonly BlobPart[]) => sampleBlob(parts, { subjects: ['b1'], shards: 2 });
const clean = [two([samplePart(1)]), two([samplePart(2)])];

function merge(blobs: readonly Blob[], flags: readonly string[] = [], settings: CliSettings = {}) {
  const blobsDirectory = join(directory, 'blobs');
  mkdirSync(join(blobsDirectory, 'deep'), { recursive: true });
  writeFileSync(join(blobsDirectory, 'other.json'), '{"format": "shootdown-finding"}');
  for (const [index, blob] of blobs.entries())
    writeFileSync(join(blobsDirectory, index === 0 ? 'deep' : '', `${index}.json`), serializeBlob(blob));
  return cli(['merge', blobsDirectory, '--out', join(directory, 'findings'), ...flags], settings);
}

describe('merge', () => {
  it('adds the shards up', async () => {
    const { exitCode, stdout } = await merge(clean);
    expect(stdout).toContain('none in 60,000 executions');
    expect(stdout).toContain('2 blobs of 2 shards');
    expect(stdout).not.toContain('missing');
    expect(exitCode).toBe(0);
  });

  it('names the shards that are missing, which may have found something', async () => {
    const half = await merge(clean.slice(0, 1));
    expect(half.stdout).toContain('b1: shard 2 is missing: nothing is known of those executions');
    expect(half.exitCode).toBe(3);
    expect((await merge(clean.slice(0, 1), ['--allow-missing'])).exitCode).toBe(0);
    const json = await merge(clean.slice(0, 1), ['--json']);
    expect(json.stderr).toContain('b1: shard 2 is missing');
  });

  it('saves each bug once, with its shortest witness, and fails', async () => {
    const blobs = [
      two([withWitness(samplePart(1), { steps: 90, traceHash: 'aaaaaaaa' })]),
      two([withWitness(samplePart(2), { steps: 30, traceHash: 'bbbbbbbb' })]),
    ];
    const { exitCode, stdout } = await merge(blobs, ['--json']);
    expect(exitCode).toBe(1);
    const { verdicts, merged } = JSON.parse(stdout);
    expect(verdicts).toMatchObject([{ variant: 'b1', violation: 'stale-use', executions: 60_000 }]);
    expect(merged.findings).toMatchObject([{ variant: 'b1', steps: 30, shards: [1, 2], cause: 'no IPI' }]);
    expect(merged.missing).toEqual([]);
    expect(JSON.parse(readFileSync(verdicts[0].finding, 'utf8'))).toMatchObject({ traceHash: 'bbbbbbbb' });
  });

  it('saves no more findings than anybody has bugs, and says so', async () => {
    const parts = Array.from({ length: 203 }, (_, index) =>
      withWitness(samplePart(index + 1), { execution: index }, `cause ${index}`),
    );
    const { exitCode, stderr } = await merge([sampleBlob(parts, { subjects: ['b1'], shards: 203 })]);
    expect([exitCode, stderr]).toEqual([
      1,
      'shootdown: 3 bugs more than a merge saves: their witnesses are in the blobs\n',
    ]);
    expect(readdirSync(join(directory, 'findings'))).toHaveLength(200);
  });

  it('executes no more witnesses again than it has time for, and says so', async () => {
    const subjects = Array.from({ length: 34 }, (_, index) => `b1${'+skipLazy'.repeat(index)}`);
    const parts = subjects.map((variant) => withWitness(samplePart(1, { variant }), { variant }));
    const engine = fakeEngine({ findVariant: async (name) => name });
    let replayed = 0;
    const replay: typeof engine.replay = (finding) => {
      replayed++;
      return engine.replay(finding);
    };
    const blobs = [sampleBlob(parts, { subjects, shards: 1 })];
    const { stderr } = await merge(blobs, [], { engine: { ...engine, replay } });
    expect(stderr).toContain('shootdown: 2 witnesses more than a merge executes again');
    expect(replayed).toBe(32);
  });

  it('tells other bugs of a variant below', async () => {
    const blobs = [
      two([withWitness(samplePart(1), { steps: 90 }, 'the long one')]),
      two([withWitness(samplePart(2), { steps: 30, traceHash: 'bbbbbbbb' }, 'the short one')]),
    ];
    const { stdout } = await merge(blobs);
    expect(stdout).toContain('also met\n  b1: stale-use in two-mm-switch (90 steps, shard 1): the long one');
    expect(stdout).not.toContain('the short one');
  });

  it('does not believe a witness that does not replay', async () => {
    const blobs = [two([withWitness(samplePart(1))]), two([samplePart(2)])];
    const engine = fakeEngine({ replay: async () => otherReplay('step 3 cannot be taken') });
    const { exitCode, stderr } = await merge(blobs, [], { engine });
    expect(stderr).toContain('b1: the witness does not replay: step 3 cannot be taken');
    expect(exitCode).toBe(2);
  });

  it('runs no module that a blob names', async () => {
    const modules = [{ file: 'evil.ts', sha256: '0'.repeat(64) }];
    const kernelSource = { tree: 'evil', variant: 'b1', base: '6.18', config: [], files: [] };
    const engine = fakeEngine({
      loadModules: () => Promise.reject(new Error('ran a module')),
      replay: () => Promise.reject(new Error('ran a module')),
    });
    for (const change of [{ modules }, { kernelSource }]) {
      const blobs = [two([withWitness(samplePart(1), change)]), two([samplePart(2)])];
      const { exitCode, stderr } = await merge(blobs, [], { engine });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^shootdown: 1 witness of modules or C text, which a merge does not run: what is /,
      );
    }
  });

  it('can be merged again', async () => {
    const file = join(directory, 'all.json');
    await merge(clean, ['--reporter', 'blob', '--reporter-file', file]);
    const again = await cli(['merge', file, join(directory, 'blobs'), '--out', join(directory, 'findings')]);
    expect(again.stdout).toContain('none in 60,000 executions');
    expect(again.exitCode).toBe(0);
  });

  it('takes an interrupted shard for one that is not whole', async () => {
    const { exitCode, stdout } = await merge([
      two([samplePart(1)]),
      two([samplePart(2, { interrupted: true })]),
    ]);
    expect(stdout).toContain('interrupted');
    expect(exitCode).toBe(3);
  });

  it.each([
    [['no-such-place'], 'no-such-place: cannot be read'],
    [['.'], 'there is no blob in this directory'],
  ])('refuses %o in a line', async (paths, words) => {
    const empty = mkdtempSync(join(directory, 'empty-'));
    const given = paths.map((path) => (path === '.' ? empty : join(directory, path)));
    const { exitCode, stderr } = await cli(['merge', ...given]);
    expect(stderr).toContain(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  it('writes no report over a blob', async () => {
    const file = join(directory, 'one.json');
    writeFileSync(file, serializeBlob(clean[0]));
    const { exitCode, stderr } = await cli(['merge', file, '--reporter', 'json', '--reporter-file', file]);
    expect(stderr).toContain('name one file');
    expect(exitCode).toBe(2);
  });
});
