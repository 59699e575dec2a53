import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../cli/run-cli.js';
import { ReducedEngines } from '../readme/reduced-engine.js';

/**
 * Each example of a module does what it says: what is broken is found to be, what is right is not found
 * wrong.
 */

interface Example {
  /** Options of `hunt`; what it takes to find what is broken with seed 1, with some to spare. */
  readonly options: string;
  readonly broken: readonly string[];
  readonly right: readonly string[];
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  'my-variant.ts': {
    options: '--executions 1000 --scenario far-generations,three-mms-two-slots',
    broken: ['caught-up'],
    right: [],
  },
  'my-variant-fixed.ts': {
    options: '--executions 2000 --scenario far-generations,three-mms-two-slots',
    broken: [],
    right: ['slot-caught-up'],
  },
  'my-rule.ts': {
    options: '--executions 2000 --scenario slots-recycled,five-mms-two-slots,full-against-partial',
    broken: [],
    right: ['my-rule'],
  },
  'my-rule-optimistic.ts': {
    options: '--executions 2000 --variant optimistic-hypercall --scenario five-mms-two-slots',
    broken: ['optimistic-hypercall'],
    right: [],
  },
  'my-features.ts': {
    options: '--scenario ping-pong-mprotect --executions 400',
    broken: ['quiet'],
    right: [],
  },
  'my-scenario.ts': {
    options: '--executions 1000 --variant b1,b1-fixed,b3,6.18',
    broken: ['b1', 'b3'],
    right: ['b1-fixed', '6.18'],
  },
  'my-copy-on-write.ts': {
    options: '--executions 1500 --variant flushes-last,6.18',
    broken: ['flushes-last'],
    right: ['6.18'],
  },
  'my-backend.ts': {
    options: '--executions 1500 --scenario concurrent-dontneed,two-flushers',
    broken: ['hasty-kvm'],
    right: ['serial-ipis'],
  },
  'my-host.ts': {
    options: '--executions 400 --scenario ping-pong-munmap --variant host-forgets-move,host-flushes-own',
    broken: ['host-forgets-move'],
    right: ['host-flushes-own'],
  },
  'ticket-lock.ts': { options: '--executions 5000', broken: ['ticket-lock-broken'], right: ['ticket-lock'] },
  'treiber-stack.ts': {
    options: '--executions 5000',
    broken: ['treiber-stack-aba'],
    right: ['treiber-stack-versioned'],
  },
  'seqlock.ts': {
    options: '--executions 5000',
    broken: ['seqlock-too-late', 'seqlock-missing-fence'],
    right: ['seqlock', 'seqlock-waits-for-readers'],
  },
  'ring-buffer.ts': {
    options: '--executions 5000',
    broken: ['ring-buffer-published-too-early'],
    right: ['ring-buffer'],
  },
};

/** The tool's own concurrency, which needs its sources: tests in test/programs hunt and verify it. */
const OTHERS = [
  'claims.ts',
  'doorbell.ts',
  'hand-over.ts',
  'model-thread.ts',
  'naming.ts',
  'run-token.ts',
  'waiters.ts',
  'watch.ts',
];

const FOLDER = fileURLToPath(new URL('../../examples/', import.meta.url));
const engines = new ReducedEngines();
const out = mkdtempSync(join(tmpdir(), 'shootdown-examples-'));
afterAll(async () => {
  rmSync(out, { recursive: true, force: true });
  await engines.close();
});

describe('examples', () => {
  it('are all here', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
    expect(files.toSorted()).toEqual([...Object.keys(EXAMPLES), ...OTHERS].toSorted());
  });

  it.each(Object.entries(EXAMPLES))('%s', async (file, { options, broken, right }) => {
    const argv = ['hunt', `examples/${file}`, ...options.split(' '), '--json', '--out', out];
    const { exitCode, stdout, stderr } = await cli(argv, {
      engine: engines.for({ executions: 10_000, perRow: 1 }),
    });
    expect(stderr).toBe('');
    const { verdicts } = JSON.parse(stdout) as { verdicts: { variant: string; violation: string | null }[] };
    const found = (wrong: boolean): string[] =>
      verdicts.filter(({ violation }) => (violation !== null) === wrong).map(({ variant }) => variant);
    expect(found(true).toSorted()).toEqual(broken.toSorted());
    expect(found(false).toSorted()).toEqual(right.toSorted());
    expect(exitCode).toBe(broken.length > 0 ? 1 : 0);
  });
});
