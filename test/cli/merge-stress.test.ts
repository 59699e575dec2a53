import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StressBlob, serializeStressBlob } from '../../src/merge/stress/blob.js';
import { sampleLook, samplePart, sampleStress } from '../merge/stress/sample-stress.js';
import { fakeEngine, otherReplay } from './fake-engine.js';
import { type CliSettings, cli } from './run-cli.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-merge-stress-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const violations = [{ class: 'stale-use', cpu: 1, message: 'CPU1 read page 0' }] as const;

function merge(blobs: readonly StressBlob[], flags: readonly string[] = [], settings: CliSettings = {}) {
  const files = blobs.map((blob, index) => {
    const file = join(directory, `${index}.json`);
    writeFileSync(file, serializeStressBlob(blob));
    return file;
  });
  return cli(['merge', ...files, '--out', join(directory, 'findings'), ...flags], settings);
}

describe('merge of stress runs', () => {
  const clean = [sampleStress([samplePart(1)]), sampleStress([samplePart(2), samplePart(3)])];

  it('tells all of their time as one run', async () => {
    const { exitCode, stdout } = await merge(clean);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^stress +b1, 2 scenarios in turn, 3 runs of 6 s in all, seeds 1, 2, 3, tso$/m);
    expect(stdout).toMatch(/^ran +6\.00 s; /m);
    expect(stdout).toContain('3,000 (500/s), IPIs served 2,700');
    expect(stdout).toMatch(/^verdict +no violation seen$/m);
  });

  it('answers a document like that of a run, and each run beside it', async () => {
    const two = sampleStress([samplePart(2, [{}, { scenario: 'fork-cow', seconds: 1 }])]);
    const { exitCode, stdout } = await merge([clean[0], two], ['--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ format: 'shootdown-stress', variant: 'b1', seconds: 5, shootdowns: 3000, witness: null },
      merged: {
        files: 2,
        runs: [
          { seed: 1, seconds: 2 },
          { seed: 2, seconds: 3 },
        ],
        places: [
          { scenario: 'ping-pong-dontneed', runs: 2, seconds: 4 },
          { scenario: 'fork-cow', runs: 1, seconds: 1 },
        ],
      },
    });
  });

  it('can be merged again, and comes to the same', async () => {
    const file = join(directory, 'all.json');
    await merge(clean, ['--reporter', 'blob', '--reporter-file', file]);
    const again = JSON.parse((await cli(['merge', file, join(directory, '1.json'), '--json'])).stdout);
    expect(again).toEqual(JSON.parse((await merge(clean, ['--json'])).stdout));
  });

  it('saves the shortest witness, executes it again and fails', async () => {
    const run = (seed: number, steps: number | null) =>
      sampleStress([samplePart(seed, [{ violations }], { look: sampleLook(seed, steps) })]);
    const blobs = [run(1, 90), run(2, 30), run(3, null)];
    const engine = fakeEngine({ findVariant: async (name) => name });
    const { exitCode, stdout } = await merge(blobs, [], { engine });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('a witness that the explorer found in the same scenario:');
    expect(readdirSync(join(directory, 'findings'))).toHaveLength(1);
    const json = JSON.parse((await merge(blobs, ['--json'], { engine })).stdout);
    expect(json.merged.findings).toMatchObject([{ steps: 30, shards: [1, 2] }]);
    expect(json.witness).toMatchObject({ class: 'stale-use', executions: 300 });
    expect(JSON.parse(readFileSync(json.witness.finding, 'utf8'))).toMatchObject({ steps: 30, seed: 2 });
    const other = await merge(blobs, [], {
      engine: { ...engine, replay: async () => otherReplay('the step is another') },
    });
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      expect.stringContaining('b1: the witness does not replay'),
    ]);
  });

  it('fails where threads hung, or a run was interrupted and that is not allowed', async () => {
    const hang = { message: 'stands still', cpus: [], locks: [] };
    const hung = await merge([clean[0], sampleStress([samplePart(2, [{ hang }])])]);
    expect([hung.exitCode, hung.stderr]).toEqual([3, 'shootdown: hang: stands still\n']);
    const cut = [sampleStress([samplePart(1, [{}], { interrupted: true })])];
    expect((await merge(cut)).exitCode).toBe(3);
    expect((await merge(cut, ['--allow-missing'])).exitCode).toBe(0);
  });

  it('escapes what names have in them', async () => {
    const scenario = 'a\u001b[2Jb';
    const targets = [scenario, 'fork-cow'].map((name) => ({
      ...{ variant: 'b\u0007', program: false, scenario: name, cpus: 2 },
    }));
    const results = [scenario, 'fork-cow'].map((name) => ({ variant: 'b\u0007', scenario: name }));
    const { exitCode, stdout } = await merge([sampleStress([samplePart(1, results)], { targets })]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('a\\x1b[2Jb');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
    expect(stdout).not.toMatch(/[\u0007\u001b]/);
  });

  it('does not mix with hunts', async () => {
    const file = join(directory, 'hunt.json');
    const { sampleBlob } = await import('../merge/sample-blobs.js');
    writeFileSync(file, JSON.stringify(sampleBlob([])));
    writeFileSync(join(directory, 's.json'), serializeStressBlob(clean[0]));
    const { exitCode, stderr } = await cli(['merge', file, join(directory, 's.json')]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^[^\n]* is of a hunt, and [^\n]* of a stress run; [^\n]*\n$/),
    ]);
  });
});
