import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/cli/engine-api.js';
import { readFinding } from '../../src/findings/read.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { InfrastructureError } from '../../src/vocabulary/errors.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleVerdict } from '../report/verdicts.js';
import { fakeEngine, hunted, otherReplay } from './fake-engine.js';
import { cli } from './run-cli.js';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'shootdown-cli-'));
});
afterEach(() => {
  rmSync(out, { recursive: true, force: true });
});

describe('hunt', () => {
  it('asks the engine for what the flags say', async () => {
    const engine = fakeEngine();
    const flags =
      '--variant CVE-2025-40174,b1 --variant b1-fixed --scenario lazy-return --strategy pct ' +
      '--executions 50 --seed 7 --jobs 3 --memory sc';
    await cli(['hunt', ...flags.split(' '), '--out', out], { engine });
    expect(engine.requests.map(({ variant }) => variant)).toEqual(['6.15-rc6', '6.17.5']);
    expect(engine.requests[0]).toMatchObject({
      strategies: ['pct'],
      executions: 50,
      seed: 7,
      jobs: 3,
      memory: 'sc',
      budgetMs: undefined,
    });
    expect(engine.requests[0].scenarios.map(({ name }) => name)).toEqual(['lazy-return']);
    expect(engine.poolsOpen).toBe(0);
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['45', 45_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('understands --budget %s', async (text, budgetMs) => {
    const engine = fakeEngine();
    await cli(['hunt', '--variant', 'b1-fixed', '--budget', text], { engine });
    expect(engine.requests[0].budgetMs).toBe(budgetMs);
  });

  it(
    'is no success where the time was over before anything ran; a share of executions ' + 'may be empty',
    async () => {
      const engine = fakeEngine();
      const hunt: Engine['hunt'] = async (request, pool) => {
        const result = await engine.hunt(request, pool);
        return { ...result, verdict: { ...result.verdict, executions: 0, steps: 0 } };
      };
      const run = (...flags: string[]) =>
        cli(['hunt', '--variant', 'b1-fixed', ...flags], { engine: { ...engine, hunt } });
      const late = await run('--budget', '1s');
      expect(late).toMatchObject({
        exitCode: 3,
        stderr:
          'shootdown: 6.17.5: the time was over before the first execution, so nothing is known of it; ' +
          'give more with --budget\n',
      });
      expect(late.stdout).toContain('nothing run');
      expect((await run('--budget', '1s', '--shard', '2/2')).exitCode).toBe(3);
      expect(await run('--executions', '1', '--shard', '2/2')).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it('takes the whole catalogue, every strategy and 30 seconds by default', async () => {
    const engine = fakeEngine();
    const run = await cli(['hunt', '--variant', 'b1-fixed'], { engine });
    expect(run.exitCode).toBe(0);
    expect(engine.requests[0]).toMatchObject({
      budgetMs: 30_000,
      executions: undefined,
      strategies: ['random', 'pct'],
      seed: 1,
      memory: 'tso',
    });
    expect(engine.requests[0].scenarios).toHaveLength(2);
    expect(run.stdout).toContain('none in 30,000 executions');
    expect(run.stdout).not.toMatch(/\bsafe\b/i);
  });

  it('prints the table, the witness, the sentence and what it rests on, and saves the finding', async () => {
    const run = await cli(['hunt', '--variant', 'b1', '--jobs', '2', '--out', out]);
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(run.stdout.replaceAll(out, 'OUT')).toMatchInlineSnapshot(`
      "2 scenarios; random+pct, seed 1, tso, 2 jobs; at most 30 s per variant
      VARIANT   VERDICT                     SCENARIO       EXECUTIONS  SECONDS  FINDING
      6.15-rc6  stale-use                   two-mm-switch          43      0.4
          OUT/6.15-rc6--two-mm-switch--stale-use--1a2b3c4d.json

        step │ CPU0                                         │ CPU1
             │ ... 6 steps of CPU0, 4 of CPU3, 1 of CPU1
             │                                              │ context_switch
             │                                              │   switch_mm_irqs_off
          11 │                                              │     loaded_mm(1) = SWITCHING (buffered)
             │ munmap                                       │
             │   tlb_finish_mmu                             │
          12 │     pte(A, page 1) = not present             │
          13 │     ~ pte(A, page 1) = not present           │
             │     flush_tlb_mm_range                       │
          14 │       tlb_gen(A): 4 -> 5                     │
             │       should_flush_tlb                       │
      >   15 │       loaded_mm(1) is B                      │
             └─ CPU1 has published SWITCHING only into its store buffer, so it is sent no IPI
                [src/kernel/flush-targets.ts:31]
             │     ↩ flush_tlb_mm_range                     │
          16 │       send IPI to CPU2, CPU3                 │
          17 │ ! CPU2: IPI
             │ ¦ flush_tlb_func
          18 │ ¦   CPU2: slot 0 of CPU2: generation is 4
          19 │ ¦   CPU2: INVLPG page 1
          20 │ ¦   CPU2: IRET
          21 │ ^ CPU3: read root entry 0
          22 │       csd of CPU2 is unlocked                │
             │   ↩ tlb_finish_mmu                           │
          23 │     page 1 freed: frame 7                    │
      >   24 │                                              │     tlb_gen(A) is 4
             └─ the generation was read before the flush raised it; nothing tells CPU1 to flush when it
                has loaded A
          25 │                                              │     ~ loaded_mm(1) = SWITCHING
      >   26 │                                              │ user store to page 1
             └─ reaches frame 7, which munmap has freed
        ~ a store leaves the store buffer; ! an interrupt is delivered; ^ the page walker moves; ¦ inside
        an interrupt handler; > decides
        without a column: CPU2 (4 steps), CPU3 (5 steps)

      6.15-rc6: stale-use in two-mm-switch (execution 42, 17 steps): CPU1 stores through a translation
      that munmap has revoked.
        shootdown replay OUT/6.15-rc6--two-mm-switch--stale-use--1a2b3c4d.json
        shootdown show OUT/6.15-rc6--two-mm-switch--stale-use--1a2b3c4d.json

      6.15-rc6 rests on
        executions: 43 executions (9,000 steps) of scenario two-mm-switch, sampled by random+pct with
          seed 1
        memory model: x86-TSO, each store buffer draining in steps of its own
        hardware: the contract that the kernel itself relies on ("shootdown list assumptions" spells it
          out)
        not modelled: pti, global-pages, nmi-handlers, gup, hugepages, hotplug, migration,
          secondary-tlbs, keys-and-nx, vendor-differences, kernel-range-broadcasts, nested-guests,
          compiler
      "
    `);
    const [file] = readdirSync(out);
    expect(readFinding(join(out, file))).toMatchObject({ variant: '6.15-rc6' });
  });

  it('gives one JSON document and nothing else', async () => {
    const run = await cli(['hunt', '--variant', 'b1,b1-fixed', '--json', '--out', out], { isTTY: true });
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    const document = JSON.parse(run.stdout);
    expect(document).toMatchObject({
      format: 'shootdown-hunt',
      version: 1,
      shootdown: expect.stringMatching(/^\d/),
      interrupted: false,
    });
    expect(document.verdicts).toHaveLength(2);
    expect(document.verdicts[0]).toMatchObject({
      variant: '6.15-rc6',
      violation: 'stale-use',
      latent: [],
      executions: 43,
      strategy: 'random+pct',
    });
    expect(document.verdicts[0].finding).toBe(join(out, readdirSync(out)[0]));
    expect(document.verdicts[1]).toMatchObject({
      violation: null,
      finding: null,
      counters: {},
      restsOn: expect.any(Array),
    });
  });

  it('takes a recording as a scenario, whole name and window', async () => {
    const engine = fakeEngine();
    const run = await cli(
      ['hunt', '--variant', 'b1', '--scenario', 'trace:a,b.gz', '--window', '10..20', '--out', out],
      { engine },
    );
    expect(engine.imports).toEqual([['a,b.gz', '10..20']]);
    expect(run.stdout).toContain('recording  a,b.gz\n');
    expect(run.stdout).toContain('scenario: 2 flushes were left out');
  });

  it('calls latent findings latent, and no violation', async () => {
    const latent = [
      { class: 'gen-ahead', executions: 2, scenario: 's', execution: 5, message: 'ahead' },
    ] as const;
    const engine = fakeEngine({ hunt: async () => hunted(sampleVerdict({ latent })) });
    const run = await cli(['hunt', '--variant', 'b1'], { engine });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('latent gen-ahead in 2 executions (first in execution 5 of s): ahead');
  });

  it('refuses an --out that cannot be, before anything runs', async () => {
    const file = join(out, 'file');
    writeFileSync(file, 'mine');
    const engine = fakeEngine();
    for (const bad of [file, join(file, 'in', 'it')]) {
      const run = await cli(['hunt', '--variant', 'b1', '--out', bad], { engine });
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toMatch(
        /^shootdown: --out: no finding can be kept in .*file[^\n]*not a directory[^\n]*; give another /,
      );
      expect(run.stderr).toMatch(/^[^\n]*; give another directory with --out\n$/);
    }
    expect(engine.requests).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('keeps findings elsewhere when they cannot be saved any more, and says where at once', async () => {
    const base = fakeEngine();
    const there = join(out, 'there');
    // The directory was good when the hunt began.
    const engine = fakeEngine({
      hunt: async (request, pool) => {
        rmSync(there, { force: true });
        writeFileSync(there, '');
        return base.hunt(request, pool);
      },
    });
    const run = await cli(['hunt', '--variant', 'b1,b1-fixed', '--out', there], { engine });
    expect(run.exitCode).toBe(3);
    const [, kept] =
      /^shootdown: cannot save a finding in .*; it is kept as (.*\.json)\n$/.exec(run.stderr) ?? [];
    expect(readFinding(kept ?? '')).toMatchObject({ variant: '6.15-rc6' });
    expect(run.stdout).toContain(kept);
    expect(run.stdout).toContain('none in 30,000 executions');
    rmSync(dirname(kept ?? ''), { recursive: true });
    rmSync(there);
    const json = await cli(['hunt', '--variant', 'b1', '--json', '--out', there], { engine });
    const { finding } = JSON.parse(json.stdout).verdicts[0];
    expect(readFinding(finding)).toMatchObject({ variant: '6.15-rc6' });
    rmSync(dirname(finding), { recursive: true });
  });

  it('tells what is known before a failure that ends the hunts', async () => {
    const base = fakeEngine();
    const engine = fakeEngine({
      hunt: async (request, pool) => {
        if (request.variant === '6.17.5') throw new InfrastructureError('a worker thread died');
        return base.hunt(request, pool);
      },
    });
    const run = await cli(['hunt', '--variant', 'b1,b1-fixed,b3', '--out', out], { engine });
    expect(run).toMatchObject({ exitCode: 3, stderr: 'shootdown: a worker thread died\n' });
    expect(run.stdout).toContain('6.15-rc6 rests on');
    expect(readdirSync(out)).toHaveLength(1);
    expect((await cli(['hunt', '--variant', 'b1-fixed,b3', '--json', '--out', out], { engine })).stdout).toBe(
      '',
    );
  });

  it('shows progress where stderr is a terminal, and takes it away', async () => {
    const run = await cli(['hunt', '--variant', 'b1-fixed'], { isTTY: true, env: { NO_COLOR: '1' } });
    expect(run.stderr).toMatch(/starting/);
    expect(run.stderr.endsWith('\r\u001b[K')).toBe(true);
    expect((await cli(['hunt', '--variant', 'b1-fixed'])).stderr).toBe('');
  });

  it('keeps what is known at Ctrl-C', async () => {
    let interrupt = () => {};
    const base = fakeEngine();
    const engine = fakeEngine({
      hunt: async (request, pool) => {
        if (request.variant === '6.17.5') {
          interrupt();
          expect(request.signal?.aborted).toBe(true);
          return hunted(sampleVerdict({ variant: request.variant, executions: 5, interrupted: true }));
        }
        return base.hunt(request, pool);
      },
    });
    const settings = { engine, withInterrupt: (f: () => void) => (interrupt = f) };
    const run = await cli(['hunt', '--variant', 'b1,b1-fixed,b3', '--out', out], settings);
    expect(run.exitCode).toBe(130);
    expect(run.stdout).toContain('stale-use');
    expect(run.stdout).toContain('none in 5 executions');
    expect(run.stdout).toContain('\n    interrupted\n');
    expect(run.stdout).not.toContain('6.14');
    expect(readdirSync(out)).toHaveLength(1);
    const json = await cli(['hunt', '--variant', 'b1,b1-fixed', '--json', '--out', out], settings);
    expect(json.exitCode).toBe(130);
    expect(JSON.parse(json.stdout)).toMatchObject({
      interrupted: true,
      verdicts: [{ violation: 'stale-use' }, { interrupted: true }],
    });
  });

  it('closes the pool when a hunt fails', async () => {
    const engine = fakeEngine({
      hunt: async () => {
        throw new Error('worker died');
      },
    });
    expect((await cli(['hunt', '--variant', 'b1'], { engine })).exitCode).toBe(3);
    expect(engine.poolsOpen).toBe(0);
  });
});

describe('replay', () => {
  const save = (change = {}): string => {
    const file = join(out, 'finding.json');
    writeFileSync(file, serializeFinding(sampleFinding(change)));
    return file;
  };

  it('draws the witness and says that it is reproduced', async () => {
    const run = await cli(['replay', save()]);
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(run.stdout).toContain('> decides');
    expect(run.stdout).toContain('reproduced: same violation, same step, same trace (hash 1a2b3c4d)');
    const full = await cli(['replay', '--full', save()]);
    expect(full.stdout.length).toBeGreaterThan(run.stdout.length);
  });

  it('says why it is not', async () => {
    const engine = fakeEngine({ replay: async () => otherReplay('step 7 has no CPU1 to move', []) });
    const file = save({ shootdown: '0.0.9' });
    const run = await cli(['replay', file], { engine });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(
      `${file}: not reproduced: step 7 has no CPU1 to move; shootdown 0.0.9 wrote it and this is`,
    );
    expect(JSON.parse((await cli(['replay', '--json', file], { engine })).stdout)).toMatchObject({
      reproduced: false,
      violation: null,
    });
  });

  it('gives one JSON document and nothing else', async () => {
    const run = await cli(['replay', save(), '--json']);
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      format: 'shootdown-replay',
      version: 1,
      reproduced: true,
      violation: 'stale-use',
      traceHash: '1a2b3c4d',
    });
  });

  it('refuses a finding of a variant that does not exist', async () => {
    const file = save({ variant: '6.1' });
    const run = await cli(['replay', file]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`${file}: variant: unknown variant "6.1"; near names: 6.1`);
  });
});

describe('trace info', () => {
  it('prints what the engine says, or JSON', async () => {
    expect(await cli(['trace', 'info', 'x.gz'])).toEqual({
      exitCode: 0,
      stdout: 'info of x.gz\n',
      stderr: '',
    });
    const { stdout } = await cli(['trace', 'info', 'x.gz', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'shootdown-trace-info', version: 1, cpus: 4 });
  });
});

describe('list', () => {
  it.each(['variants', 'scenarios', 'features', 'oracles', 'strategies', 'assumptions'])(
    'lists %s as a table and as JSON',
    async (kind) => {
      const table = await cli(['list', kind]);
      expect(table).toMatchObject({ exitCode: 0, stderr: '' });
      expect(table.stdout).toMatch(/^NAME .*SUMMARY\n/);
      const { stdout } = await cli(['list', kind, '--json']);
      const items: { name: string; summary: string }[] = JSON.parse(stdout);
      expect(items.length).toBeGreaterThan(0);
      for (const { name, summary } of items) {
        expect(summary).toEqual(expect.any(String));
        expect(table.stdout).toContain(name);
      }
    },
  );

  it('is readable', async () => {
    expect((await cli(['list', 'variants'])).stdout).toMatchInlineSnapshot(`
      "NAME      ALIASES             PROFILE   SUMMARY
      6.14      b3, cve-2025-37964  6.14      Linux 6.14, before the fix.
      6.15-rc6  b1, cve-2025-40174  6.15-rc6  With that fix.
      6.17.5    b1-fixed            6.17.5    With both fixes.
      "
    `);
  });
});

describe('demo', () => {
  it('tells where the scenario is from, hunts three variants in it and ends well', async () => {
    const engine = fakeEngine();
    const run = await cli(['demo', '--out', out, '--jobs', '2'], { engine });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(engine.imports).toEqual([['data/yield.trace.gz', null]]);
    expect(engine.requests.map(({ variant }) => variant)).toEqual(['6.14', '6.15-rc6', '6.17.5']);
    for (const { budgetMs } of engine.requests) expect(budgetMs).toBeLessThan(45_000);
    expect(run.stdout).toMatch(/^recording {2}data\/yield.trace.gz\n/);
    expect(run.stdout).toContain('none in 30,000 executions');
    expect(run.stdout).toContain('6.15-rc6: stale-use in trace:yield:1..9');
    expect(run.stdout).toContain('6.17.5 rests on\n  executions: 30,000 executions');
    expect(readdirSync(out)).toHaveLength(2);
  });

  it('ends with 1 where a bug is not found, or one is found that should not be there', async () => {
    const engine = fakeEngine({ hunt: async ({ variant }) => hunted(sampleVerdict({ variant })) });
    const run = await cli(['demo', '--out', out], { engine });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('unexpected: 6.14: its known bug was not found in the time given');
    const found = fakeEngine({
      hunt: async ({ variant }) =>
        hunted(sampleVerdict({ variant, violation: 'stale-use' }), sampleFinding({ variant })),
    });
    const all = await cli(['demo', '--out', out], { engine: found });
    expect(all.exitCode).toBe(1);
    expect(all.stdout).toContain('unexpected: 6.17.5: a violation was found in a variant with both fixes');
  });
});
