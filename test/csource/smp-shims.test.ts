import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mmPointer } from '../../src/csource/runtime/c-words.js';
import { csdPointer } from '../../src/csource/runtime/csd-words.js';
import type { FakeCpu } from './fake-cpu.js';
import { compileRows, type Row } from './shim-rows.js';
import { smpTree } from './smp-tree.js';
import type { Run } from './translate/run-translated.js';
import { compiling, HAS_CLANG } from './with-clang.js';

/** As shims.test.ts: macros and imported operations that only kernel/smp.c and its lists need. */

const MASK = 'mm_cpumask(mm)';
const OWN = 'this_cpu_ptr(&cfd_data)';
const QUEUE = '&per_cpu(call_single_queue, 0)';
/** The lab's word for the csd that CPU 1 sends to CPU 0. */
const CSD = 'csd(1->0)';

/** `mm` is an address space that CPU 1 runs; `csd` the one that CPU 1, which runs this, sends to CPU 0. */
const ROWS: readonly Row[] = [
  [`result = cpumask_first_and(${MASK}, cpu_online_mask);`, ['read_once mm_cpumask(A)'], 1],
  [`result = cpumask_next_and(0, ${MASK}, cpu_online_mask);`, ['read_once mm_cpumask(A)'], 1],
  [`result = cpumask_next_and(1, ${MASK}, cpu_online_mask);`, ['read_once mm_cpumask(A)'], 256],
  [`result = cpumask_any_and_but(${MASK}, cpu_online_mask, 1);`, ['read_once mm_cpumask(A)'], 256],
  [`result = cpumask_weight(${MASK});`, ['read_once mm_cpumask(A)'], 1],
  // Nobody else looks at the masks that a CPU makes for its own calls.
  [
    `cpumask_and(${OWN}->cpumask, ${MASK}, cpu_online_mask);`,
    ['read_once mm_cpumask(A)', 'poke cpu1.cfd.cpumask 2'],
  ],
  [`cpumask_clear(${OWN}->cpumask_ipi);`, ['poke cpu1.cfd.cpumask_ipi 0']],
  [`__cpumask_set_cpu(0, ${OWN}->cpumask);`, ['peek cpu1.cfd.cpumask', 'poke cpu1.cfd.cpumask 1']],
  [`__cpumask_clear_cpu(0, ${OWN}->cpumask);`, ['peek cpu1.cfd.cpumask', 'poke cpu1.cfd.cpumask 0']],
  [`result = cpumask_test_cpu(0, ${OWN}->cpumask);`, ['peek cpu1.cfd.cpumask'], 0],
  ['result = cpumask_test_cpu(0, per_cpu(cfd_data, 0).cpumask);', ['read_once cpu0.cfd.cpumask'], 0],
  [`__cpumask_set_cpu(0, ${MASK});`, ['read_once mm_cpumask(A)', 'write_once mm_cpumask(A) 3']],
  [`__cpumask_clear_cpu(1, ${MASK});`, ['read_once mm_cpumask(A)', 'write_once mm_cpumask(A) 0']],
  ['arch_send_call_function_single_ipi(0);', ['send_ipi 0']],
  [`arch_send_call_function_ipi_mask(${MASK});`, ['read_once mm_cpumask(A)', 'send_ipi 1']],
  ['smp_store_release(&csd->node.u_flags, 0);', ['event 7 CSD 0', `store_release ${CSD}.flags 0`]],
  ['smp_store_release(&csd->node.u_flags, 1);', [`store_release ${CSD}.flags 1`]],
  ['smp_store_release(&mm->context.ctx_id, 9);', ['store_release ctx_id(A) 9']],
  ['atomic_set_release(&mm->mm_count, 2);', ['store_release mm_count(A) 2']],
  ['smp_cond_load_acquire(&csd->node.u_flags, !(VAL & 5));', [`cond_load_acquire ${CSD}.flags 5 0`]],
  ['csd->node.u_flags |= 16;', [`read_once ${CSD}.flags`, `write_once ${CSD}.flags 16`]],
  ['csd->func = flush_tlb_func;', [`write_once ${CSD}.func 1`]],
  ['csd->info = this_cpu_ptr(&flush_tlb_info);', [`write_once ${CSD}.info 1`]],
  [
    'csd->info = per_cpu_ptr(&flush_tlb_info, 0); result = csd->info == per_cpu_ptr(&flush_tlb_info, 0);',
    [`write_once ${CSD}.info 0`, `read_once ${CSD}.info`],
    1,
  ],
  [
    `result = llist_add(&csd->node.llist, ${QUEUE});`,
    [
      'read_once cpu0.call_single_queue',
      `write_once ${CSD}.next 0`,
      'cmpxchg cpu0.call_single_queue',
      'event 5 CSD 0',
    ],
    1,
  ],
  [
    `(${QUEUE})->first = &csd->node.llist; result = (${QUEUE})->first == &csd->node.llist;`,
    ['write_once cpu0.call_single_queue CSD', 'read_once cpu0.call_single_queue'],
    1,
  ],
  [`result = xchg(&(${QUEUE})->first, NULL) == NULL;`, ['xchg cpu0.call_single_queue'], 1],
  // A csd on its sender's stack: nobody sees it until it is queued, as the one that the CPU has for itself.
  [
    'call_single_data_t one = { .node = { .u_flags = 7 } }, two; two = one; result = two.node.u_flags;',
    [],
    7,
  ],
  [
    `call_single_data_t one = { .func = flush_tlb_func }; one.node.u_flags = 17;
    one.info = this_cpu_ptr(&flush_tlb_info); llist_add(&one.node.llist, ${QUEUE});
    smp_cond_load_acquire(&one.node.u_flags, !(VAL & 1));`,
    [
      'read_once cpu0.call_single_queue',
      'poke csd(1->1).next 0',
      'poke csd(1->1).flags 17',
      'poke csd(1->1).func 1',
      'poke csd(1->1).info 1',
      'cmpxchg cpu0.call_single_queue',
      'event 5 OWN 0',
      'cond_load_acquire csd(1->1).flags 1 0',
    ],
  ],
  ['call_single_data_t one; smp_store_release(&one.node.u_flags, 3); result = one.node.u_flags;', [], 3],
  ['result = (u32)lab_publish(this_cpu_ptr(&flush_tlb_info)) != 0;', [], 1],
];

