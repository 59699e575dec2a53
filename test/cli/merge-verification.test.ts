import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serializeVerifyBlob } from '../../src/verify/shards/blob.js';
import { samplePart, sampleVerifyBlob } from '../verify/shards/parts.js';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

/** What `merge` says of a verification; what it adds up: test/verify/shards. */

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-merge-verify-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The blobs of three shards, of which the second has found something where `found` says so. */
function blobsOf(found: Partial<Parameters<typeof samplePart>[1]>): string[] {
  return [1, 2, 3].map((shard) => {
    const file = join(directory, `${shard}.json`);
    writeFileSync(file, serializeVerifyBlob(sampleVerifyBlob([samplePart(shard, shard === 2 ? found : {})])));
    return file;
  });
}

it('names the file of a witness of a module, which it does not run', async () => {
  const files = blobsOf({ violation: 'assertion', message: 'x is 2' });
  const replay = () => Promise.reject(new Error('a merge has run a module'));
  const out = join(directory, 'findings');
  const { exitCode, stdout, stderr } = await cli(['merge', ...files, '--out', out], {
    engine: fakeEngine({ replay }),
  });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('were not executed again')]);
  const [saved] = readdirSync(out);
  expect(stdout).toContain(`shootdown replay ${join(out, saved)}`);
});

it('tells CI of all shards together, and what is missing of them', async () => {
  const [first, second, third] = blobsOf({});
  const junit = (...files: string[]) => cli(['merge', ...files, '--out', directory, '--reporter', 'junit']);
  const { exitCode, stdout } = await junit(first, second, third);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('<testsuite name="shootdown verify" tests="1" failures="0" errors="0"');
  expect(stdout).toMatch(/no violation in any execution \([\d,]+ states/);
  const half = await junit(first, third);
  expect(half.exitCode).toBe(3);
  expect(half.stdout).toContain('shard 2 is missing');
  expect(half.stdout).not.toContain('no violation in any execution (');
});
