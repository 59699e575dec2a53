import { FIRST_USER_MM, INIT_MM, MM_NULL } from '../../src/kernel/constants.js';
import type { KernelProgram } from '../../src/kernel/kernel-program.js';
import { MM_ALIVE, MM_BEING_BORN, MM_DEAD } from '../../src/kernel/sched.js';
import { TABLE_PAGES } from '../../src/machine/ghost.js';
import type { Machine } from '../../src/machine/machine.js';
import { PTE_PRESENT, pteFrame, pteValue } from '../../src/machine/pte.js';

/**
 * Conservation, judged at the end of an execution without looking at ghost state: every frame is free, or a
 * root, or a table that one root leads to, or a page with as many entries as it has references; every count
 * of an mm adds up. Returns what is wrong.
 */
export function account(machine: Machine, program: KernelProgram): string[] {
  const { mem } = machine;
  const { layout, scenario, features } = program.config;
  const { mmu } = layout;
  const wrong: string[] = [];
  const owner = new Map<number, string>();
  const claim = (frame: number, what: string): void => {
    const before = owner.get(frame);
    if (before !== undefined) wrong.push(`frame ${frame} is ${before} and ${what}`);
    owner.set(frame, what);
  };
  for (let i = 0; i < mem[mmu.freeTop]; i++) claim(mem[mmu.freeStack + i], 'free');
  if (mem[mmu.grace] !== 0) wrong.push(`${mem[mmu.grace]} tables still wait for a grace period`);
  claim(mem[layout.mms[INIT_MM].pgd], 'root of init_mm');
  const uses = new Map<number, number>();
  const entry = (frame: number, index: number): number =>
    mem[mmu.framesBase + frame * mmu.frameWords + index];
  const tables = Math.ceil(scenario.pages / TABLE_PAGES);
  for (let mm = FIRST_USER_MM; mm < layout.mms.length; mm++) {
    const fields = layout.mms[mm];
    const alive = mem[fields.alive];
    for (const [name, word] of [
      ['mmap_lock', fields.mmapLock],
      ['page_table_lock', fields.pageTableLock],
      ['anon_vma_lock', fields.anonVmaLock],
      ['tlb_flush_pending', fields.tlbFlushPending],
    ] as const) {
      if (mem[word] !== 0) wrong.push(`${name} of mm ${mm} is ${mem[word]}`);
    }
    if (alive === MM_BEING_BORN) wrong.push(`mm ${mm} is being born`);
    if (alive === MM_DEAD) continue;
    const root = mem[fields.pgd];
    claim(root, `root of mm ${mm}`);
    for (let index = 0; index < tables; index++) {
      const link = entry(root, index);
      if ((link & PTE_PRESENT) === 0) continue;
      const table = pteFrame(link);
      claim(table, `table ${index} of mm ${mm}`);
      for (
        let page = index * TABLE_PAGES;
        page < Math.min(scenario.pages, (index + 1) * TABLE_PAGES);
        page++
      ) {
        const pte = entry(table, page % TABLE_PAGES);
        if ((pte & PTE_PRESENT) !== 0) {
          uses.set(pteFrame(pte), (uses.get(pteFrame(pte)) ?? 0) + 1);
          if (mem[fields.vmas + page] === 0) wrong.push(`mm ${mm} maps page ${page} without a VMA`);
        }
        if (pteValue(pte) !== 0 && alive !== MM_ALIVE)
          wrong.push(`mm ${mm} has exited and maps page ${page}`);
      }
    }
    const threads = layout.cpus.filter((cpu) => mem[cpu.current.threads + mm] !== 0).length;
    if (mem[fields.mmUsers] !== threads)
      wrong.push(`mm ${mm} has ${threads} threads and mm_users ${mem[fields.mmUsers]}`);
    const borrowed = layout.cpus.filter(
      (cpu) => mem[cpu.current.mm] === MM_NULL && mem[cpu.current.activeMm] === mm,
    ).length;
    // An mm that no script runs belongs to a task that never comes to a CPU.
    const count = borrowed + (threads > 0 || alive === MM_ALIVE ? 1 : 0);
    if (mem[fields.mmCount] !== count)
      wrong.push(
        `mm ${mm} is borrowed by ${borrowed}, has ${threads} threads and mm_count ${mem[fields.mmCount]}`,
      );
  }
  for (const [frame, count] of uses) {
    claim(frame, 'a page');
    const references = mem[layout.pageRefcount + frame];
    if (references !== count)
      wrong.push(`frame ${frame} is mapped ${count} times and has ${references} references`);
  }
  for (let frame = 0; frame < mmu.frames; frame++) {
    if (!owner.has(frame)) wrong.push(`frame ${frame} leaked`);
    if (mem[layout.pagePtl + frame] !== 0) wrong.push(`page-table lock of frame ${frame} is held`);
  }
  layout.cpus.forEach((cpu, id) => {
    const loaded = mem[cpu.tlbstate.loadedMm];
    for (let mm = FIRST_USER_MM; mm < layout.mms.length; mm++) {
      const bit = ((mem[layout.mms[mm].cpumask + (id >> 5)] >>> (id & 31)) & 1) !== 0;
      // Since 6.14 the bit may stay set; it is always set while the mm is loaded (A6.2a).
      if (loaded === mm && !bit) wrong.push(`CPU${id} has mm ${mm} loaded and is not in its mask`);
      if (!features.lazyCpumask && bit && loaded !== mm)
        wrong.push(`CPU${id} is in the mask of mm ${mm}, which it does not run`);
    }
  });
  return wrong;
}
