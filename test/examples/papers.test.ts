/** Designs that papers propose, each with what the laboratory says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';

const out = mkdtempSync(join(tmpdir(), 'shootdown-papers-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Variants with what was met; null: nothing. */
async function verdicts(file: string, options: string): Promise<(readonly [string, string | null])[]> {
  // Types of the examples are the compiler's (npm run typecheck). One job: it has less to start.
  const more = ['--no-type-check', '--jobs', '1', '--json', '--out', out];
  const argv = ['hunt', `examples/papers/${file}`, ...options.split(' '), ...more];
  const { stdout } = await cli(argv, { engine: createEngine() });
  const told = JSON.parse(stdout) as { verdicts: { variant: string; violation: string | null }[] };
  return told.verdicts.map(({ variant, violation }) => [variant, violation]);
}

describe('early acknowledgement', () => {
  it('holds as its authors have it, and not where tables are freed', { timeout: 240_000 }, async () => {
    expect(await verdicts('early-ack.ts', '--scenario lazy-freed-tables --executions 600')).toEqual([
      ['early-ack', null],
      ['early-ack-for-tables', 'freed-table-walk'],
    ]);
  });
});

describe('flush on return', () => {
  it('holds if no IPI can defer more behind the look', { timeout: 240_000 }, async () => {
    const options =
      '--variant flush-on-return,flush-on-return-too-soon --scenario ping-pong-dontneed --executions 60';
    expect(await verdicts('flush-on-return.ts', options)).toEqual([
      ['flush-on-return', null],
      ['flush-on-return-too-soon', 'stale-use'],
    ]);
  });
});

describe('LUF', () => {
  it('holds if frames wait for the flush', { timeout: 240_000 }, async () => {
    const options = '--variant luf,luf-frees-first --scenario reclaim-mprotect --executions 300';
    expect(await verdicts('luf.ts', options)).toEqual([
      ['luf', null],
      ['luf-frees-first', 'stale-use'],
    ]);
  });
});

describe('LATR', () => {
  it('shows two threads two pages, and Linux would promise that it does not', {
    timeout: 240_000,
  }, async () => {
    const options = '--scenario ping-pong-dontneed --executions 120';
    expect(await verdicts('latr.ts', options)).toEqual([
      ['latr', 'split-page'],
      ['latr-as-linux', 'stale-use'],
      ['latr-reuses-at-once', 'stale-use'],
    ]);
  });
});
