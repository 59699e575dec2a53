import { CSD_FLAG_LOCK, INIT_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import { EV_CSD_RAN, EV_IPI_SERVED } from '../../src/kernel/events.js';
import { kernelFunctions } from '../../src/kernel/functions.js';
import { NO_TABLE, pteAddress, ptlOf, refcountOf } from '../../src/kernel/mm/page-table.js';
import { CSD_FLAGS, CSD_INFO } from '../../src/kernel/structs.js';
import { RIGHT_ALL } from '../../src/machine/ghost.js';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  pteFrame,
  pteValue,
} from '../../src/machine/pte.js';
import {
  A,
  B,
  C,
  dontneed,
  fork,
  kthread,
  munmap,
  protectRo,
  read,
  repeat,
  run,
  script,
  write,
} from '../../src/scenarios/steps.js';
import type { ViolationClass } from '../../src/vocabulary/finding.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import type { Setup } from '../kernel/harness.js';

/**
 * Planted bugs: changes of protocol code, never of an oracle or its ghost. Each trips one oracle in its
 * scenario; the same scenario with the kernel as it is (or with `twin`) must stay silent.
 */
export interface Plant {
  readonly name: string;
  readonly class: ViolationClass;
  /** What the violation's sentence must say, where a class has several ways. */
  readonly says?: RegExp;
  readonly scenario: Scenario;
  readonly plant: Setup;
  /** Default: the same profile with nothing switched or replaced. */
  readonly twin?: Setup;
  readonly executions: number;
  /**
   * At least this many of them must trip it: the test fails before the plant becomes hard to find. Default 3.
   */
  readonly atLeast?: number;
}

const machine = { summary: '', pages: 3, slots: 3, pcid: true, lazy: true, walks: 0 } as const;
const original = kernelFunctions;

/** CPU0 changes what CPU1 has cached; CPU1 accesses again. */
function two(
  name: string,
  first: Scenario['scripts'][number],
  second: Scenario['scripts'][number],
  changes: Partial<Scenario> = {},
): Scenario {
  return { ...machine, name, cpus: 2, mms: [{}], scripts: [first, second], ...changes };
}

/** Two threads store to a page that a fork has write-protected, a third one reads it. */
function breakOfThree(name: string): Scenario {
  // Stores and loads enough to be there still when the fork is done.
  const scripts = [
    script(run(A), write(0), fork(B), write(0)),
    script(run(A), repeat(12, write(0))),
    script(run(A), repeat(40, read(0))),
  ];
  return { ...machine, name, cpus: 3, mms: [{}, { alive: false }], scripts };
}

/** `tlb_flush_mmu_tlbonly` that forgets the flush. */
const noFlush: Setup = {
  replace: {
    *tlbFlushMmuTlbonly(cpu, _nominalPages) {
      yield* cpu.fn.tlbResetRange(cpu);
    },
  },
};

const mprotectWithoutFlush: Setup = {
  replace: {
    *changePte(cpu, mm, page, address) {
      const pte = yield* cpu.readOnce(address);
      if ((pte & PTE_PRESENT) !== 0) {
        const old = yield* cpu.ptepGetAndClear(mm, page, address);
        // Forgets to tell the gather.
        yield* cpu.setPte(mm, page, address, old & ~PTE_WRITE);
      }
      yield* cpu.promise(mm, page, 2);
    },
  },
};

