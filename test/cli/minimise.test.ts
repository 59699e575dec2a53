import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { hunt } from '../../src/index.js';
import { knownWitnesses } from '../../src/known/witnesses.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { cli } from './run-cli.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'minimise-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...argv: string[]) => cli(argv, { engine: createEngine() });

describe('shootdown minimise', () => {
  it('writes another finding with less in it, the shortest of its scenario, which replays', {
    timeout: 120_000,
  }, async () => {
    const scenarios = catalogue.filter(({ name }) => name === 'reclaim');
    const { finding } = await hunt({ variant: 'b4', scenarios, executions: 2_000 });
    if (finding === null) throw new Error('nothing to minimise');
    const { steps } = finding;
    const file = join(directory, 'hunted.json');
    writeFileSync(file, serializeFinding(finding));
    const before = readFileSync(file);
    const out = join(directory, 'out');
    const { exitCode, stdout } = await run('minimise', file, '--executions', '600', '--out', out, '--json');
    expect(exitCode).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({
      format: 'shootdown-minimise',
      violation: 'stale-use',
      isShortest: true,
      notShortest: null,
      before: { operations: scenarios[0].scripts.flat().length, steps },
      after: { cpus: 2 },
    });
    expect(told.after.steps).toBeLessThan(steps * 0.6);
    expect(told.after.operations).toBeLessThanOrEqual(5);
    expect(readFileSync(file)).toEqual(before);
    const replayed = JSON.parse((await run('replay', told.finding, '--json')).stdout);
    expect(replayed).toMatchObject({ reproduced: true, violation: 'stale-use', differences: [] });
  });

  it('refuses a finding that does not replay, and writes nothing', async () => {
    const finding = JSON.parse(readFileSync(knownWitnesses('native/v5')[0].file, 'utf8'));
    const file = join(directory, 'other.json');
    writeFileSync(file, JSON.stringify({ ...finding, traceHash: '00000000' }));
    const out = join(directory, 'none');
    const { exitCode, stderr } = await run('minimise', file, '--out', out);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^shootdown: .*not reproduced: traceHash: .*; minimise a finding that replays\n$/);
    expect(readdirSync(directory)).not.toContain('none');
  });
});
