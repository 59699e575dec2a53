import type { TraceStep } from '../../src/explain/trace-step.js';

type Change = Partial<Omit<TraceStep, 'step' | 'cpu' | 'text'>>;

/** Builds the steps of a made-up execution, numbering them. */
export class Steps {
  readonly all: TraceStep[] = [];

  add(cpu: number, text: string, change: Change = {}): this {
    const step = {
      agent: 'cpu',
      functions: [],
      site: null,
      handlerDepth: 0,
      deciding: null,
      drained: [],
      states: [],
      ...change,
    } as const;
    this.all.push({ step: this.all.length, cpu, text, ...step });
    return this;
  }
}

/** A race of four CPUs in the kernel's words; it has every kind of step. */
export function raceSteps(): TraceStep[] {
  const steps = new Steps();
  const munmap = ['munmap', 'tlb_finish_mmu'];
  const flush = [...munmap, 'flush_tlb_mm_range'];
  const switching = ['context_switch', 'switch_mm_irqs_off'];
  const handler = { functions: ['flush_tlb_func'], handlerDepth: 1 };
  steps.add(0, 'run A');
  for (let i = 0; i < 9; i++) steps.add(i % 2 === 0 ? 0 : 3, `user load of page ${i}`);
  return steps
    .add(1, 'run A: loaded_mm(1) is B, asid 0', { functions: switching })
    .add(1, 'loaded_mm(1) = SWITCHING (buffered)', { functions: switching })
    .add(0, 'pte(A, page 1) = not present', { functions: munmap })
    .add(0, 'pte(A, page 1) = not present', { agent: 'buffer' })
    .add(0, 'tlb_gen(A): 4 -> 5', { functions: flush })
    .add(0, 'loaded_mm(1) is B', {
      functions: [...flush, 'should_flush_tlb'],
      site: { file: 'src/kernel/flush-targets.ts', line: 31 },
      deciding: 'CPU1 has published SWITCHING only into its store buffer, so it is sent no IPI',
    })
    .add(0, 'send IPI to CPU2, CPU3', { functions: flush })
    .add(2, 'IPI', { agent: 'line' })
    .add(2, 'slot 0 of CPU2: generation is 4', handler)
    .add(2, 'INVLPG page 1', handler)
    .add(2, 'IRET', handler)
    .add(3, 'read root entry 0', { agent: 'walker' })
    .add(0, 'csd of CPU2 is unlocked', { functions: flush })
    .add(0, 'page 1 freed: frame 7', { functions: munmap })
    .add(1, 'tlb_gen(A) is 4', {
      functions: switching,
      deciding:
        'the generation was read before the flush raised it; nothing tells CPU1 to flush when it ' +
        'has loaded A',
    })
    .add(1, 'loaded_mm(1) = SWITCHING', { agent: 'buffer' })
    .add(1, 'user store to page 1', { deciding: 'reaches frame 7, which munmap has freed' }).all;
}
