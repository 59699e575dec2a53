import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchPointer, mmPointer } from '../../src/csource/runtime/c-words.js';
import type { FakeCpu } from './fake-cpu.js';
import { compileRows, type Row } from './shim-rows.js';
import type { Run } from './translate/run-translated.js';
import { compiling, HAS_CLANG } from './with-clang.js';

/**
 * Every macro and imported operation of the shims, by what it does to the machine: a kind of operation that
 * is weaker, one too many or one too few, another order, and its row fails.
 */

const TREE = new URL('fixtures/tree', import.meta.url).pathname;
const MM = mmPointer(3);
const BATCH = batchPointer(1);
const EACH_CPU = ['read_once mm_cpumask(A)', 'read_once mm_cpumask(A)'];

/** `mm` is an address space, `batch` this CPU's; `result` what the function answers. */
const ROWS: readonly Row[] = [
  ['result = READ_ONCE(mm->context.ctx_id);', ['read_once ctx_id(A)'], 5],
  ['WRITE_ONCE(mm->context.ctx_id, 9);', ['write_once ctx_id(A) 9']],
  ['result = smp_load_acquire(&mm->context.ctx_id);', ['read_once ctx_id(A)'], 5],
  ['smp_store_release(&mm->context.ctx_id, 9);', ['write_once ctx_id(A) 9']],
  ['smp_mb();', ['smp_mb']],
  ['mb();', ['smp_mb']],
  ['smp_rmb();', ['smp_rmb']],
  ['smp_wmb();', ['smp_wmb']],
  ['barrier();', []],
  ['smp_mb__before_atomic(); smp_mb__after_atomic();', []],
  ['result = atomic64_read(&mm->context.tlb_gen);', ['read_once tlb_gen(A)'], 7],
  ['atomic64_set(&mm->context.tlb_gen, 4);', ['write_once tlb_gen(A) 4']],
  ['result = atomic64_inc_return(&mm->context.tlb_gen);', ['inc_return tlb_gen(A)'], 8],
  ['atomic64_inc(&mm->context.tlb_gen);', ['fetch_add tlb_gen(A)']],
  ['result = atomic64_add_return(3, &mm->context.tlb_gen);', ['fetch_add tlb_gen(A)'], 10],
  ['result = atomic_read(&mm->mm_count);', ['read_once mm_count(A)'], 0],
  ['atomic_set(&mm->mm_count, 2);', ['write_once mm_count(A) 2']],
  ['atomic_inc(&mm->mm_count);', ['fetch_add mm_count(A)']],
  ['atomic_dec(&mm->mm_count);', ['fetch_add mm_count(A)']],
  ['result = atomic_inc_return(&mm->mm_count);', ['inc_return mm_count(A)'], 1],
  ['result = atomic_dec_return(&mm->mm_count);', ['dec_return mm_count(A)'], -1],
  ['result = xchg(&mm->context.ctx_id, 6);', ['xchg ctx_id(A)'], 5],
  ['result = cmpxchg(&mm->context.ctx_id, 5, 6);', ['cmpxchg ctx_id(A)'], 5],
  ['result = cpumask_test_cpu(1, mm_cpumask(mm));', ['read_once mm_cpumask(A)'], 1],
  ['cpumask_set_cpu(1, mm_cpumask(mm));', ['fetch_or mm_cpumask(A)']],
  ['cpumask_clear_cpu(0, mm_cpumask(mm));', ['fetch_and mm_cpumask(A)']],
  ['result = cpumask_test_and_set_cpu(1, mm_cpumask(mm));', ['fetch_or mm_cpumask(A)'], 1],
  ['result = cpumask_test_and_clear_cpu(0, mm_cpumask(mm));', ['fetch_and mm_cpumask(A)'], 0],
  ['__cpumask_set_cpu(0, mm_cpumask(mm));', ['read_once mm_cpumask(A)', 'write_once mm_cpumask(A) 3']],
  ['__cpumask_clear_cpu(1, mm_cpumask(mm));', ['read_once mm_cpumask(A)', 'write_once mm_cpumask(A) 0']],
  ['result = cpumask_any_but(mm_cpumask(mm), 0);', ['read_once mm_cpumask(A)'], 1],
  ['result = cpumask_any_but(mm_cpumask(mm), 1) >= nr_cpu_ids;', ['read_once mm_cpumask(A)'], 1],
  ['int c; for_each_cpu(c, mm_cpumask(mm)) result = result + c + 1;', EACH_CPU, 2],
  ['result = cpumask_empty(mm_cpumask(mm));', ['read_once mm_cpumask(A)'], 0],
  ['cpumask_clear(mm_cpumask(mm));', ['write_once mm_cpumask(A) 0']],
  ['cpumask_clear(&batch->cpumask);', ['poke cpu1.tlb_ubc.cpumask 0']],
  [
    'cpumask_or(&batch->cpumask, &batch->cpumask, mm_cpumask(mm));',
    ['peek cpu1.tlb_ubc.cpumask', 'read_once mm_cpumask(A)', 'poke cpu1.tlb_ubc.cpumask 2'],
  ],
  ['result = this_cpu_read(cpu_tlbstate.loaded_mm_asid);', ['read_once cpu1.loaded_mm_asid'], 2],
  ['this_cpu_write(cpu_tlbstate.loaded_mm_asid, 1);', ['write_once cpu1.loaded_mm_asid 1']],
  ['result = per_cpu(cpu_tlbstate.loaded_mm_asid, 0);', ['read_once cpu0.loaded_mm_asid'], 0],
  ['result = (u32)this_cpu_read(cpu_tlbstate.loaded_mm);', ['read_once cpu1.loaded_mm'], MM],
  ['this_cpu_write(cpu_tlbstate.loaded_mm, LOADED_MM_SWITCHING);', ['write_once cpu1.loaded_mm 1']],
  ['result = this_cpu_read(cpu_tlbstate.loaded_mm) == &init_mm;', ['read_once cpu1.loaded_mm'], 0],
  [
    'result = this_cpu_add_return(cpu_tlbstate.next_asid, 2);',
    ['read_once cpu1.next_asid', 'write_once cpu1.next_asid 2'],
    2,
  ],
  ['this_cpu_inc(cpu_tlbstate.next_asid);', ['read_once cpu1.next_asid', 'write_once cpu1.next_asid 1']],
  ['result = smp_processor_id();', [], 1],
  ['result = TLB_NR_DYN_ASIDS;', [], 3],
  ['local_irq_disable();', ['irq_disable']],
  ['local_irq_enable();', ['irq_enable']],
  [
    'unsigned long flags; local_irq_save(flags); result = flags; local_irq_restore(flags);',
    ['irq_disable', 'irq_enable'],
    1,
  ],
  ['result = irqs_disabled();', [], 0],
  ['result = static_cpu_has(X86_FEATURE_PCID) * 2 + static_cpu_has(X86_FEATURE_PTI);', [], 2],
  ['write_cr3(__pa(mm->pgd) | 3);', ['read_once pgd(A)', 'write_cr3 4 3 false']],
  ['write_cr3(__pa(mm->pgd) | 3 | CR3_NOFLUSH);', ['read_once pgd(A)', 'write_cr3 4 3 true']],
  ['native_write_cr3(__native_read_cr3());', ['write_cr3 6 2 false']],
  ['invlpg(3 << PAGE_SHIFT);', ['invlpg 3']],
  ['__asm__ volatile("invlpg (%0)" : : "r"(2 << PAGE_SHIFT) : "memory");', ['invlpg 2']],
  ['invpcid_flush_one(4, 1 << PAGE_SHIFT);', ['invpcid 0 4 1']],
  ['invpcid_flush_single_context(4);', ['invpcid 1 4 0']],
  ['invpcid_flush_all();', ['invpcid 2 0 0']],
  ['result = time_after(jiffies, 5UL);', ['choose 8'], 1],
  ['trace_tlb_flush(TLB_LOCAL_MM_SHOOTDOWN, TLB_FLUSH_ALL);', ['event 1 3 -1']],
  ['result = WARN_ON_ONCE(mm == NULL);', [], 0],
  ['this_cpu_ptr(&flush_tlb_info)->end = TLB_FLUSH_ALL;', ['write_once cpu1.flush_info.end -1']],
  ['this_cpu_ptr(&flush_tlb_info)->start = 2 << PAGE_SHIFT;', ['write_once cpu1.flush_info.start 2']],
  ['this_cpu_ptr(&flush_tlb_info)->mm = mm;', ['write_once cpu1.flush_info.mm 3']],
  ['LAB_ENABLED_TEST(result);', [], 1],
];

describe.skipIf(!HAS_CLANG)(compiling('shims'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'shims-'));
  let run: Run;
  let begin: () => FakeCpu;
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(async () => {
    ({ run, begin } = await compileRows(
      ROWS,
      {
        root: TREE,
        cFiles: ['tlb.c'],
        parameters: 'struct mm_struct *mm, struct arch_tlbflush_unmap_batch *batch',
        passed: 'mm, batch',
        before: [
          '#define CONFIG_ONE 1',
          '#define LAB_ENABLED_TEST(r) (r = IS_ENABLED(CONFIG_ONE) && !IS_ENABLED(CONFIG_NONE))',
        ],
      },
      folder,
    ));
  });

  it.each(ROWS.map(([c, done, answer = 0], index) => [c, done, answer, index] as const))(
    '%s',
    (_, done, answer, index) => {
      const cpu = begin();
      expect(run('rows', [index, MM, BATCH]) | 0).toBe(answer);
      expect(cpu.done).toEqual(done);
    },
  );

  it('says where code goes wrong', () => {
    begin();
    expect(() => run(`row_${ROWS.findIndex(([c]) => c.startsWith('WRITE_ONCE'))}`, [0, BATCH])).toThrow(
      /of which the lab has no word/,
    );
  });
});
