import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';
import { askedOnce } from './asked-once.js';
import { folderWithCache } from './own-cache.js';
import { smpTree } from './smp-tree.js';
import { compiling, HAS_CLANG } from './with-clang.js';

vi.mock(import('../../src/csource/clang.js'), async (original) => askedOnce(await original()));

/** kernel/smp.c as C beside tlb.c: the lab's own small kernel, as it is and broken. */

const folder = folderWithCache('c-smp');
const SMP_C = 'kernel/smp.c';
const run = (...argv: string[]) => cli(argv, { engine: createEngine() });
/** Several processes' worth of starting up a test, on a machine that may be busy. */
const PATIENCE = { timeout: 240_000 };
const FILES = ['--c-files', 'tlb.c,smp.c'];
const HUNT = [...FILES, '--executions', '300', '--jobs', '1', '--no-base'];
const HERE = ['--scenario', 'ping-pong-munmap'];

describe('files that cannot run as C', () => {
  it.each([
    [
      ['hunt', '--kernel-source', 'x', '--c-files', 'tlb.c,kvm.c'],
      /--c-files: "kvm\.c" is none of the files/,
    ],
    [['verify', '--kernel-source', 'x', '--c-files', 'smp.c'], /--c-files: tlb\.c is always run/],
    [['stress', '--c-files', 'tlb.c,smp.c'], /--c-files: there is no C text to compile/],
    [['compare', '--c-files', 'tlb.c', '6.18', '6.14'], /--c-files: there is no C text to compile/],
    [
      ['trace', 'check', 'x', ...FILES],
      /--c-files: arch.*tlb\.c runs as C here; kernel\/smp\.c is the lab's/,
    ],
  ])('%j is told in one line', async (argv, said) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('are named where a directory has not all that they need', async () => {
    const tree = new URL('fixtures/tree', import.meta.url).pathname;
    const { exitCode, stderr } = await run('hunt', '--kernel-source', tree, ...FILES);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/has no kernel\/smp\.c, no lib\/llist\.c, no include\/linux\/smp\.h, no/);
  });
});