export const plants: readonly Plant[] = [
  {
    name: 'MADV_DONTNEED frees the page without a flush, read',
    class: 'stale-use',
    says: /^CPU1 read page 0 of mm A through a page that had been freed/,
    scenario: two(
      'plant-freed-read',
      script(run(A), write(0), dontneed(0, 1)),
      script(run(A), read(0, 0, 0, 0)),
    ),
    plant: noFlush,
    executions: 60,
  },
  {
    name: 'MADV_DONTNEED frees the page without a flush, write',
    class: 'stale-use',
    says: /^CPU1 wrote to page 0 of mm A through a page that had been freed \(frame \d+\)$/,
    scenario: two(
      'plant-freed-write',
      script(run(A), write(0), dontneed(0, 1)),
      script(run(A), write(0, 0, 0, 0)),
    ),
    plant: noFlush,
    executions: 300,
  },
  {
    name: 'MADV_DONTNEED frees the page while a store to it is still buffered',
    class: 'stale-use',
    says: /through a page that had been freed .*from its store buffer$/,
    scenario: two('plant-freed-drain', script(run(A), write(0), dontneed(0, 1)), script(run(A), write(0, 0))),
    plant: noFlush,
    executions: 400,
  },
  {
    name: 'mprotect does not flush, write',
    class: 'stale-use',
    says: /^CPU1 wrote to page 0 of mm A through a translation revoked by an operation that had returned$/,
    scenario: two(
      'plant-revoked-write',
      script(run(A), write(0), protectRo(0, 1)),
      script(run(A), write(...Array(12).fill(0))),
    ),
    plant: mprotectWithoutFlush,
    executions: 300,
  },
  {
    name: 'mprotect does not flush, and a store is still buffered when it returns',
    class: 'stale-use',
    says: /revoked by an operation that had returned, from its store buffer$/,
    scenario: two(
      'plant-revoked-drain',
      script(run(A), write(0), protectRo(0, 1)),
      script(run(A), write(0, 0)),
    ),
    plant: mprotectWithoutFlush,
    executions: 400,
  },
  {
    name: 'a copy-on-write break does not flush the old entry, read',
    class: 'stale-use',
    says: /^CPU1 read page 0 of mm A through a translation revoked by an operation that had returned$/,
    scenario: two(
      'plant-cow',
      script(run(A), write(0), fork(B), write(0)),
      script(run(A), read(...Array(16).fill(0))),
      {
        mms: [{}, { alive: false }],
      },
    ),
    plant: {
      replace: {
        *ptepClearFlush(cpu, mm, page, address) {
          return yield* cpu.ptepGetAndClear(mm, page, address);
        },
      },
    },
    executions: 300,
  },
  {
    name: 'fork does not flush the parent',
    class: 'stale-use',
    says: /wrote to page \d of mm A through a translation revoked/,
    scenario: two('plant-fork', script(run(A), write(0), fork(B)), script(run(A), write(0, 0, 0, 0)), {
      mms: [{}, { alive: false }],
    }),
    plant: {
      replace: {
        *flushTlbMm() {},
      },
    },
    executions: 100,
  },
  {
    name: 'reclaim frees before its batched flush',
    class: 'stale-use',
    says: /through a page that had been freed/,
    scenario: {
      ...machine,
      name: 'plant-reclaim',
      cpus: 2,
      mms: [{}],
      scripts: [
        script(kthread, { op: 'reclaim', mm: A, page: 0 }),
        script(run(A), write(0), read(0, 0, 0, 0)),
      ],
      start: [{}, { loadedMm: 0 }],
    },
    plant: {
      replace: {
        *archTlbbatchFlush(cpu) {
          for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(cpu.own.ubc.cpumask + word, 0);
        },
      },
    },
    executions: 100,
  },
  {
    name: 'choose_new_asid hands out a recycled slot without a flush',
    class: 'cross-mm',
    says: /^CPU0 used a translation of page 0 filled under mm . while running mm ./,
    scenario: {
      ...machine,
      name: 'plant-recycled',
      cpus: 1,
      slots: 2,
      mms: [{}, {}, {}],
      scripts: [script(run(A), read(0), run(B), read(0), run(C), read(0), run(A), read(0))],
    },
    plant: {
      replace: {
        *chooseNewAsid(cpu, next, gen) {
          const choice = yield* original.chooseNewAsid(cpu, next, gen);
          const asid = choice >> 1;
          const ctxId = yield* cpu.readOnce(cpu.own.tlbstate.ctxs[asid].ctxId);
          // The slot belongs to another mm: no flush all the same, as if an empty generation were enough.
          const other = ctxId !== 0 && ctxId !== (yield* cpu.peek(cpu.mms[next].ctxId));
          return other ? asid * 2 : choice;
        },
      },
    },
    executions: 10,
  },
  {
    name: 'switch_mm keeps the PCID of the mm before',
    class: 'cross-mm',
    scenario: {
      ...machine,
      name: 'plant-same-pcid',
      cpus: 1,
      mms: [{}, {}],
      scripts: [script(run(A), read(0), run(B), read(0), run(A), read(0))],
    },
    plant: {
      replace: {
        *loadNewMmCr3(cpu, next, asid, needFlush, gen) {
          const state = cpu.own.tlbstate;
          if (needFlush) {
            const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
            yield* cpu.writeOnce(state.ctxs[asid].ctxId, ctxId);
            yield* cpu.writeOnce(state.ctxs[asid].tlbGen, gen);
          }
          const root = yield* cpu.peek(cpu.mms[next].pgd);
          // The slots are kept well; CR3 gets the first one's PCID whatever the slot.
          yield* cpu.writeCr3(root, 1, !needFlush);
          yield* cpu.writeOnce(state.loadedMm, next);
          yield* cpu.writeOnce(state.loadedMmAsid, asid);
        },
      },
    },
    executions: 10,
  },
  {
    name: 'a copy-on-write break sets the new entry, then flushes the old one',
    class: 'split-page',
    says: /^CPU2 read page 0 of mm A in frame \d+, while stores to its copy in frame \d+ were visible already$/,
    scenario: breakOfThree('plant-split'),
    plant: {
      replace: {
        *wpPageCopy(cpu, mm, page, table, seen) {
          const address = pteAddress(cpu, table, page);
          const frame = yield* cpu.allocFrame(0);
          yield* cpu.writeOnce(refcountOf(cpu, frame), 1);
          yield* cpu.spinLock(ptlOf(cpu, table));
          const now = pteValue(yield* cpu.readOnce(address));
          const same = (now & PTE_PRESENT) !== 0 && pteFrame(now) === pteFrame(seen);
          if (same) {
            yield* cpu.ptepGetAndClear(mm, page, address);
            yield* cpu.setPte(
              mm,
              page,
              address,
              makePte(frame, PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY),
            );
            yield* cpu.fn.flushTlbMmRange(cpu, mm, page, page + 1, 1, false);
            yield* cpu.promise(mm, page, RIGHT_ALL);
          }
          yield* cpu.spinUnlock(ptlOf(cpu, table));
          yield* cpu.fn.putPage(cpu, same ? pteFrame(seen) : frame);
        },
      },
    },
    executions: 1500,
    atLeast: 2,
  },
  {
    name: 'a copy-on-write break replaces the entry in place, then flushes',
    class: 'split-page',
    scenario: breakOfThree('plant-split-in-place'),
    plant: {
      replace: {
        *ptepClearFlush(cpu, _mm, _page, address) {
          return pteValue(yield* cpu.readOnce(address));
        },
        *wpPageCopy(cpu, mm, page, table, seen) {
          yield* original.wpPageCopy(cpu, mm, page, table, seen);
          yield* cpu.fn.flushTlbMmRange(cpu, mm, page, page + 1, 1, false);
        },
      },
    },
    executions: 1500,
    atLeast: 2,
  },
  {
    name: 'lazy CPUs are skipped when tables are freed',
    class: 'freed-table-walk',
    says: /^a speculative walk of CPU1 read the page-table page in frame \d+, which had been freed$/,
    scenario: two(
      'plant-lazy-tables',
      script(run(A), write(0), munmap(0, 3)),
      script(run(A), read(0), kthread),
      { walks: 12 },
    ),
    plant: { features: { freedTablesReachLazy: false } },
    executions: 600,
  },
  {
    name: 'tables are freed before the flush',
    class: 'freed-table-walk',
    scenario: two(
      'plant-tables-first',
      script(run(A), write(0), munmap(0, 3)),
      script(run(A), read(0, 1, 2)),
      { walks: 8 },
    ),
    plant: {
      replace: {
        *pteFreeTlb(cpu, table, start, end) {
          yield* cpu.fn.tlbAdjustRange(cpu, start, end);
          yield* cpu.poke(cpu.own.gather.freedTables, 1);
          yield* cpu.freeFrame(table);
        },
      },
    },
    executions: 600,
  },
  {
    name: 'two CPUs wait for each other with interrupts off',
    class: 'deadlock',
    says: /nobody can move: CPU0 waits for csd\(0->1\)\.flags .* interrupts off; CPU1 waits for csd\(1->0\)\.flags .* interrupts off/,
    scenario: two(
      'plant-wait-irqs-off',
      script(run(A), write(0), dontneed(0, 1)),
      script(run(A), write(1), dontneed(1, 2)),
    ),
    plant: {
      replace: {
        *waitForCsds(cpu) {
          yield* cpu.localIrqDisable();
          yield* original.waitForCsds(cpu);
          yield* cpu.localIrqEnable();
        },
      },
    },
    executions: 200,
  },
  {
    name: 'the handler forgets to unlock the csd',
    class: 'deadlock',
    says: /CPU0 waits for csd\(0->1\)\.flags \(is 3\), interrupts on/,
    scenario: two('plant-no-ack', script(run(A), write(0), dontneed(0, 1)), script(run(A), write(1, 1))),
    plant: {
      replace: {
        *csdUnlock() {},
      },
    },
    executions: 60,
  },
  {
    name: 'a page fault is thought spurious for ever',
    class: 'livelock',
    says: /^no end in \d+ steps, the last of them fair/,
    scenario: two('plant-spurious', script(run(A), write(0)), script(run(A))),
    plant: {
      replace: {
        *doAnonymousPage() {},
      },
    },
    executions: 4,
    atLeast: 4,
  },
  {
    name: 'the wait for acknowledgments polls a word that nobody clears',
    class: 'livelock',
    scenario: two('plant-polls', script(run(A), write(0), dontneed(0, 1)), script(run(A), write(1, 1))),
    plant: {
      replace: {
        *csdUnlock(cpu, _csd) {
          yield* cpu.barrier();
        },
        *waitForCsds(cpu) {
          for (let target = 0; target < cpu.per.length; target++) {
            while (((yield* cpu.readOnce(cpu.own.cfd.csd[target] + CSD_FLAGS)) & CSD_FLAG_LOCK) !== 0)
              yield* cpu.barrier();
          }
        },
      },
    },
    executions: 12,
  },
  {
    name: 'csd_lock and the initiator do not wait',
    class: 'csd-reuse',
    says: /^CPU0 queued csd\(0->1\) again while its target still had it$/,
    scenario: two(
      'plant-reuse',
      script(run(A), write(0), dontneed(0, 1), write(0), dontneed(0, 1)),
      script(run(A), write(1, 1, 1)),
    ),
    plant: {
      replace: {
        *csdLock(cpu, csd) {
          yield* cpu.writeOnce(csd + CSD_FLAGS, CSD_FLAG_LOCK);
        },
        *waitForCsds() {},
      },
    },
    executions: 200,
  },
  {
    name: 'the csd is unlocked before its function has run',
    class: 'lost-ack',
    says: /^CPU1 acknowledged csd\(0->1\) before its function had run$/,
    scenario: two('plant-early-ack', script(run(A), write(0), dontneed(0, 1)), script(run(A), write(1, 1))),
    plant: {
      replace: {
        *runCsd(cpu, csd) {
          const initiator = yield* cpu.readOnce(csd + CSD_INFO);
          yield* cpu.event(EV_IPI_SERVED, csd, initiator);
          yield* cpu.fn.csdUnlock(cpu, csd);
          yield* cpu.fn.flushTlbFunc(cpu, initiator);
          yield* cpu.event(EV_CSD_RAN, csd, 0);
        },
      },
    },
    executions: 60,
  },
  {
    name: 'an error path unlocks the page-table lock twice',
    class: 'unlock-of-free',
    says: /^CPU0 unlocked page\.ptl\[\d+\], which it did not hold$/,
    scenario: two('plant-unlock', script(run(A), write(0), dontneed(0, 1)), script(run(A), write(0, 0))),
    plant: {
      replace: {
        *zapPageRange(cpu, mm, start, end, promises) {
          yield* original.zapPageRange(cpu, mm, start, end, promises);
          const table = yield* cpu.fn.pmdTable(cpu, mm, start);
          if (table !== NO_TABLE) yield* cpu.spinUnlock(ptlOf(cpu, table));
        },
      },
    },
    executions: 60,
  },
  {
    name: 'flush_tlb_func reads the generation that it stores after the flush',
    class: 'gen-ahead',
    says: /^CPU\d's slot \d claims generation \d+ of mm A but holds a translation of page \d older than generation \d+$/,
    scenario: {
      ...machine,
      name: 'plant-late-read',
      cpus: 3,
      mms: [{}],
      scripts: [
        script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0))),
        script(run(A), write(0, 1), repeat(2, dontneed(1, 2), write(1))),
        script(run(A), read(0, 1, 0, 1, 0, 1)),
      ],
      walks: 16,
    },
    plant: {
      replace: {
        *flushTlbFunc(cpu, initiator) {
          yield* original.flushTlbFunc(cpu, initiator);
          const state = cpu.own.tlbstate;
          const mm = yield* cpu.readOnce(state.loadedMm);
          const asid = yield* cpu.readOnce(state.loadedMmAsid);
          const gen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
          if (mm !== INIT_MM) yield* cpu.writeOnce(state.ctxs[asid].tlbGen, gen);
        },
      },
    },
    executions: 1500,
  },
  {
    name: 'a flush of freed tables is counted as done and not done',
    class: 'gen-ahead',
    says: /^CPU1's slot \d claims generation \d+ of mm A but holds a paging-structure entry for table 0 older than generation \d+$/,
    // CPU1 reads under another table; its walker caches the way to table 0 and finds no translation there.
    scenario: two(
      'plant-structure',
      script(run(A), write(0), munmap(0, 2)),
      script(run(A), read(8, 8, 8, 8, 8, 8)),
      {
        pages: 16,
        walks: 6,
        mms: [
          {
            vmas: [
              [0, 2, true],
              [8, 1, true],
            ],
          },
        ],
      },
    ),
    plant: {
      replace: {
        *flushTlbLocal(cpu) {
          yield* cpu.barrier();
        },
        *flushTlbOneUser(cpu, _page) {
          yield* cpu.barrier();
        },
      },
    },
    executions: 300,
  },
  {
    name: 'a partial flush jumps a gap of generations',
    class: 'gen-ahead',
    scenario: {
      ...machine,
      name: 'plant-gap',
      cpus: 3,
      mms: [{}],
      scripts: [
        script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0))),
        script(run(A), write(0, 1), repeat(2, dontneed(1, 2), write(1))),
        script(run(A), read(0, 1, 0, 1, 0, 1)),
      ],
    },
    plant: {
      replace: {
        *flushTlbLocal(cpu) {
          // A range is a range: flushes the one that the newest request on this CPU's queue names, whatever
          // generations are missing.
          const initiator = cpu.per.find((other) => cpu.machine.mem[other.flushInfo.newTlbGen] > 1);
          const end = initiator === undefined ? TLB_FLUSH_ALL : yield* cpu.readOnce(initiator.flushInfo.end);
          if (initiator === undefined || end === TLB_FLUSH_ALL) {
            yield* original.flushTlbLocal(cpu);
            return;
          }
          const start = yield* cpu.readOnce(initiator.flushInfo.start);
          for (let page = start; page < end; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
        },
      },
    },
    executions: 400,
  },
  {
    name: 'the initiator raises the generation of whatever slot its target has loaded',
    class: 'gen-above-mm',
    says: /^CPU\d's slot \d claims generation \d+ of mm A, which is at \d+$/,
    scenario: {
      ...machine,
      name: 'plant-remote-raise',
      cpus: 2,
      mms: [{ tlbGen: 2 }, { tlbGen: 90 }],
      scripts: [
        script(run(B), write(0), repeat(3, dontneed(0, 1), write(0))),
        script(run(B), read(0), repeat(3, run(A), read(0), run(B), read(0))),
      ],
    },
    plant: {
      replace: {
        *smpCallFunctionManyCond(cpu, mask, conditional) {
          yield* original.smpCallFunctionManyCond(cpu, mask, conditional);
          const gen = yield* cpu.readOnce(cpu.own.flushInfo.newTlbGen);
          const target = cpu.id === 0 ? 1 : 0;
          const asid = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMmAsid);
          yield* cpu.writeOnce(cpu.per[target].tlbstate.ctxs[asid].tlbGen, gen);
        },
      },
    },
    executions: 200,
  },
];
