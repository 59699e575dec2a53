import { describe, expect, it } from 'vitest';
import {
  addRequest,
  INVLPGB_ASID,
  INVLPGB_FINAL_ONLY,
  INVLPGB_PCID,
  INVLPGB_PMD_STRIDE,
  INVLPGB_VA,
  LIST_WORDS,
  REQUESTS_MAX,
} from '../../src/machine/broadcast.js';
import type { Cpu } from '../../src/machine/cpu.js';
import * as H from '../../src/machine/hardware.js';
import { OperandError } from '../../src/machine/operands.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from '../../src/machine/pte.js';
import { userAccess } from '../../src/machine/user-access.js';
import { Drive, mmuProgram, ROOT, SECOND_ROOT } from './drive.js';

/** A24: INVLPGB and TLBSYNC. */

const FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER;
type Body = (cpu: Cpu) => Protocol<void>;

/** CPU 0 runs the body; CPU 1 fills its TLB with pages 0, 1 and 8 of PCID 1 and page 0 of PCID 2 before. */
function drive(
  body: Body,
  machine: { waitsForAccesses?: boolean; tce?: boolean } = {},
  after: Body = nothing,
  more: readonly Body[] = [],
): Drive {
  const made = new Drive(
    mmuProgram(
      [
        body,
        function* (cpu) {
          for (const page of [0, 1, 8]) yield* userAccess(cpu, page, true);
          yield* cpu.writeCr3(SECOND_ROOT, 2, true);
          yield* userAccess(cpu, 0, false);
          yield* cpu.writeCr3(ROOT, 1, true);
          yield* after(cpu);
        },
        ...more,
      ],
      FLAGS,
      { waitsForAccesses: machine.waitsForAccesses ?? true, tce: machine.tce ?? false },
    ),
  );
  made.runAll(1);
  return made;
}

function* nothing(): Protocol<void> {}

const invlpgb = (flags: number, pcid = 0, page = 0, pages = 0): Body =>
  function* (cpu) {
    yield* cpu.invlpgb(flags, pcid, page, pages);
    yield* cpu.tlbsync();
  };

function cached(machine: Drive, id = 1): { leaves: string[]; structures: string[] } {
  const read = (countAt: number, base: number): string[] =>
    Array.from({ length: machine.hardware(id, countAt) }, (_, i) => {
      const key = machine.hardware(id, base + i * H.TLB_WORDS + H.TLB_KEY);
      return `${key >> 8}:${key & 0xff}`;
    });
  return { leaves: read(H.TLB_COUNT, H.TLB_BASE), structures: read(H.PSC_COUNT, H.PSC_BASE) };
}

const ALL = { leaves: ['1:0', '1:1', '1:8', '2:0'], structures: ['1:0', '1:1', '2:0'] };

