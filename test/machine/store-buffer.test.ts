import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../src/machine/cpu.js';
import { SB_DEPTH } from '../../src/machine/hardware.js';
import { ProgramError, plainProgram } from '../../src/programs/plain-program.js';
import { Drive } from './drive.js';

describe('the store buffer', () => {
  it('holds a store back from memory and forwards it to its own CPU', () => {
    const program = plainProgram({
      name: 'forward',
      words: { x: 0, saw: 0, other: 9 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.writeOnce(at.x, 2);
          const value = yield* cpu.readOnce(at.x);
          yield* cpu.poke(at.saw, value);
        },
        function* (cpu, at) {
          const value = yield* cpu.readOnce(at.x);
          yield* cpu.poke(at.other, value);
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(0, 3);
    drive.run(1);
    const mem = drive.machine.mem;
    expect([mem[program.at.saw], mem[program.at.other], mem[program.at.x]]).toEqual([2, 0, 0]);
    drive.drain(0);
    expect(mem[program.at.x]).toBe(1);
    drive.drain(0);
    expect(mem[program.at.x]).toBe(2);
    expect(drive.canDrain(0)).toBe(false);
    expect(drive.machine.finished).toBe(true);
  });

  it('keeps the machine unfinished until it is empty', () => {
    const program = plainProgram({
      name: 'late',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(0);
    expect(drive.machine.unfinished).toBe(0);
    expect(drive.machine.finished).toBe(false);
    drive.drain(0);
    expect(drive.machine.finished).toBe(true);
  });

  it('drains in order, oldest first, round the ring', () => {
    const stores = SB_DEPTH * 2 + 3;
    const program = plainProgram({
      name: 'order',
      words: { x: Array.from({ length: stores }, () => 0) },
      cpus: [
        function* (cpu, at) {
          for (let i = 0; i < stores; i++) yield* cpu.writeOnce(at.x + i, i + 1);
        },
      ],
    });
    const drive = new Drive(program);
    const done: number[] = [];
    const drainOne = (): void => {
      const before = [...drive.machine.mem.subarray(program.at.x, program.at.x + stores)];
      drive.drain(0);
      done.push(
        [...drive.machine.mem.subarray(program.at.x, program.at.x + stores)].findIndex(
          (value, i) => value !== before[i],
        ),
      );
    };
    for (let i = 0; i < stores; i++) {
      drive.run(0);
      if (i % 2 === 1) drainOne();
    }
    while (drive.canDrain(0)) drainOne();
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect([...drive.machine.mem.subarray(program.at.x, program.at.x + stores)]).toEqual(
      Array.from({ length: stores }, (_, i) => i + 1),
    );
  });

  it('lets its oldest store go when it is full', () => {
    const program = plainProgram({
      name: 'full',
      words: { x: Array.from({ length: SB_DEPTH + 2 }, () => 0) },
      cpus: [
        function* (cpu, at) {
          for (let i = 0; i < SB_DEPTH + 2; i++) yield* cpu.writeOnce(at.x + i, 1);
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(0, SB_DEPTH);
    expect(drive.machine.mem[program.at.x]).toBe(0);
    drive.run(0);
    expect([...drive.machine.mem.subarray(program.at.x, program.at.x + 3)]).toEqual([1, 0, 0]);
    drive.run(0);
    expect([...drive.machine.mem.subarray(program.at.x, program.at.x + 3)]).toEqual([1, 1, 0]);
  });

  it('is not there under sequential consistency', () => {
    const program = plainProgram({
      name: 'sc',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.storeRelease(at.x, 2);
        },
      ],
    });
    const drive = new Drive(program, 'sc');
    drive.run(0);
    expect(drive.machine.mem[program.at.x]).toBe(1);
    expect(drive.canDrain(0)).toBe(false);
    drive.run(0);
    expect(drive.machine.mem[program.at.x]).toBe(2);
  });

  const draining = {
    xchg: (cpu: Cpu, at: number) => cpu.xchg(at, 1),
    'cmpxchg that succeeds': (cpu: Cpu, at: number) => cpu.cmpxchg(at, 0, 1),
    'cmpxchg that fails': (cpu: Cpu, at: number) => cpu.cmpxchg(at, 7, 1),
    'cmpxchgPair that fails': (cpu: Cpu, at: number) => cpu.cmpxchgPair(at, 7, 7, 1, 1),
    fetchAdd: (cpu: Cpu, at: number) => cpu.fetchAdd(at, 1),
    fetchOr: (cpu: Cpu, at: number) => cpu.fetchOr(at, 1),
    fetchAnd: (cpu: Cpu, at: number) => cpu.fetchAnd(at, 1),
    smpMb: (cpu: Cpu) => cpu.smpMb(),
    spinLock: (cpu: Cpu, at: number) => cpu.spinLock(at),
  };
  for (const [name, operation] of Object.entries(draining)) {
    it(`is drained whole by ${name}`, () => {
      const program = plainProgram({
        name,
        words: { x: 0, y: 0 },
        pairs: { word: [0, 0] },
        cpus: [
          function* (cpu, at) {
            yield* cpu.writeOnce(at.x, 1);
            yield* cpu.writeOnce(at.y, 1);
            yield* operation(cpu, at.word);
          },
        ],
      });
      const drive = new Drive(program);
      drive.run(0, 3);
      expect([drive.machine.mem[program.at.x], drive.machine.mem[program.at.y]]).toEqual([1, 1]);
      expect(drive.canDrain(0)).toBe(false);
    });
  }

  const plain = {
    readOnce: (cpu: Cpu, at: number) => cpu.readOnce(at),
    loadAcquire: (cpu: Cpu, at: number) => cpu.loadAcquire(at),
    storeRelease: (cpu: Cpu, at: number) => cpu.storeRelease(at, 1),
    condLoadAcquire: (cpu: Cpu, at: number) => cpu.condLoadAcquire(at, 1, 0),
    localIrqDisable: (cpu: Cpu) => cpu.localIrqDisable(),
    sendIpi: (cpu: Cpu) => cpu.sendIpi(0),
  };
  for (const [name, operation] of Object.entries(plain)) {
    it(`is left alone by ${name}`, () => {
      const program = plainProgram({
        name,
        words: { x: 0, word: 0 },
        cpus: [
          function* (cpu, at) {
            yield* cpu.writeOnce(at.x, 1);
            yield* operation(cpu, at.word);
          },
        ],
      });
      const drive = new Drive(program);
      drive.run(0, 2);
      expect(drive.machine.mem[program.at.x]).toBe(0);
    });
  }
});

describe('locked operations', () => {
  it('return what the kernel functions return', () => {
    const results: number[] = [];
    const program = plainProgram({
      name: 'results',
      words: { x: 5, mask: 0b101 },
      pairs: { pair: [3, 4] },
      cpus: [
        function* (cpu, at) {
          results.push(yield* cpu.xchg(at.x, 6));
          results.push(yield* cpu.cmpxchg(at.x, 6, 7));
          results.push(yield* cpu.cmpxchg(at.x, 6, 8));
          results.push(yield* cpu.fetchAdd(at.x, 3));
          results.push(yield* cpu.incReturn(at.x));
          results.push(yield* cpu.decReturn(at.x));
          results.push(yield* cpu.fetchOr(at.mask, 0b010));
          results.push(yield* cpu.fetchAnd(at.mask, 0b110));
          results.push(yield* cpu.cmpxchgPair(at.pair, 3, 5, 1, 1));
          results.push(yield* cpu.cmpxchgPair(at.pair, 3, 4, 1, 2));
        },
      ],
    });
    const drive = new Drive(program);
    drive.runAll(0);
    expect(results).toEqual([5, 6, 7, 7, 11, 10, 0b101, 0b111, 0, 1]);
    const { mem } = drive.machine;
    expect([mem[program.at.x], mem[program.at.mask], mem[program.at.pair], mem[program.at.pair + 1]]).toEqual(
      [10, 0b110, 1, 2],
    );
    expect(program.at.pair % 2).toBe(0);
  });

  it.each([
    ['above', 0x7fffffff, 1],
    ['below', -0x80000000, -1],
  ])('never wrap: an overflow %s is a mistake of the program', (_where, value, addend) => {
    const program = plainProgram({
      name: 'overflow',
      words: { x: value },
      cpus: [
        function* (cpu, at) {
          yield* cpu.fetchAdd(at.x, addend);
        },
      ],
    });
    const drive = new Drive(program);
    expect(() => drive.run(0)).toThrow(ProgramError);
  });
});
