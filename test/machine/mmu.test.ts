import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../src/machine/cpu.js';
import * as H from '../../src/machine/hardware.js';
import {
  ACCESS_FAULT,
  ACCESS_MISS,
  ACCESS_OK,
  WALK_CONTINUE,
  WALK_DONE,
  WALK_FAULT,
} from '../../src/machine/mmu.js';
import { MachineObserver } from '../../src/machine/observer.js';
import type { Op, Protocol } from '../../src/machine/protocol.js';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  pteValue,
  pteVersion,
  withVersion,
} from '../../src/machine/pte.js';
import { userAccess } from '../../src/machine/user-access.js';
import { Drive, frameOf, MM, mmuProgram, ROOT, SECOND_ROOT, SECOND_TABLE, TABLE } from './drive.js';

const RWU = PTE_PRESENT | PTE_WRITE | PTE_USER;
const AD = PTE_ACCESSED | PTE_DIRTY;

/** One CPU that executes the operations in turn; their results. */
function results(operations: ((cpu: Cpu) => Op)[], flags?: number): { drive: Drive; values: number[] } {
  const values: number[] = [];
  const drive = new Drive(
    mmuProgram(
      [
        function* (cpu) {
          for (const operation of operations) values.push(yield* operation(cpu));
        },
      ],
      flags,
    ),
  );
  drive.runAll(0);
  return { drive, values };
}

/**
 * Pages in the TLB as `pcid:page`, oldest first; the same for the paging-structure cache with root indices.
 */
function cached(drive: Drive, id = 0): { leaves: string[]; structures: string[] } {
  const read = (countAt: number, base: number): string[] =>
    Array.from({ length: drive.hardware(id, countAt) }, (_, i) => {
      const key = drive.hardware(id, base + i * H.TLB_WORDS + H.TLB_KEY);
      return `${key >> 8}:${key & 0xff}`;
    });
  return { leaves: read(H.TLB_COUNT, H.TLB_BASE), structures: read(H.PSC_COUNT, H.PSC_BASE) };
}

const access =
  (page: number, write = false) =>
  (cpu: Cpu) =>
    cpu.userAccess(page, write);
const walk =
  (page: number, write = false) =>
  (cpu: Cpu) =>
    cpu.walk(page, write);
const cr3 = (root: number, pcid: number, noFlush: boolean) => (cpu: Cpu) => cpu.writeCr3(root, pcid, noFlush);

/** Fills the TLB with pages 0, 1 and 8 of PCID 1 and page 0 of PCID 2, then does what a test wants. */
function filled(last: (cpu: Cpu) => Op): Drive {
  const drive = new Drive(
    mmuProgram([
      function* (cpu) {
        for (const page of [0, 1, 8]) yield* userAccess(cpu, page, false);
        yield* cpu.writeCr3(SECOND_ROOT, 2, true);
        yield* userAccess(cpu, 0, false);
        yield* cpu.writeCr3(ROOT, 1, true);
        yield* last(cpu);
      },
    ]),
  );
  drive.runAll(0);
  return drive;
}

