import { verifyCatalogue } from '../../../src/scenarios/verify/index.js';
import type { Cell, CellVerdict, DecidedCell } from '../../../src/study/exhaustive/decided-cell.js';
import { remoteTlbGen } from '../../../src/study/remote-tlb-gen.js';

/** Cells of the real study, and verdicts made up. */

export function cellOf(variant: string, scenario: string): Cell {
  const row = remoteTlbGen.rows.find((one) => one.variant === variant);
  const found = verifyCatalogue.find(({ name }) => name === scenario);
  if (row === undefined || found === undefined) throw new Error(`no cell ${variant} ${scenario}`);
  return { row, scenario: found };
}

export function verdictOf(variant: string, scenario: string, more: Partial<CellVerdict> = {}): CellVerdict {
  return {
    ...{ variant, scenario, program: false, memory: 'tso', complete: true, completeWithinSwitches: false },
    ...{
      withinSteps: 90,
      ended: null,
      violation: null,
      message: null,
      isShortest: true,
      latent: [],
      states: 1_000,
    },
    ...{ expanded: 1_000, transitions: 3_000, depth: 90, seconds: 0.1, peakMemoryBytes: 2 ** 20 },
    bounds: { switches: null, storeBufferDepth: 8, walks: 0, preemptions: 1 },
    ...{ reductions: [], finding: null, known: null },
    ...more,
  };
}

export function decided(variant: string, scenario: string, more: Partial<CellVerdict> = {}): DecidedCell {
  return { ...cellOf(variant, scenario), verdict: verdictOf(variant, scenario, more), isKept: false };
}

/** What is wrong with an execution of so many steps. */
export const wrong = (depth: number): Partial<CellVerdict> => ({
  ...{ complete: false, violation: 'stale-use', depth, finding: `f${depth}` },
});
