import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';
import { askedOnce } from './asked-once.js';
import { folderWithCache } from './own-cache.js';
import { compiling, HAS_CLANG } from './with-clang.js';

vi.mock(import('../../src/csource/clang.js'), async (original) => askedOnce(await original()));

/** All executions of the lab's own small kernel in C, as it is and broken. */

const folder = folderWithCache('c-verify');

const TREE = fileURLToPath(new URL('fixtures/tree', import.meta.url));
const verify = (root: string, scenario: string) => {
  const argv = [
    'verify',
    '--kernel-source',
    root,
    '--scenario',
    scenario,
    '--json',
    '--out',
    join(folder, 'out'),
  ];
  return cli(argv, { engine: createEngine() });
};

/** A copy of the small kernel whose tlb.c has `to` in the place of `from`. */
function treeWith(name: string, from: string, to: string): string {
  const root = join(folder, name);
  cpSync(TREE, root, { recursive: true });
  const file = join(root, 'arch/x86/mm/tlb.c');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return root;
}

/** Several processes' worth of starting up a test, on a machine that may be busy. */
const PATIENCE = { timeout: 240_000 };

describe.skipIf(!HAS_CLANG)(compiling('all executions of C text'), () => {
  it('are without a violation where it is right, its stack in use', PATIENCE, async () => {
    const root = treeWith('on-stack', 'static DEFINE_PER_CPU(struct flush_tlb_info, flush_tlb_info);', '');
    const file = join(root, 'arch/x86/mm/tlb.c');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('*info = this_cpu_ptr(&flush_tlb_info);');
    writeFileSync(file, text.replace('*info = this_cpu_ptr(&flush_tlb_info);', 'own, *info = &own;'));
    const { exitCode, stdout, stderr } = await verify(root, 'dontneed-read');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [verdict] = JSON.parse(stdout).verdicts;
    expect(verdict).toMatchObject({ variant: 'c/6.12', complete: true, violation: null });
    expect(verdict.states).toBeGreaterThan(1000);
  });

  // Whether the CPU is in the middle of a switch decides, and stands nowhere but on the stack until the
  // barrier is done. Sent to are those that are: others keep what they have cached.
  it('tell stacks apart that hold something else at the same place', PATIENCE, async () => {
    const root = treeWith(
      'kept-on-stack',
      'return true;',
      'bool kept, *volatile at = &kept;\n' +
        '*at = per_cpu(cpu_tlbstate.loaded_mm, cpu) == LOADED_MM_SWITCHING;\nsmp_mb();\nreturn *at;',
    );
    const { exitCode, stdout, stderr } = await verify(root, 'switch-back');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const [verdict] = JSON.parse(stdout).verdicts;
    expect(verdict).toMatchObject({ violation: 'stale-use', isShortest: true });
  });

  it(
    'have a shortest witness where it is wrong, which is bound to the tree and replays',
    PATIENCE,
    async () => {
      const root = treeWith('nobody-asked', 'return true;', 'return false;');
      const { exitCode, stdout, stderr } = await verify(root, 'dontneed-read');
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      const [verdict] = JSON.parse(stdout).verdicts;
      expect(verdict).toMatchObject({ violation: 'stale-use', isShortest: true });
      const finding = JSON.parse(readFileSync(verdict.finding, 'utf8'));
      expect(finding.kernelSource).toMatchObject({ variant: 'c/6.12' });
      expect(finding).not.toHaveProperty('modules');
      const replay = (...argv: string[]) =>
        cli(['replay', verdict.finding, ...argv], { engine: createEngine() });
      expect(await replay()).toMatchObject({ exitCode: 1, stderr: '' });
      writeFileSync(join(root, 'arch/x86/mm/tlb.c'), readFileSync(join(TREE, 'arch/x86/mm/tlb.c')));
      expect((await replay()).exitCode).toBe(2);
    },
  );
});