describe('a walk', () => {
  it('reads a level a step, sets A in a step of its own, and then the access hits', () => {
    const { drive, values } = results([access(0), walk(0), walk(0), walk(0), access(0)]);
    expect(values).toEqual([ACCESS_MISS, WALK_CONTINUE, WALK_CONTINUE, WALK_DONE, ACCESS_OK]);
    const program = drive.machine.program as ReturnType<typeof mmuProgram>;
    expect(pteValue(drive.machine.mem[program.entry(TABLE, 0)])).toBe(
      makePte(frameOf(0), RWU | PTE_ACCESSED),
    );
    expect(cached(drive)).toEqual({ leaves: ['1:0'], structures: ['1:0'] });
  });

  it('needs no step for A and D that are set already', () => {
    expect(results([walk(0, true), walk(0, true), access(0, true)], RWU | AD).values).toEqual([
      WALK_CONTINUE,
      WALK_DONE,
      ACCESS_OK,
    ]);
  });

  it('takes the table from the paging-structure cache the next time', () => {
    const { values } = results([walk(0), walk(0), walk(1), walk(9), walk(9)], RWU | AD);
    expect(values).toEqual([WALK_CONTINUE, WALK_DONE, WALK_DONE, WALK_CONTINUE, WALK_DONE]);
  });

  it('goes on through a cached table that was unlinked meanwhile', () => {
    const { drive, values } = results(
      [
        walk(0),
        walk(0),
        (cpu) => cpu.ptepGetAndClear(MM, 32, rootEntry()),
        walk(1),
        (cpu) => cpu.invlpg(5),
        walk(1),
      ],
      RWU | AD,
    );
    expect(values.slice(3)).toEqual([WALK_DONE, 0, WALK_FAULT]);
    expect(drive.machine.mem[rootEntry()] & PTE_PRESENT).toBe(0);
  });

  it('faults on what is not present, not writable or not for users, and leaves nothing in the TLB', () => {
    expect(results([walk(20)]).values).toEqual([WALK_FAULT]);
    const readOnly = results([walk(0, true), walk(0, true)], PTE_PRESENT | PTE_USER);
    expect(readOnly.values).toEqual([WALK_CONTINUE, WALK_FAULT]);
    const kernel = results([walk(0), walk(0)], PTE_PRESENT | PTE_WRITE);
    expect(kernel.values).toEqual([WALK_CONTINUE, WALK_FAULT]);
    expect(cached(kernel.drive).leaves).toEqual([]);
  });

  it('starts again when the entry changed between its read and the setting of A', () => {
    const values: number[] = [];
    const program = mmuProgram([
      function* (cpu) {
        for (let i = 0; i < 5; i++) values.push(yield* cpu.walk(0, false));
      },
      function* (cpu) {
        yield* cpu.ptepSetWrprotect(MM, 0, program.entry(TABLE, 0));
      },
    ]);
    const drive = new Drive(program);
    drive.run(0, 2);
    drive.run(1);
    drive.run(0, 3);
    // Root, leaf, failed compare; then leaf (the table is cached) and A.
    expect(values).toEqual([WALK_CONTINUE, WALK_CONTINUE, WALK_CONTINUE, WALK_CONTINUE, WALK_DONE]);
    const entry = drive.hardware(0, H.TLB_BASE + H.TLB_PTE);
    expect([entry & PTE_WRITE, pteVersion(entry)]).toEqual([0, 1]);
    expect(drive.machine.mem[program.entry(TABLE, 0)] & (PTE_WRITE | PTE_ACCESSED)).toBe(PTE_ACCESSED);
  });

  it.each([
    ['a CR3 write that flushes', cr3(ROOT, 1, false), 3],
    ['a CR3 write that does not', cr3(ROOT, 1, true), 2],
    ['an INVLPG of any page', (cpu: Cpu) => cpu.invlpg(7), 3],
    ['an INVPCID of another PCID', (cpu: Cpu) => cpu.invpcid(1, 5, 0), 2],
  ])('is ended by %s', (_what, flush, steps) => {
    // In flight: the leaf has been read, A is to be set.
    const { values } = results([walk(0), walk(0), flush, walk(0), walk(0), walk(0)]);
    const after = values.slice(3, 3 + steps);
    expect(after).toEqual([...Array.from({ length: steps - 1 }, () => WALK_CONTINUE), WALK_DONE]);
  });

  it('does not see what is still in a store buffer, its own included', () => {
    const { values } = results(
      [
        walk(0),
        walk(0),
        (cpu) => cpu.setPte(MM, 1, leafEntry(1), 0),
        walk(1),
        (cpu) => cpu.smpMb(),
        (cpu) => cpu.faultEntry(1),
        walk(1),
        walk(1),
      ],
      RWU | AD,
    );
    expect([values[3], values[7]]).toEqual([WALK_DONE, WALK_FAULT]);
  });

  it('by the environment fills the TLB without an access, and sets A but never D', () => {
    const program = mmuProgram([
      function* (cpu) {
        yield* cpu.userAccess(1, false);
        yield* cpu.userAccess(1, true);
      },
    ]);
    const drive = new Drive(program);
    const touched: number[] = [];
    drive.machine.observer = new (class extends MachineObserver {
      override userAccess(): void {
        touched.push(1);
      }
    })();
    for (let i = 0; i < 3; i++) drive.walk(0, 1);
    expect(cached(drive).leaves).toEqual(['1:1']);
    expect(drive.machine.mem[program.entry(TABLE, 1)] & AD).toBe(PTE_ACCESSED);
    expect([drive.machine.walkerSteps, touched.length]).toEqual([3, 0]);
    drive.run(0, 2);
    expect(touched.length).toBe(1);
  });
});