describe('INVLPGB', () => {
  it('returns before anybody has done anything; each MMU moves by itself', () => {
    const two = drive(invlpgb(INVLPGB_ASID | INVLPGB_PCID, 1));
    two.run(0);
    expect(cached(two)).toEqual(ALL);
    expect([two.canInvalidate(0), two.canInvalidate(1)]).toEqual([true, true]);
    expect(two.invalidate(1)).toBe(0);
    expect(cached(two)).toEqual({ leaves: ['2:0'], structures: ['2:0'] });
    expect([two.canInvalidate(0), two.canInvalidate(1)]).toEqual([true, false]);
  });

  const left = (flags: number, pcid = 0, page = 0, pages = 0, tce = false): unknown => {
    const two = drive(invlpgb(flags, pcid, page, pages), { tce });
    two.run(0);
    two.invalidate(1);
    return cached(two);
  };

  it('drops what its flags select', () => {
    expect(left(INVLPGB_ASID)).toEqual({ leaves: [], structures: [] });
    expect(left(INVLPGB_PCID, 2)).toEqual({ leaves: ['1:0', '1:1', '1:8'], structures: ['1:0', '1:1'] });
    expect(left(INVLPGB_VA | INVLPGB_PCID, 1, 0, 1)).toEqual({
      leaves: ['1:1', '1:8', '2:0'],
      structures: ['2:0'],
    });
    expect(left(INVLPGB_VA, 0, 0, 2)).toEqual({ leaves: ['1:8'], structures: [] });
    expect(left(INVLPGB_VA | INVLPGB_PCID | INVLPGB_FINAL_ONLY, 1, 0, 2)).toEqual({
      leaves: ['1:8', '2:0'],
      structures: ALL.structures,
    });
    // Pages 0 and 8: a leaf table apart.
    expect(left(INVLPGB_VA | INVLPGB_PCID | INVLPGB_PMD_STRIDE, 1, 0, 2)).toEqual({
      leaves: ['1:1', '2:0'],
      structures: ['2:0'],
    });
  });

  it('keeps other upper-level entries where EFER.TCE is set', () => {
    expect(left(INVLPGB_VA | INVLPGB_PCID, 1, 8, 1, true)).toEqual({
      leaves: ['1:0', '1:1', '2:0'],
      structures: ['1:0', '2:0'],
    });
    expect(left(INVLPGB_VA, 0, 0, 1, true)).toEqual({ leaves: ['1:1', '1:8'], structures: ['1:1'] });
  });

  it('does not wait for the stores of the CPU that executes it', () => {
    const two = drive(function* (cpu) {
      yield* cpu.writeOnce(0, 0x77);
      yield* cpu.invlpgb(INVLPGB_ASID, 0, 0, 0);
    });
    two.run(0, 2);
    two.invalidate(1);
    expect([two.canDrain(0), two.machine.mem[0] === 0x77]).toEqual([true, false]);
  });

  it('ends a walk in flight of what it selects, and no other', () => {
    const walking = (pcid: number): boolean => {
      const two = drive(invlpgb(INVLPGB_PCID, pcid));
      two.walk(1, 3);
      expect(two.machine.mmu.walking(two.machine.block(1))).toBe(true);
      two.run(0);
      two.invalidate(1);
      return two.machine.mmu.walking(two.machine.block(1));
    };
    expect([walking(1), walking(2)]).toEqual([false, true]);
  });

  it('acts on a CPU with interrupts off and is no barrier for its code', () => {
    const two = drive(invlpgb(INVLPGB_ASID), {}, function* (cpu) {
      yield* cpu.localIrqDisable();
      yield* cpu.writeOnce(0, 0x55);
      yield* cpu.condLoadAcquire(1, -1, 1);
    });
    two.run(0);
    two.invalidate(1);
    expect([two.canDrain(1), two.hardware(1, H.IF)]).toEqual([true, 0]);
  });

  it('is refused where CPUs do not broadcast, and so is TLBSYNC', () => {
    const plain = (body: Body) => (): void => new Drive(mmuProgram([body])).runAll(0);
    expect(plain(invlpgb(INVLPGB_ASID))).toThrow(OperandError);
    expect(
      plain(function* (cpu) {
        yield* cpu.tlbsync();
      }),
    ).toThrow('needs CPUs that broadcast invalidations');
    const two = (body: Body) => (): void => drive(body).run(0);
    expect(two(invlpgb(64))).toThrow(OperandError);
    expect(two(invlpgb(INVLPGB_PCID, 4096))).toThrow(OperandError);
    expect(two(invlpgb(INVLPGB_VA, 0, 31, 2))).toThrow(OperandError);
    expect(two(invlpgb(INVLPGB_VA, 0, 0, -1))).toThrow(OperandError);
  });

  it('with more requests than fit asks for everything', () => {
    const mem = new Int32Array(LIST_WORDS);
    for (let i = 0; i < REQUESTS_MAX; i++) addRequest(mem, 0, [INVLPGB_PCID, 7, i, 1]);
    expect([mem[0], mem[1], mem[2]]).toEqual([REQUESTS_MAX, INVLPGB_PCID, 7]);
    addRequest(mem, 0, [INVLPGB_PCID, 7, 0, 1]);
    expect(Array.from(mem.subarray(0, 5))).toEqual([1, 0, 0, 0, 0]);
  });
});

describe('TLBSYNC', () => {
  it('waits for all, its own MMU too', () => {
    const two = drive(invlpgb(INVLPGB_ASID));
    two.run(0);
    expect(two.canRun(0)).toBe(false);
    two.invalidate(1);
    expect(two.canRun(0)).toBe(false);
    two.invalidate(0);
    expect(two.canRun(0)).toBe(true);
  });

  it("waits for this CPU's broadcasts and not for another's", () => {
    const three = drive(
      function* (cpu) {
        yield* cpu.tlbsync();
      },
      {},
      nothing,
      [invlpgb(INVLPGB_ASID)],
    );
    three.run(2);
    expect([three.canRun(0), three.canRun(2)]).toEqual([true, false]);
  });

  it('a target that two CPUs want something of does either first', () => {
    const three = drive(invlpgb(INVLPGB_PCID, 1), {}, nothing, [invlpgb(INVLPGB_PCID, 2)]);
    three.run(0);
    three.run(2);
    three.machine.choose = (n) => n - 1;
    expect(three.invalidate(1)).toBe(2);
    expect(cached(three).leaves).toEqual(['1:0', '1:1', '1:8']);
    expect(three.invalidate(1)).toBe(0);
    expect(cached(three).leaves).toEqual([]);
  });

  it('a request that comes after a target has done the one before is done too', () => {
    const two = drive(function* (cpu) {
      yield* cpu.invlpgb(INVLPGB_VA | INVLPGB_PCID, 1, 0, 1);
      yield* cpu.invlpgb(INVLPGB_VA | INVLPGB_PCID, 1, 1, 1);
      yield* cpu.tlbsync();
    });
    two.run(0);
    two.invalidate(1);
    expect(cached(two).leaves).toEqual(['1:1', '1:8', '2:0']);
    two.run(0);
    two.invalidate(0);
    expect(two.canRun(0)).toBe(false);
    two.invalidate(1);
    expect([two.canRun(0), cached(two).leaves]).toEqual([true, ['1:8', '2:0']]);
  });

  it('comes after the stores that a target made through what has gone, unless the CPUs are made otherwise', () => {
    const stored = (waitsForAccesses: boolean): boolean => {
      const two = drive(invlpgb(INVLPGB_ASID), { waitsForAccesses }, function* (cpu) {
        yield* userAccess(cpu, 0, true);
      });
      two.run(0);
      two.invalidate(1);
      two.invalidate(0);
      expect(two.canRun(0)).toBe(true);
      return !two.canDrain(1);
    };
    expect([stored(true), stored(false)]).toEqual([true, false]);
  });
});
