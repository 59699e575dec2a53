import { FIRST_USER_MM } from '../../../src/kernel/constants.js';
import { TABLE_PAGES } from '../../../src/machine/ghost.js';
import { formatPte, PTE_PRESENT, pteFrame, pteValue } from '../../../src/machine/pte.js';
import type { Scenario, ScriptStep } from '../../../src/vocabulary/scenario.js';
import { account } from '../accounting.js';
import { Bench, quiet, type Setup } from '../harness.js';

/** Runs script steps on CPU0 (and others, after it) and looks at what the operations left. */
export class Clients {
  readonly bench: Bench;

  constructor(changes: Partial<Scenario> = {}, setup: Setup = {}) {
    // Who runs which mm decides how many threads it has: the scripts say so, though the bench runs steps by
    // itself.
    this.bench = new Bench(quiet(changes), setup);
  }

  run(steps: readonly ScriptStep[], others: Record<number, readonly ScriptStep[]> = {}): this {
    const script = (list: readonly ScriptStep[]) =>
      function* (cpu: import('../../../src/kernel/kernel-cpu.js').KernelCpu) {
        for (const step of list) yield* cpu.fn.runStep(cpu, step);
      };
    this.bench.run(
      script(steps),
      Object.fromEntries(Object.entries(others).map(([id, list]) => [id, script(list)])),
    );
    return this;
  }

  /** The frame of the table for the page, or null. */
  table(mm: number, page: number): number | null {
    const { machine, layout } = this.bench;
    const root = machine.mem[layout.mms[mm + FIRST_USER_MM].pgd];
    const entry =
      machine.mem[layout.mmu.framesBase + root * layout.mmu.frameWords + Math.floor(page / TABLE_PAGES)];
    return (entry & PTE_PRESENT) !== 0 ? pteFrame(entry) : null;
  }

  /** The page's entry, or 0 without a table. */
  entry(mm: number, page: number): number {
    const { machine, layout } = this.bench;
    const table = this.table(mm, page);
    return table === null
      ? 0
      : pteValue(machine.mem[layout.mmu.framesBase + table * layout.mmu.frameWords + (page % TABLE_PAGES)]);
  }

  frame(mm: number, page: number): number {
    return pteFrame(this.entry(mm, page));
  }

  /** `WUAD`, `-UA-`, `none`, `swap entry`. */
  flags(mm: number, page: number): string {
    return formatPte(this.entry(mm, page)).replace(/^frame \d+ /, '');
  }

  refcount(frame: number): number {
    return this.bench.word(this.bench.layout.pageRefcount + frame);
  }

  vma(mm: number, page: number): number {
    return this.bench.word(this.bench.layout.mms[mm + FIRST_USER_MM].vmas + page);
  }

  alive(mm: number): number {
    return this.bench.word(this.bench.layout.mms[mm + FIRST_USER_MM].alive);
  }

  isFree(frame: number): boolean {
    const { machine, layout } = this.bench;
    const { freeStack, freeTop } = layout.mmu;
    return machine.mem.subarray(freeStack, freeStack + machine.mem[freeTop]).includes(frame);
  }

  wrong(): string[] {
    return account(this.bench.machine, this.bench.program);
  }
}
