import { defineScenario, defineVariant, type KernelCpu, type Protocol, steps, wpPageCopy } from 'shootdown';

/**
 * A kernel function of one's own that is wrong, and a scenario that shows it.
 *
 *     shootdown hunt examples/my-copy-on-write.ts --variant flushes-last,6.18
 */

/**
 * A copy-on-write break that clears the old entry, sets the new one and flushes last: for a while the page is
 * two.
 */
function* clearOnly(cpu: KernelCpu, mm: number, page: number, address: number): Protocol<number> {
  return yield* cpu.ptepGetAndClear(mm, page, address);
}

function* copyThenFlush(
  cpu: KernelCpu,
  mm: number,
  page: number,
  table: number,
  seen: number,
): Protocol<void> {
  yield* wpPageCopy(cpu, mm, page, table, seen);
  yield* cpu.fn.flushTlbMmRange(cpu, mm, page, page + 1, 1, false);
}

export const flushesLast = defineVariant({
  name: 'flushes-last',
  base: '6.18',
  replace: { ptepClearFlush: clearOnly, wpPageCopy: copyThenFlush },
});

const { A, B, fork, read, repeat, run, script, write } = steps;

/** Two threads store to a page that a fork has write-protected, a third one reads it. */
export const threeThreads = defineScenario({
  name: 'copied-under-three-threads',
  mms: [{}, { alive: false }],
  scripts: [
    script(run(A), write(0), fork(B), write(0)),
    script(run(A), repeat(12, write(0))),
    script(run(A), repeat(40, read(0))),
  ],
});