describe('a user access', () => {
  it('through a clean entry walks again for its first store, which sets D', () => {
    const { drive, values } = results([
      walk(0),
      walk(0),
      walk(0),
      access(0),
      access(0, true),
      walk(0, true),
      walk(0, true),
      access(0, true),
    ]);
    expect(values).toEqual([
      WALK_CONTINUE,
      WALK_CONTINUE,
      WALK_DONE,
      ACCESS_OK,
      ACCESS_MISS,
      WALK_CONTINUE,
      WALK_DONE,
      ACCESS_OK,
    ]);
    expect(drive.machine.mem[leafEntry(0)] & AD).toBe(AD);
    expect(cached(drive).leaves).toEqual(['1:0']);
  });

  it('through a dirty entry stores without a look at the table, even after D or W went away there', () => {
    const { values } = results(
      [walk(0, true), walk(0, true), (cpu) => cpu.ptepSetWrprotect(MM, 0, leafEntry(0)), access(0, true)],
      RWU | AD,
    );
    expect(values[3]).toBe(ACCESS_OK);
  });

  it('faults on an entry that lacks the right; the fault drops the entry, and the access walks again', () => {
    const { values } = results(
      [walk(0), walk(0), walk(0), access(0, true), (cpu) => cpu.faultEntry(0), access(0, true)],
      PTE_PRESENT | PTE_USER,
    );
    expect([values[3], values[5]]).toEqual([ACCESS_FAULT, ACCESS_MISS]);
  });

  it('stores through the store buffer, judged at the access and again at the drain', () => {
    const told: string[] = [];
    const program = mmuProgram(
      [
        function* (cpu) {
          yield* userAccess(cpu, 2, true);
        },
      ],
      RWU | AD,
    );
    program.image[program.entry(TABLE, 2)] = withVersion(program.image[program.entry(TABLE, 2)], 6);
    const drive = new Drive(program);
    drive.machine.observer = new (class extends MachineObserver {
      override userAccess(cpu: number, entry: number, write: boolean): void {
        told.push(`access ${cpu} ${drive.machine.mem[entry + H.TLB_KEY] & 0xff} ${write}`);
      }
      override userStoreDrained(
        cpu: number,
        frame: number,
        alloc: number,
        ghost: number,
        version: number,
      ): void {
        told.push(
          `drain ${cpu} frame ${frame} alloc ${alloc} ghost ${ghost - drive.machine.ghost.index(MM, 0)} ` +
            `version ${version}`,
        );
      }
    })();
    drive.runAll(0);
    expect(told).toEqual(['access 0 2 true']);
    drive.drain(0);
    expect(told[1]).toBe(`drain 0 frame ${frameOf(2)} alloc 0 ghost 2 version 6`);
  });
});

