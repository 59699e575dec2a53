/** Debates of the kernel's list: every execution of each side. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';

const out = mkdtempSync(join(tmpdir(), 'shootdown-debates-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Told {
  readonly verdicts: readonly { variant: string; violation: string | null; complete: boolean }[];
}

describe('debates', () => {
  it.each([
    [
      'kernel-cr3-loaded',
      {
        'flush-then-flag': 'assertion',
        'flag-then-flush': null,
        'flag-then-flush-no-barrier': 'assertion',
        'flag-then-unordered-flush': 'assertion',
      },
    ],
    [
      'csd-lock',
      {
        'csd-tested-then-set': 'assertion',
        'csd-tested-and-set': null,
        'csd-waited-for-in-interrupt': 'deadlock',
        'csd-with-irqs-off': null,
      },
    ],
  ])('%s', { timeout: 240_000 }, async (name, expected) => {
    // Types of the examples are the compiler's (npm run typecheck).
    const argv = ['verify', `examples/debates/${name}.ts`, '--no-type-check', '--json', '--out', out];
    const run = await cli(argv, {
      engine: createEngine(),
    });
    expect([run.stderr, run.exitCode]).toEqual(['', 1]);
    const { verdicts } = JSON.parse(run.stdout) as Told;
    expect(Object.fromEntries(verdicts.map(({ variant, violation }) => [variant, violation]))).toEqual(
      expected,
    );
    for (const { violation, complete } of verdicts) expect(complete).toBe(violation === null);
  });
});
