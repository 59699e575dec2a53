import { describe, expect, it } from 'vitest';
import { MachineObserver } from '../../src/machine/observer.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import { personally, waitingWords } from '../../src/vocabulary/violation-facts.js';
import { Drive } from './drive.js';

describe('condLoadAcquire', () => {
  const waiting = () =>
    plainProgram({
      name: 'waiting',
      words: { x: 0, saw: -1, served: 0 },
      cpus: [
        function* (cpu, at) {
          const value = yield* cpu.condLoadAcquire(at.x, 1, 1);
          yield* cpu.poke(at.saw, value);
        },
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 3);
          yield* cpu.writeOnce(at.x, 4);
          yield* cpu.writeOnce(at.x, 5);
          yield* cpu.sendIpi(0);
        },
      ],
      interrupt: function* (cpu, at) {
        yield* cpu.incReturn(at.served);
        yield* cpu.iret();
      },
    });

  it('cannot move before its condition holds in memory, and then loads in the same step', () => {
    const program = waiting();
    const drive = new Drive(program);
    expect(drive.canRun(0)).toBe(false);
    drive.run(1);
    expect(drive.canRun(0)).toBe(false);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(true);
    drive.run(0);
    expect(drive.machine.mem[program.at.saw]).toBe(3);
  });

  it('waits on when the condition held and ceased before the CPU moved', () => {
    const program = waiting();
    const drive = new Drive(program);
    drive.run(1, 3);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(true);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(false);
    drive.drain(1);
    drive.run(0);
    expect(drive.machine.mem[program.at.saw]).toBe(5);
  });

  it('serves interrupts while it waits, and waits on after them', () => {
    const program = waiting();
    const drive = new Drive(program);
    drive.run(1, 4);
    expect(drive.canRun(0)).toBe(false);
    drive.deliver(0);
    expect(drive.canRun(0)).toBe(true);
    drive.run(0, 2);
    expect(drive.machine.mem[program.at.served]).toBe(1);
    expect(drive.canRun(0)).toBe(false);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(true);
  });

  it('notices what became true during a handler', () => {
    const program = waiting();
    const drive = new Drive(program);
    drive.run(1, 4);
    drive.deliver(0);
    drive.drain(1);
    drive.run(0, 2);
    expect(drive.canRun(0)).toBe(true);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(false);
  });

  it('sees the own buffered store', () => {
    const program = plainProgram({
      name: 'own',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.condLoadAcquire(at.x, -1, 1);
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(0, 2);
    expect(drive.machine.unfinished).toBe(0);
  });

  it('says what it waits for', () => {
    const drive = new Drive(waiting());
    expect(waitingWords(drive.machine.waits.standing(0), personally(drive.machine.program.layout))).toBe(
      'CPU0 waits for x (is 0), interrupts on',
    );
  });

  it('wakes every CPU that waits for the word', () => {
    const wait = function* (cpu: import('../../src/machine/cpu.js').Cpu, at: { x: number }) {
      yield* cpu.condLoadAcquire(at.x, -1, 1);
    };
    const program = plainProgram({
      name: 'three',
      words: { x: 0 },
      cpus: [
        wait,
        wait,
        function* (cpu, at) {
          yield* cpu.xchg(at.x, 1);
          yield* cpu.xchg(at.x, 0);
          yield* cpu.xchg(at.x, 1);
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(2);
    expect([drive.canRun(0), drive.canRun(1)]).toEqual([true, true]);
    drive.run(0);
    drive.run(2);
    // One of the two has gone on; the other is still watched.
    expect(drive.canRun(1)).toBe(false);
    drive.run(2);
    expect(drive.canRun(1)).toBe(true);
  });
});

describe('a spinlock', () => {
  const locking = () =>
    plainProgram({
      name: 'lock',
      words: { lock: 0, x: 0 },
      cpus: [0, 1].map(
        () =>
          function* (cpu, at) {
            yield* cpu.spinLock(at.lock);
            yield* cpu.writeOnce(at.x, cpu.id + 1);
            yield* cpu.spinUnlock(at.lock);
          },
      ),
    });

  it('names its holder and keeps the other CPU out until the release is in memory', () => {
    const program = locking();
    const drive = new Drive(program);
    drive.run(1);
    expect(drive.machine.mem[program.at.lock]).toBe(2);
    expect(drive.canRun(0)).toBe(false);
    drive.run(1, 2);
    expect(drive.canRun(0)).toBe(false);
    drive.drain(1);
    expect([drive.machine.mem[program.at.x], drive.canRun(0)]).toEqual([2, false]);
    drive.drain(1);
    expect(drive.canRun(0)).toBe(true);
    drive.run(0);
    expect(drive.machine.mem[program.at.lock]).toBe(1);
  });

  it('can be taken again by its holder while the release is still buffered', () => {
    const program = plainProgram({
      name: 'again',
      words: { lock: 0 },
      cpus: [
        function* (cpu, at) {
          for (let i = 0; i < 2; i++) {
            yield* cpu.spinLock(at.lock);
            yield* cpu.spinUnlock(at.lock);
          }
        },
      ],
    });
    const drive = new Drive(program);
    drive.run(0, 3);
    expect(drive.machine.mem[program.at.lock]).toBe(1);
    drive.run(0);
    drive.drain(0);
    expect(drive.machine.mem[program.at.lock]).toBe(0);
  });

  it('reports an unlock by a CPU that does not hold it', () => {
    const program = plainProgram({
      name: 'foreign',
      words: { lock: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.spinLock(at.lock);
        },
        function* (cpu, at) {
          yield* cpu.spinUnlock(at.lock);
        },
      ],
    });
    const drive = new Drive(program);
    const told: number[][] = [];
    drive.machine.observer = new (class extends MachineObserver {
      override unlockOfFree(cpu: number, address: number): void {
        told.push([cpu, address]);
      }
    })();
    drive.run(0);
    drive.run(1);
    expect(told).toEqual([[1, program.at.lock]]);
  });
});