describe('the TLB', () => {
  it('is tagged by PCID: another PCID misses, and its entries stay', () => {
    const { drive, values } = results(
      [walk(0), walk(0), cr3(SECOND_ROOT, 2, true), access(0), cr3(ROOT, 1, true), access(0)],
      RWU | AD,
    );
    expect([values[3], values[5]]).toEqual([ACCESS_MISS, ACCESS_OK]);
    expect(cached(drive)).toEqual({ leaves: ['1:0'], structures: ['1:0'] });
  });

  it('remembers who owned the root at the fill', () => {
    const drive = filled((cpu) => cpu.smpMb());
    const owner = (i: number): number =>
      drive.hardware(0, H.TLB_BASE + i * H.TLB_WORDS + H.TLB_OWNER) & 0x3ff;
    expect(cached(drive).leaves).toEqual(['1:0', '1:1', '1:8', '2:0']);
    expect([owner(0), owner(3)]).toEqual([MM, MM + 1]);
  });

  it.each([
    [
      'a CR3 write with no-flush drops nothing',
      cr3(SECOND_ROOT, 2, true),
      ['1:0', '1:1', '1:8', '2:0'],
      ['1:0', '1:1', '2:0'],
    ],
    [
      'a CR3 write drops the new PCID only',
      cr3(SECOND_ROOT, 2, false),
      ['1:0', '1:1', '1:8'],
      ['1:0', '1:1'],
    ],
    ['a CR3 write with the same PCID drops it', cr3(ROOT, 1, false), ['2:0'], ['2:0']],
    [
      'INVLPG drops one page of the current PCID, and all its paging-structure entries',
      (cpu: Cpu) => cpu.invlpg(0),
      ['1:1', '1:8', '2:0'],
      ['2:0'],
    ],
    [
      'INVLPG of a page that is not there still drops paging-structure entries',
      (cpu: Cpu) => cpu.invlpg(5),
      ['1:0', '1:1', '1:8', '2:0'],
      ['2:0'],
    ],
    [
      'INVPCID type 0 keeps paging-structure entries of other addresses',
      (cpu: Cpu) => cpu.invpcid(0, 1, 8),
      ['1:0', '1:1', '2:0'],
      ['1:0', '2:0'],
    ],
    [
      'a page fault drops what translates its address',
      (cpu: Cpu) => cpu.faultEntry(0),
      ['1:1', '1:8', '2:0'],
      ['1:1', '2:0'],
    ],
    [
      'a page fault drops the paging-structure entry where there is no other',
      (cpu: Cpu) => cpu.faultEntry(2),
      ['1:0', '1:1', '1:8', '2:0'],
      ['1:1', '2:0'],
    ],
    [
      'INVPCID type 0 drops one page of the PCID named',
      (cpu: Cpu) => cpu.invpcid(0, 2, 0),
      ['1:0', '1:1', '1:8'],
      ['1:0', '1:1'],
    ],
    [
      'INVPCID type 1 drops the PCID named',
      (cpu: Cpu) => cpu.invpcid(1, 2, 0),
      ['1:0', '1:1', '1:8'],
      ['1:0', '1:1'],
    ],
    ['INVPCID type 2 drops everything', (cpu: Cpu) => cpu.invpcid(2, 0, 0), [], []],
    ['INVPCID type 3 drops everything', (cpu: Cpu) => cpu.invpcid(3, 0, 0), [], []],
  ])('%s', (_what, last, leaves, structures) => {
    expect(cached(filled(last))).toEqual({ leaves, structures });
  });

  it('without PCIDs is emptied by every switch', () => {
    const { drive, values } = results(
      [cr3(ROOT, 0, false), walk(0), walk(0), access(0), cr3(SECOND_ROOT, 0, false), access(0)],
      RWU | AD,
    );
    expect([values[3], values[5]]).toEqual([ACCESS_OK, ACCESS_MISS]);
    expect(cached(drive)).toEqual({ leaves: [], structures: [] });
  });

  it('drops its oldest entry when it is full', () => {
    const pages = Array.from({ length: 16 }, (_, page) => page);
    const drive = new Drive(
      mmuProgram(
        [
          function* (cpu) {
            for (const page of pages) yield* userAccess(cpu, page, false);
            yield* cpu.writeCr3(ROOT, 2, true);
            yield* userAccess(cpu, 3, false);
          },
        ],
        RWU | AD,
      ),
    );
    drive.runAll(0);
    expect(H.TLB_CAPACITY).toBe(16);
    expect(cached(drive).leaves).toEqual([...pages.slice(1).map((page) => `1:${page}`), '2:3']);
  });

  it('belongs to its CPU: nobody else changes it', () => {
    const drive = new Drive(
      mmuProgram(
        [
          function* (cpu) {
            yield* userAccess(cpu, 0, false);
          },
          function* (cpu) {
            yield* userAccess(cpu, 0, false);
            yield* cpu.invpcid(2, 0, 0);
          },
        ],
        RWU | AD,
      ),
    );
    drive.runAll(0);
    drive.runAll(1);
    expect([cached(drive, 0).leaves, cached(drive, 1).leaves]).toEqual([['1:0'], []]);
  });
});