describe.skipIf(!HAS_CLANG)(compiling('kernel/smp.c as C'), () => {
  it("takes the place of the functions that call others, and its words are the lab's", PATIENCE, async () => {
    const root = smpTree(join(folder, 'checked'));
    const { exitCode, stdout, stderr } = await run('source', 'check', root, ...FILES, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = JSON.parse(stdout);
    expect(found.replaced).toEqual(
      expect.arrayContaining(['flushSmpCallFunctionQueue', 'smpCallFunctionManyCond']),
    );
    const words = Object.fromEntries(
      found.fields.map(({ name, word }: { name: string; word: string }) => [name, word]),
    );
    expect(words).toMatchObject({
      'call_single_queue.first': 'queue',
      'cfd_data.csd': null,
      'cfd_data.cpumask[0].bits[0]': 'cpumask[0]',
      'cfd_data.cpumask_ipi[0].bits[0]': 'cpumaskIpi[0]',
      'csd.node.llist.next': 'next',
      'csd.node.u_flags': 'flags',
      'csd.func': 'func',
      'csd.info': 'info',
    });
    const places = found.functions.map(({ name, place }: { name: string; place: string }) => [name, place]);
    expect(places).toContainEqual(['oldest_first', expect.stringMatching(/^lib\/llist\.c:\d+$/)]);
    expect(places).toContainEqual(['llist_add', expect.stringMatching(/^include\/linux\/llist\.h:\d+$/)]);
    // Functions that are called by pointers only.
    expect(places).toContainEqual(['flush_tlb_func', expect.stringMatching(/^arch\/x86\/mm\/tlb\.c:\d+$/)]);
  });

  it(
    'runs as it stands, explored and on threads, and nothing is found in what is right',
    PATIENCE,
    async () => {
      const root = smpTree(join(folder, 'right'));
      const { exitCode, stdout, stderr } = await run('hunt', '--kernel-source', root, ...HUNT);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('c/6.12-smp');
      expect(stdout).toMatch(/replaced flushSmpCallFunctionQueue: ran \d+ times/);
      const threads = ['--scenario', 'munmap-storm', '--cpus', '4', '--for', '1s', '--no-witness'];
      const stressed = await run('stress', '--kernel-source', root, ...FILES, ...threads);
      expect(stressed).toMatchObject({ exitCode: 0, stderr: '' });
      expect(stressed.stdout).toMatch(/replaced flushSmpCallFunctionQueue +ran [\d,]+ times/);
    },
  );

  it('has no execution with a violation in a small scenario', PATIENCE, async () => {
    const root = smpTree(join(folder, 'verified'));
    const { exitCode, stdout, stderr } = await run(
      ...['verify', '--kernel-source', root, ...FILES, '--scenario', 'dontneed-read', '--json'],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout).verdicts[0]).toMatchObject({ complete: true, violation: null });
  });

  it.each([
    ['sends no IPI', 'arch_send_call_function_ipi_mask(own->cpumask_ipi);', ';', 'deadlock'],
    ['acknowledges before it has run', 'function(csd->info);\n\t', '', 'stale-use'],
    ['waits for nobody', 'wait_for(per_cpu_ptr(own->csd, cpu));', '', 'stale-use'],
    ['asks nobody else', 'asked && !asked(cpu, info)', 'true', 'stale-use'],
    ['runs nothing itself', 'cpumask_test_cpu(this_cpu, mask) &&', 'false &&', 'stale-use'],
    ['takes one of a list', 'next = one->next;', 'next = NULL;', 'deadlock'],
  ])('is found where it %s', PATIENCE, async (name, from, to, violation) => {
    const change = { [SMP_C]: (c: string) => c.replace(from, to) };
    const root = smpTree(join(folder, name.replaceAll(' ', '-')), change);
    const out = join(folder, `out-${name.replaceAll(' ', '-')}`);
    const { exitCode, stdout } = await run('hunt', '--kernel-source', root, ...HUNT, '--out', out, '--json');
    expect([exitCode, JSON.parse(stdout).verdicts[0].violation]).toEqual([1, violation]);
  });

  it("works with a csd on its sender's stack, which others find as it was queued", PATIENCE, async () => {
    const onStack = (flags: string) => (c: string) =>
      c
        .replace(
          'static void call(',
          `static void call_one(int cpu, smp_call_func_t function, void *info)
          {
            call_single_data_t one = { .node = { .u_flags = ${flags} }, .func = function, .info = info };
            if (llist_add(&one.node.llist, &per_cpu(call_single_queue, cpu)))
              arch_send_call_function_single_ipi(cpu);
            wait_for(&one);
          }
          $&`,
        )
        .replace(/else if \(put[^;]*;/, 'else call_one(cpu, function, info);');
    const hunt = (name: string, flags: string) => {
      const root = smpTree(join(folder, name), { [SMP_C]: onStack(flags) });
      return run('hunt', '--kernel-source', root, ...HUNT, '--out', join(folder, `${name}-out`));
    };
    expect(await hunt('own-csd', 'CALL_IS_WAITED_FOR')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await hunt('no-wait', '0')).exitCode).toBe(1);
  });

  it('works in the form of kernels up to 5.12, whose callers run it on themselves', PATIENCE, async () => {
    const root = smpTree(join(folder, 'before-5.13'), {
      'arch/x86/mm/tlb.c': (c) =>
        c
          .replace('static void flush_tlb_func(', 'static void flush_tlb_func_remote(')
          .replace('should_flush_tlb, flush_tlb_func,', 'tlb_is_not_lazy, flush_tlb_func_remote,')
          .replace('should_flush_tlb', 'tlb_is_not_lazy')
          .replace(
            'static void flush(',
            'static void flush_tlb_func_local(const void *info, int reason)\n{\n' +
              '\tflush_tlb_func_remote((void *)info);\n}\n\n$&',
          ),
      [SMP_C]: (c) =>
        c.replace(
          'static void run(',
          `static void smp_call_function_many_cond(const struct cpumask *mask, smp_call_func_t function,
            void *info, bool wait, smp_cond_func_t asked)
          {
            call(asked, function, info, mask);
          }
          $&`,
        ),
      Makefile: () => 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 7\n',
    });
    const hunted = await run('hunt', '--kernel-source', root, ...HUNT, '--scenario', 'reclaim');
    expect(hunted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(hunted.stdout).toMatch(/replaced smpCallFunctionManyCond: ran \d+ times/);
  });

  it('has findings that are bound to its files, show its lines, and replay', PATIENCE, async () => {
    const sent = 'arch_send_call_function_ipi_mask(own->cpumask_ipi);';
    const root = smpTree(join(folder, 'silent'), {
      [SMP_C]: (c) => c.replace(sent, 'if (0)\n\t\t$&'),
    });
    const out = join(folder, 'silent-out');
    const hunted = await run('hunt', '--kernel-source', root, ...HUNT, ...HERE, '--out', out);
    expect(hunted).toMatchObject({ exitCode: 1, stderr: '' });
    expect(hunted.stdout).toContain('sent no IPI');
    const [name] = readdirSync(out);
    const text = readFileSync(join(out, name), 'utf8');
    const { kernelSource } = JSON.parse(text);
    expect(kernelSource.files.map(({ file }: { file: string }) => file)).toEqual(
      expect.arrayContaining([SMP_C, 'lib/llist.c', 'include/linux/smp.h', 'include/linux/llist.h']),
    );
    const replayed = await run('replay', join(out, name));
    expect(replayed).toMatchObject({ exitCode: 1, stderr: '' });
    expect(replayed.stdout).toContain('reproduced: same violation, same step, same trace');
    expect(replayed.stdout).toMatch(/\[kernel\/smp\.c:\d+\]/);
    smpTree(root);
    const changed = await run('replay', join(out, name));
    expect(changed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(changed.stderr).toMatch(/kernel\/smp\.c of \S+ has changed since the finding was made/);
  });

  it("is compared with the lab's own, access by access", PATIENCE, async () => {
    const root = smpTree(join(folder, 'drift'), {
      [SMP_C]: (c) => c.replace('function(csd->info);', 'smp_mb();\n\t$&'),
      'lib/llist.c': (c) => c.replace('turned = newest;', 'local_irq_disable();\n\t\t$&'),
    });
    const { exitCode, stdout, stderr } = await run(
      ...['source', 'compare', root, ...FILES, '--profile', '6.12', '--executions', '1'],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const [, ofCalling, ofServing] =
      /\nsmp_call_function_many_cond: (.*?)\nflush_smp_call_function_queue: (.*)$/s.exec(stdout) ?? [];
    expect(ofServing).toMatch(/\n {2}NOT EXPLAINED: smp_mb: only in C\n .*\[kernel\/smp\.c:\d+\]/);
    expect(ofServing).toMatch(/\n {2}NOT EXPLAINED: local_irq_disable: only in C\n .*\[lib\/llist\.c:\d+\]/);
    // What a CPU runs, and what chooses it, is neither's: of the small kernel's own flush nothing is told.
    expect(ofCalling).not.toContain('tlb.c');
    expect(ofCalling).not.toMatch(/write_cr3|did not get through/);
    expect(ofServing).not.toMatch(/tlb\.c|did not get through/);
  });

  it('is compared with another state of its tree', PATIENCE, async () => {
    const right = smpTree(join(folder, 'state-a'));
    const wrong = smpTree(join(folder, 'state-b'), {
      [SMP_C]: (c) => c.replace('arch_send_call_function_ipi_mask(own->cpumask_ipi);', ''),
    });
    const { exitCode, stdout, stderr } = await run(
      ...['compare', '--kernel-source', wrong, '--against', right, ...FILES, ...HERE, '--json'],
      ...['--executions', '20', '--count', '5', '--jobs', '1', '--out', join(folder, 'states-out')],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      base: 'c/6.12-smp-against',
      patch: 'c/6.12-smp',
      isNew: true,
    });
  });

  it('is told by its line where it has CPUs run what the lab does not know', PATIENCE, async () => {
    const root = smpTree(join(folder, 'other'), {
      [SMP_C]: (c) =>
        c
          .replace('static bool put', 'static void other(void *info) {}\n$&')
          .replace('= function;', '= other;'),
    });
    const { exitCode, stderr } = await run('hunt', '--kernel-source', root, ...HUNT, ...HERE);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/kernel\/smp\.c:\d+: .*has another function than flush_tlb_func called on CPUs/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
