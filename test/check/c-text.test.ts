import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/check/index.js';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';
import { compiling, HAS_CLANG } from '../csource/with-clang.js';
import { CARRIED } from '../trace/recordings.js';

/**
 * A recording driven through C text: the lab's own kernel, which decides as the recorded one does, and the
 * same with one decision changed.
 */

const folder = mkdtempSync(join(tmpdir(), 'c-checked-'));
const cacheBefore = process.env.XDG_CACHE_HOME;
process.env.XDG_CACHE_HOME = join(folder, 'cache');
afterAll(() => {
  process.env.XDG_CACHE_HOME = cacheBefore ?? '';
  rmSync(folder, { recursive: true });
});

const SLOTS = new URL('../csource/fixtures/slots', import.meta.url).pathname;
const SMALL = new URL('../csource/fixtures/tree', import.meta.url).pathname;
const run = (...argv: string[]) => cli(argv, { engine: createEngine() });

async function checked(tree: string): Promise<CheckReport & { readonly exitCode: number }> {
  const { exitCode, stdout, stderr } = await run(
    'trace',
    'check',
    '--json',
    '--kernel-source',
    tree,
    CARRIED,
  );
  expect(stderr).toBe('');
  return { ...JSON.parse(stdout), exitCode };
}

/** The lab's kernel with one piece of its text changed. */
function changed(name: string, from: string, to: string): string {
  const root = join(folder, name);
  cpSync(SLOTS, root, { recursive: true });
  const file = join(root, 'arch/x86/mm/tlb.c');
  const before = readFileSync(file, 'utf8');
  if (!before.includes(from)) throw new Error('the change is none');
  writeFileSync(file, before.replace(from, to));
  return root;
}

const PATIENCE = { timeout: 240_000 };

describe.skipIf(!HAS_CLANG)(compiling('trace check with C text'), () => {
  it('agrees where the text decides as the recorded kernel did', PATIENCE, async () => {
    const report = await checked(SLOTS);
    expect(report).toMatchObject({ exitCode: 0, profile: 'c/6.12', disagreed: 0 });
    for (const kind of [
      'gen',
      'pcid',
      'slot',
      'flush bit',
      'should_flush',
      'tlb_flush',
      'IPI targets',
    ] as const)
      expect(report.kinds[kind].agreed, kind).toBeGreaterThan(10);
  });

  it.each([
    ['the slot', 'MINE.ctxs[*slot].ctx_id != mm', '*slot + MINE.ctxs[*slot].ctx_id != mm', 'slot'],
    ['whether it is flushed', '.tlb_gen < gen', '.tlb_gen <= gen', 'flush bit'],
    ['who gets an IPI', 'runs == asked->mm ||', '', 'should_flush'],
    ['how much is flushed', 'asked->new_tlb_gen == *has + 1 && gen == *has + 1', 'false', 'tlb_flush'],
    ['whether a lazy CPU flushes', 'if (wakes && ', 'if (', 'no tlb_flush'],
  ] as const)('tells where the text decides otherwise: %s', PATIENCE, async (name, from, to, kind) => {
    const report = await checked(changed(name.replaceAll(' ', '-'), from, to));
    expect(report.kinds[kind].disagreed, kind).toBeGreaterThan(0);
  });

  it(
    'says of a profile that is none so, and of text that does not choose slots what it does',
    PATIENCE,
    async () => {
      const none = await run('trace', 'check', '--kernel-source', SLOTS, '--profile', 'none', CARRIED);
      expect(none).toMatchObject({ exitCode: 2, stdout: '' });
      expect(none.stderr).toMatch(/^shootdown: trace check: there is no profile "none"; [^\n]*\n$/);
      const { kinds, exitCode } = await checked(SMALL);
      expect(exitCode).toBe(1);
      expect(kinds.should_flush.disagreed).toBeGreaterThan(0);
    },
  );
});
