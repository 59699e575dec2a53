/** Designs that papers propose, each with what the laboratory says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';

const out = mkdtempSync(join(tmpdir(), 'shootdown-papers-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('early acknowledgement', () => {
  it('holds as its authors have it, and not where tables are freed', { timeout: 240_000 }, async () => {
    const argv = 'hunt examples/papers/early-ack.ts --scenario lazy-freed-tables --executions 600 --json';
    const { stdout } = await cli([...argv.split(' '), '--out', out], { engine: createEngine() });
    const { verdicts } = JSON.parse(stdout) as { verdicts: { variant: string; violation: string | null }[] };
    expect(verdicts.map(({ variant, violation }) => [variant, violation])).toEqual([
      ['early-ack', null],
      ['early-ack-for-tables', 'freed-table-walk'],
    ]);
  });
});
