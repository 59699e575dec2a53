import type { OracleInfo } from './oracle.js';

/**
 * `freed-table-walk`: a walk, speculative or not, read a page-table page that was released since it was
 * linked.
 */
export const freedTableWalk: OracleInfo = {
  name: 'freed-table-walk',
  latent: false,
  summary: 'a page walk read a page-table page that had been freed',
  create: (machine) => ({
    tableRead(cpu: number, frame: number, alloc: number, speculative: boolean): void {
      if (machine.word(machine.ghost.allocOf(frame)) === alloc) return;
      machine.report({ class: 'freed-table-walk', cpu, frame, isSpeculative: speculative });
    },
  }),
};
