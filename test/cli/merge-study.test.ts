import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StudyBlob, serializeStudyBlob } from '../../src/merge/study/blob.js';
import { lazy } from '../../src/study/lazy.js';
import { failed, samplePart, sampleStudy } from '../merge/study/sample-study.js';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-merge-study-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const studies = { ...fakeEngine({}).studies, list: async () => [lazy] };
const engine = fakeEngine({ studies, findVariant: async (name) => name });

function merge(blobs: readonly StudyBlob[], flags: readonly string[] = []) {
  const files = blobs.map((blob, index) => {
    const file = join(directory, `${index}.json`);
    writeFileSync(file, serializeStudyBlob(blob));
    return file;
  });
  return cli(['merge', ...files, '--out', join(directory, 'findings'), ...flags], { engine });
}

describe('merge of a study', () => {
  const kvm = [1, 2].map((seed) => sampleStudy([samplePart('kvm/v0', seed), samplePart('kvm/v1', seed)]));
  const hypercall = sampleStudy([samplePart('hypercall/v0', 1), failed('hypercall/v1', 1, 30)]);

  it('prints the table of all seeds and groups, and what it rests on', async () => {
    const { exitCode, stdout } = await merge([...kvm, hypercall]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^merged +3 blobs of lazy: 4 rows, 2 seeds, 1 scenario, tso$/m);
    expect(stdout).toMatch(/^kvm: a backend\n(.*\n)+hypercall: a backend\n/m);
    expect(stdout).toMatch(/sampled with\s+seeds\s+1, 2;/);
    expect(stdout).toMatch(/over 40 to 80 pairs/);
    expect(readdirSync(join(directory, 'findings'))).toHaveLength(1);
  });

  it('answers a document like that of a study, and what was merged', async () => {
    const { stdout } = await merge([hypercall, ...kvm], ['--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ format: 'shootdown-study', study: 'lazy', interrupted: false },
      rows: [{ label: 'v0' }, { label: 'v1', effect: { pairs: 80 } }, {}, {}],
      verdicts: [{ executions: 200 }, { executions: 200 }, {}, { violation: 'stale-use' }],
      merged: { files: 3, seeds: [1, 2], missing: [], findings: [{ variant: 'hypercall/v1', steps: 30 }] },
    });
  });

  it('can be merged again, and comes to the same', async () => {
    const file = join(directory, 'all.json');
    await merge(kvm, ['--reporter', 'blob', '--reporter-file', file]);
    const run = await cli(['merge', file, join(directory, '1.json'), '--json'], { engine });
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse((await merge(kvm, ['--json'])).stdout));
  });

  it('fails where the row that others are compared with does, or a row is missing', async () => {
    expect((await merge([sampleStudy([failed('kvm/v0', 1, 30), samplePart('kvm/v1', 1)])])).exitCode).toBe(1);
    const half = await merge([sampleStudy([samplePart('kvm/v0', 1)])]);
    expect([half.exitCode, half.stderr]).toEqual([
      3,
      'shootdown: rows that no blob has come to: kvm kvm/v1; give --allow-missing if that is no failure\n',
    ]);
    expect((await merge([sampleStudy([samplePart('kvm/v0', 1)])], ['--allow-missing'])).exitCode).toBe(0);
  });

  it('refuses a study that there is not', async () => {
    const { exitCode, stderr } = await merge([sampleStudy([], { name: 'x\u001b' })]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/: there is no study "x\\x1b"; [^\n]*\n$/)]);
  });
});
