import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import type { Pool } from '../../src/cli/engine-api.js';
import type { HuntRequest } from '../../src/explore/api.js';
import { hunt } from '../../src/explore/hunt.js';
import { HuntPool, type PoolSettings } from '../../src/explore/pool.js';
import { readFinding } from '../../src/findings/read.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { InfrastructureError } from '../../src/vocabulary/errors.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { cli } from '../cli/run-cli.js';
import { onFullDisk } from '../findings/full-disk.js';

/**
 * What a hunt says when its workers fail it: what happened, with exit code 3, and with every finding kept.
 */

const entry = fileURLToPath(new URL('failing-worker.ts', import.meta.url));
const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

async function huntIn(name: string, settings: PoolSettings): Promise<unknown> {
  const pool = new HuntPool(1, { entry, ...settings });
  const [scenario] = catalogue;
  if (scenario === undefined) throw new Error('no scenario');
  try {
    const scenarios = [{ ...scenario, name }];
    return await hunt({
      variant: '6.18',
      scenarios,
      strategies: ['random'],
      seed: 1,
      memory: 'tso',
      jobs: 1,
      executions: 50,
      pool,
    });
  } catch (error) {
    return error;
  } finally {
    await pool.close();
  }
}

describe('a worker that fails', () => {
  it.each<[string, string, PoolSettings]>([
    [
      'exit',
      'a worker thread died while it ran 6.18 in exit (exit code 7); run again, with fewer --jobs ' +
        'if it recurs',
      {},
    ],
    [
      'memory',
      'a worker thread ran out of memory while it ran 6.18 in memory; give fewer --jobs, or NODE_OPTIONS',
      { heapMb: 40 },
    ],
    ['hang', 'no worker has answered for 3 s while it ran 6.18 in hang: it hangs', { silenceMs: 3_000 }],
  ])('is reported: %s', async (name, message, settings) => {
    const error = await huntIn(name, settings);
    expect(error).toBeInstanceOf(InfrastructureError);
    expect((error as Error).message).toContain(message);
  });

  it('is not the machine when the code that it runs throws', async () => {
    expect(await huntIn('bug', {})).toMatchObject({ name: 'TypeError', message: 'x is not a function' });
  });

  it('costs no finding of the hunts before it', async () => {
    const out = mkdtempSync(join(tmpdir(), 'shootdown-pool-'));
    const engine = createEngine();
    const fake = fakeEngine();
    const failing = {
      ...engine,
      openPool: async (jobs: number) => new HuntPool(jobs, { entry }),
      replay: fake.replay,
      hunt: (request: HuntRequest, pool: Pool) => {
        if (request.variant === 'b3') return fake.hunt({ ...request, variant: '6.14' }, pool);
        return engine.hunt(
          { ...request, scenarios: request.scenarios.map((scenario) => ({ ...scenario, name: 'exit' })) },
          pool,
        );
      },
    };
    const line = `hunt --variant b3,b4 --scenario reclaim --jobs 1 --out ${out}`;
    const run = await cli(line.split(' '), { engine: failing });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/^shootdown: a worker thread died while it ran b4 in exit [^\n]*\n$/);
    const [file = '', ...others] = readdirSync(out);
    expect(others).toEqual([]);
    expect(readFinding(join(out, file))).toMatchObject({ variant: '6.14' });
    expect(run.stdout).toContain(`shootdown replay ${join(out, file)}`);
    rmSync(out, { recursive: true });
  });
});

describe("the workers' code", () => {
  it.each([
    ['is not there', (parent: string) => join(parent, 'nowhere')],
    ['is a file', (parent: string) => join(parent, 'file')],
  ])('cannot be written where TMPDIR %s, in one line', async (_, path) => {
    const parent = mkdtempSync(join(tmpdir(), 'shootdown-tmp-'));
    writeFileSync(join(parent, 'file'), '');
    process.env.TMPDIR = path(parent);
    const run = await cli(['hunt', '--variant', 'b3', '--jobs', '1', '--out', parent], {
      engine: createEngine(),
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(
      /^shootdown: cannot write the workers' code in [^\n]*; make room there, or name another directory for temporary files with TMPDIR\n$/,
    );
    rmSync(parent, { recursive: true });
  });

  it('cannot be written on a full disk, in one line', async (context) => {
    const could = await onFullDisk(async (disk) => {
      const out = mkdtempSync(join(tmpdir(), 'shootdown-out-'));
      process.env.TMPDIR = join(disk, 'empty');
      const run = await cli(['hunt', '--variant', 'b3', '--jobs', '1', '--out', out], {
        engine: createEngine(),
      });
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toMatch(
        /^shootdown: cannot write the workers' code in [^\n]*: the disk is full \(ENOSPC\); make room there[^\n]*\n$/,
      );
      expect(readdirSync(join(disk, 'empty'))).toEqual([]);
      rmSync(out, { recursive: true });
    });
    if (!could) context.skip('nothing can be mounted here');
  });

  it('goes with the pool, and what a killed process left goes with a later one', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'shootdown-tmp-'));
    process.env.TMPDIR = parent;
    // No process has this number: the kernel gives none above 2^22.
    const names = [
      'shootdown-99999999-abcdef',
      'shootdown-99999999-abcdeg',
      `shootdown-${process.pid}-abcdef`,
      'shootdown-mine',
    ];
    for (const name of names) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'explore-batch.mjs'), '');
      if (!name.endsWith('g')) utimesSync(join(parent, name), 1, 1);
    }
    const pool = new HuntPool(1);
    await pool.close();
    expect(readdirSync(parent).sort()).toEqual(names.slice(1).sort());
    expect(existsSync(join(parent, names[0] ?? ''))).toBe(false);
    rmSync(parent, { recursive: true });
  });
});
