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

it('names the file of a witness of a module, which it does not run', async () => {
  const files = [1, 2, 3].map((shard) => {
    const file = join(directory, `${shard}.json`);
    const found = shard === 2 ? ({ violation: 'assertion', message: 'x is 2' } as const) : {};
    writeFileSync(file, serializeVerifyBlob(sampleVerifyBlob([samplePart(shard, found)])));
    return file;
  });
  const replay = () => Promise.reject(new Error('a merge has run a module'));
  const out = join(directory, 'findings');
  const { exitCode, stdout, stderr } = await cli(['merge', ...files, '--out', out], {
    engine: fakeEngine({ replay }),
  });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('were not executed again')]);
  const [saved] = readdirSync(out);
  expect(stdout).toContain(`shootdown replay ${join(out, saved)}`);
});