/** What no word can stand for, and what is waited for otherwise than until bits are clear. */
const WRONG: readonly (readonly [c: string, said: RegExp])[] = [
  ['csd->func = (smp_call_func_t)12;', /has another function than flush_tlb_func called on CPUs/],
  ['csd->info = mm;', /hands on another request than the one of a CPU/],
  ['csd->node.llist.next = (struct llist_node *)mm;', /queues what is no csd of the lab/],
  [
    'smp_cond_load_acquire(&csd->node.u_flags, VAL & 1);',
    /waits for something else than that bits of a word are clear/,
  ],
  [
    'smp_cond_load_acquire(&csd->node.u_flags, VAL == 8);',
    /waits for something else than that bits of a word are clear/,
  ],
  ['cpu_relax();', /waits by itself: cpu_relax outside of a wait that the lab knows/],
  ['((smp_call_func_t)99)(csd->info);', /calls by a pointer what is neither run on CPUs nor chooses them/],
];

describe.skipIf(!HAS_CLANG)(compiling('shims of kernel/smp.c'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'smp-shims-'));
  let run: Run;
  let begin: () => FakeCpu;
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(async () => {
    const rows = [...ROWS, ...WRONG.map(([c]) => [c, []] as const)];
    ({ run, begin } = await compileRows(
      rows,
      {
        root: smpTree(join(folder, 'tree')),
        cFiles: ['tlb.c', 'smp.c'],
        parameters: 'struct mm_struct *mm, call_single_data_t *csd',
        passed: 'mm, csd',
        before: [],
      },
      join(folder, 'tree'),
    ));
  });

  const go = (index: number): number => run('rows', [index, mmPointer(3), csdPointer(1, 0)]) | 0;

  it.each(ROWS.map(([c, done, answer = 0], index) => [c, done, answer, index] as const))(
    '%s',
    (_, done, answer, index) => {
      const cpu = begin();
      expect(go(index)).toBe(answer);
      const [csd, own] = cpu.layout.cpus[1].cfd.csd.map(String);
      expect(cpu.done).toEqual(done.map((one) => one.replace('CSD', csd).replace('OWN', own)));
    },
  );

  it.each(WRONG.map(([c, said], index) => [c, said, index] as const))('%s', (_, said, index) => {
    begin();
    expect(() => go(ROWS.length + index)).toThrow(said);
  });
});
