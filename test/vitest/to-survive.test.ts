import 'shootdown/vitest';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, defineScenario, defineVariant, plainProgram, steps } from 'shootdown';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readFinding } from '../../src/findings/read.js';

/** The matcher, where it passes and where it fails: what it prints, what it saves, how it replays. */

const out = mkdtempSync(join(tmpdir(), 'shootdown-vitest-'));
afterAll(() => rmSync(out, { recursive: true }));
afterEach(() => {
  delete process.env.SHOOTDOWN_REPLAY;
});

const storeBuffering = (name: string, fenced: boolean) =>
  plainProgram({
    name,
    words: { x: 0, y: 0, sawX: 0, sawY: 0 },
    cpus: [
      function* (cpu, at) {
        yield* cpu.writeOnce(at.x, 1);
        if (fenced) yield* cpu.smpMb();
        const seen = yield* cpu.readOnce(at.y);
        yield* cpu.poke(at.sawY, seen);
      },
      function* (cpu, at) {
        yield* cpu.writeOnce(at.y, 1);
        if (fenced) yield* cpu.smpMb();
        const seen = yield* cpu.readOnce(at.x);
        yield* cpu.poke(at.sawX, seen);
      },
    ],
    final: (read, at) => read(at.sawX) + read(at.sawY) > 0 || 'both read 0',
  });
const broken = storeBuffering('broken', false);
const fenced = storeBuffering('fenced', true);

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => Promise.reject(new Error('it survived')),
    (error: Error) => error.message,
  );
}

describe('toSurvive', () => {
  it('passes what no execution breaks, and .not passes what one does', async () => {
    await expect(fenced).toSurvive({ executions: 2_000 });
    await expect(broken).not.toSurvive();
    await expect(broken).toSurvive({ executions: 2_000, memory: 'sc' });
  });

  it('fails with the timeline, a saved finding and a command that replays it', async () => {
    const message = await failure(expect(broken).toSurvive({ out, strategy: 'random', seed: 3 }));
    expect(message).toContain('broken did not survive: assertion in execution');
    expect(message).toContain('both read 0');
    expect(message).toMatch(/│ +x = 1 \(buffered\)/);
    const [, path, test] =
      /SHOOTDOWN_REPLAY=(\S+) npx vitest run test\/vitest\/to-survive.test.ts -t '([^']*)'/.exec(message) ??
      [];
    expect(test).toBe('toSurvive fails with the timeline, a saved finding and a command that replays it');
    expect(readFinding(path)).toMatchObject({ program: 'broken', seed: 3, strategy: 'random', modules: [] });

    process.env.SHOOTDOWN_REPLAY = path;
    const again = await failure(expect(broken).toSurvive({ executions: 1 }));
    expect(again).toContain('reproduced: assertion: both read 0');
    // A finding of another program is not this one's.
    await expect(fenced).toSurvive({ executions: 10 });
  });

  it('fails with the same finding for the same seed', async () => {
    const names = async () => {
      await failure(expect(broken).toSurvive({ out: join(out, 'same'), seed: 5 }));
      return readdirSync(join(out, 'same'));
    };
    const first = await names();
    expect(await names()).toEqual(first);
    expect(first).toHaveLength(1);
  });

  it('judges several programs at once, two of one name among them', async () => {
    const others = ['one', 'two', 'three'].map((name) => storeBuffering(name, true));
    await Promise.all([
      ...others.map((program) => expect(program).toSurvive({ executions: 3_000 })),
      expect(broken).not.toSurvive(),
      expect(fenced).toSurvive({ executions: 3_000 }),
    ]);
    await Promise.all([
      expect(storeBuffering('same', true)).toSurvive({ executions: 3_000 }),
      expect(storeBuffering('same', false)).not.toSurvive(),
    ]);
    const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');
    const variant = (filterSwitching: boolean) =>
      defineVariant({ name: 'same-variant', features: { filterSwitching } });
    await expect(variant(true)).toSurvive({ scenarios, executions: 300 });
    await expect(variant(false)).not.toSurvive({ scenarios, executions: 5_000 });
  });

  it('says how much was tried where a broken program is not caught', async () => {
    const message = await failure(expect(fenced).not.toSurvive({ executions: 50 }));
    expect(message).toBe('fenced was expected not to survive, but no violation was found in 50 executions');
  });

  it('takes variants, in scenarios', async () => {
    const { A, B, run, read, write, dontneed, repeat, script } = steps;
    const scenario = defineScenario({
      name: 'ping-pong',
      scripts: [
        script(run(A), write(0, 1), repeat(3, dontneed(0, 1), write(0), read(1))),
        script(run(A), read(0, 1), repeat(3, run(B), read(0), run(A), read(0, 1, 0))),
      ],
    });
    const variant = defineVariant({
      name: 'no-switching',
      base: '6.18',
      features: { filterSwitching: false },
    });
    const message = await failure(
      expect(variant).toSurvive({ scenarios: [scenario], executions: 5_000, out }),
    );
    expect(message).toContain('no-switching did not survive: stale-use');
    expect(message).toContain('npx shootdown show');
  });

  it('keeps the message where the finding cannot be saved', async () => {
    const file = join(out, 'a-file');
    writeFileSync(file, '');
    expect(await failure(expect(broken).toSurvive({ out: file }))).toContain(
      'the finding could not be saved: cannot save a finding in',
    );
  });

  it('judges nothing else', async () => {
    await expect(failure(expect(7).toSurvive())).resolves.toContain(
      'toSurvive judges what plainProgram or defineVariant returns',
    );
    await expect(failure(expect(fenced).toSurvive({ strategy: 'guess' }))).resolves.toContain(
      'there is no strategy "guess"',
    );
  });
});
