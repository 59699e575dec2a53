import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.js';
import type { WatchedRun } from '../../../src/cli/watch/again.js';
import { type OnRead, stateOf } from '../../../src/modules/reads.js';
import { fakeEngine } from '../fake-engine.js';
import { cli } from '../run-cli.js';

/** What is watched, and what becomes of runs, with runs that only say what they read. */

let folder: string;
let module: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-watch-'));
  module = join(folder, 'lock.ts');
  writeFileSync(module, '1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface FakeRun {
  /** How it was asked to end. */
  readonly asked: string[];
  reads(file: string): void;
  end(code: number): void;
}

/** Watches; `next` is the run that begins next. */
function watching(argv: readonly string[]) {
  const begun: FakeRun[] = [];
  let stderr = '';
  let interrupt = (): void => undefined;
  const again = (onRead: OnRead): WatchedRun => {
    let end: (code: number) => void = () => undefined;
    const ended = new Promise<number>((resolve) => {
      end = resolve;
    });
    const asked: string[] = [];
    const ask = (how: string, code: number) => () => {
      asked.push(how);
      end(code);
    };
    begun.push({ asked, end, reads: (file) => onRead(file, stateOf(file)) });
    return { ended, cut: ask('cut', 143), interrupt: ask('interrupt', 130) };
  };
  const exitCode = runCli(
    ['hunt', '--watch', ...argv],
    {
      stdout: { write: () => undefined },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      onInterrupt(listener) {
        interrupt = listener;
        return () => undefined;
      },
      again,
    },
    fakeEngine(),
  );
  const run = (index: number) => expect.poll(() => begun[index], { timeout: 5_000 }).toBeDefined();
  const said = (text: string) => expect.poll(() => stderr, { timeout: 5_000 }).toContain(text);
  return {
    ...{ begun, exitCode, said, interrupt: () => interrupt(), stderr: () => stderr },
    next: async (index: number) => {
      await run(index);
      return begun[index];
    },
  };
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

it('runs again when a module or what it imports is another file, and ends with 130', async () => {
  const helper = join(folder, 'helper.ts');
  writeFileSync(helper, '1');
  const { next, said, interrupt, exitCode, begun } = watching([module]);
  const first = await next(0);
  first.reads(helper);
  first.end(1);
  await said('waiting for file changes');
  replace(helper, '22');
  await said('helper.ts changed');
  (await next(1)).end(0);
  // It has not read the helper: it is of no interest any more.
  await expect.poll(() => begun.length).toBe(2);
  replace(helper, '333');
  replace(module, '22');
  const third = await next(2);
  interrupt();
  expect([await exitCode, third.asked]).toEqual([130, ['interrupt']]);
  expect(begun).toHaveLength(3);
});

it('cuts a run whose file changes meanwhile, and begins one for a burst of changes', async () => {
  const { next, interrupt, exitCode, begun, stderr } = watching([module]);
  const first = await next(0);
  for (const text of ['22', '333', '4444']) {
    replace(module, text);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await next(1);
  expect([begun.length, first.asked]).toEqual([2, ['cut']]);
  expect(stderr()).not.toContain('waiting');
  interrupt();
  expect(await exitCode).toBe(130);
});

it('goes on after a run of a broken module, with what was read before and with new files', async () => {
  const helper = join(folder, 'lib', 'helper.ts');
  mkdirSync(join(folder, 'lib'));
  writeFileSync(helper, '1');
  const { next, said, interrupt, exitCode } = watching([module]);
  const first = await next(0);
  first.reads(helper);
  first.reads(module);
  first.end(0);
  await said('waiting');
  replace(module, '');
  (await next(1)).end(2);
  replace(helper, '22');
  const third = await next(2);
  third.reads(module);
  third.end(2);
  writeFileSync(join(folder, 'missing.ts'), '1');
  await next(3);
  interrupt();
  expect(await exitCode).toBe(130);
});

it.each([
  ['no module is given', []],
  ['a shard is a part', ['x.ts', '--shard', '1/2']],
  ['a document on stdout', ['x.ts', '--json']],
  ['C text is not watched', ['x.ts', '--kernel-source', 'linux']],
])('refuses what makes no sense again and again: %s', async (text, argv) => {
  const run = await cli(['hunt', '--watch', ...argv]);
  expect([run.exitCode, run.stdout, run.stderr.split('\n')]).toEqual([
    2,
    '',
    [expect.stringContaining(text), ''],
  ]);
});

it('refuses to watch a search that is kept', async () => {
  const run = await cli(['verify', 'x.ts', '--watch', '--state', 'kept']);
  expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('--watch: a search is kept')]);
});
