import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/cli/engine.js';
import { type CliRun, cli } from '../../cli/run-cli.js';

describe('study --exhaustive', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'shootdown-exhaustive-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const study = (...more: string[]): Promise<CliRun> =>
    cli(
      [
        ...['study', 'remote-tlb-gen', '--exhaustive', '--variant', 'kvm/v5,kvm/v14'],
        ...['--scenario', 'preempted-whole,preempted-read', '--state', join(directory, 'kept.jsonl')],
        ...['--out', join(directory, 'findings'), ...more],
      ],
      { engine: createEngine() },
    );

  it('decides each row, and goes on where a run was killed', { timeout: 240_000 }, async () => {
    const first = await study();
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/^v0 +none +2 of 2 /m);
    expect(first.stdout).toMatch(/^v5 +stale-use, \d+ steps +1 of 2 +[\d,]+ +preempted-whole/m);
    expect(first.stdout).toMatch(/^v14 +none +2 of 2 /m);
    expect(first.stdout).toContain('6 verdicts, 0 of them kept');
    for (const line of first.stdout.split('\n').filter((one) => !one.includes(directory)))
      expect(line.length).toBeLessThanOrEqual(80);

    const kept = join(directory, 'kept.jsonl');
    writeFileSync(kept, readFileSync(kept, 'utf8').slice(0, -9));
    const { stdout } = await study('--json');
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ format: 'shootdown-study-exhaustive', interrupted: false });
    expect(document.scenarios).toEqual(['preempted-whole', 'preempted-read']);
    expect(document.verdicts).toHaveLength(6);
    expect(document.rows[1]).toMatchObject({
      ...{ variant: 'kvm/v5', proved: ['preempted-read'], undecided: [] },
      witness: { class: 'stale-use', scenario: 'preempted-whole', finding: expect.any(String) },
    });
    expect((await study()).stdout).toContain('6 verdicts, 6 of them kept');
  });

  it.each([
    ['study lazy --exhaustive', '--exhaustive: lazy only counts'],
    ['study remote-tlb-gen --exhaustive --executions 5', 'leave --executions and --count out'],
    ['study remote-tlb-gen --exhaustive --scenario dontneed', 'dontneed-read'],
  ])('%s is refused', async (line, message) => {
    const { exitCode, stdout, stderr } = await cli(line.split(' '), { engine: createEngine() });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