describe('serialising instructions', () => {
  it.each([
    ['CR3 write', cr3(ROOT, 1, true)],
    ['INVLPG', (cpu: Cpu) => cpu.invlpg(0)],
    ['INVPCID', (cpu: Cpu) => cpu.invpcid(2, 0, 0)],
    ['page fault', (cpu: Cpu) => cpu.faultEntry(0)],
    ['ptep_get_and_clear', (cpu: Cpu) => cpu.ptepGetAndClear(MM, 1, leafEntry(1))],
    ['ptep_set_wrprotect', (cpu: Cpu) => cpu.ptepSetWrprotect(MM, 1, leafEntry(1))],
  ])('drain the store buffer: %s', (_what, last) => {
    const { drive } = results([(cpu) => cpu.writeOnce(leafEntry(7), 77), last]);
    expect(drive.machine.mem[leafEntry(7)]).toBe(77);
  });

  it('but set_pte is a plain store', () => {
    const { drive } = results([(cpu) => cpu.setPte(MM, 2, leafEntry(2), makePte(9, RWU))]);
    expect(pteVersion(drive.machine.mem[leafEntry(2)])).toBe(0);
    drive.drain(0);
    expect([pteValue(drive.machine.mem[leafEntry(2)]), pteVersion(drive.machine.mem[leafEntry(2)])]).toEqual([
      makePte(9, RWU),
      1,
    ]);
  });
});

describe('frames', () => {
  it('are handed out zeroed, last freed first, and count their allocations', () => {
    const seen: number[] = [];
    const program = mmuProgram([
      function* (cpu): Protocol<void> {
        const frame = yield* cpu.allocFrame(0);
        seen.push(frame);
        yield* cpu.writeOnce(program.entry(frame, 3), 5);
        yield* cpu.freeFrame(frame);
        const again = yield* cpu.allocFrame(0);
        seen.push(again, yield* cpu.readOnce(program.entry(again, 3)));
      },
    ]);
    const drive = new Drive(program);
    drive.runAll(0);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).toBe(0);
    expect(drive.machine.mem[drive.machine.ghost.allocOf(seen[0])]).toBe(1);
  });

  it('freed after a grace period wait for every CPU that had interrupts off', () => {
    let frame = -1;
    const program = mmuProgram([
      function* (cpu): Protocol<void> {
        frame = yield* cpu.allocFrame(0);
        yield* cpu.freeFrameRcu(frame);
      },
      function* (cpu): Protocol<void> {
        yield* cpu.localIrqDisable();
        yield* cpu.localIrqEnable();
      },
      function* (cpu): Protocol<void> {
        yield* cpu.smpMb();
        yield* cpu.localIrqDisable();
      },
    ]);
    const drive = new Drive(program);
    const released = (): number => drive.machine.mem[drive.machine.ghost.allocOf(frame)];
    drive.run(1);
    drive.run(0, 2);
    expect(released()).toBe(0);
    // Whoever turns interrupts off later is not waited for.
    drive.run(2);
    expect(released()).toBe(0);
    drive.run(1);
    expect(released()).toBe(1);
  });
});

/** Words of the little address space; the same in every program of mmuProgram. */
function leafEntry(page: number): number {
  return mmuProgram([]).entry(page < 8 ? TABLE : SECOND_TABLE, page % 8);
}
function rootEntry(): number {
  return mmuProgram([]).entry(ROOT, 0);
}
