import { describe, expect, it } from 'vitest';
import { IF, IN_NMI } from '../../src/machine/hardware.js';
import { type PlainProgramSpec, plainProgram } from '../../src/programs/plain-program.js';
import { Drive } from './drive.js';

type Words = { x: number; served: number; nmis: number; saw: number };
type Script = PlainProgramSpec<Words, Record<never, never>>['cpus'][number];

/** CPU 1 sends; CPU 0 is what a test is about. Handlers count themselves. */
function program(first: Script, second: Script, interrupt?: Script) {
  return plainProgram<Words>({
    name: 'interrupts',
    words: { x: 0, served: 0, nmis: 0, saw: -1 },
    cpus: [first, second],
    interrupt:
      interrupt ??
      function* (cpu, at) {
        yield* cpu.incReturn(at.served);
        yield* cpu.iret();
      },
    nmi: function* (cpu, at) {
      yield* cpu.incReturn(at.nmis);
      yield* cpu.iret();
    },
  });
}

const sendTwice: Script = function* (cpu) {
  yield* cpu.sendIpi(0);
  yield* cpu.sendIpi(0);
};

describe('an IPI', () => {
  it('is delivered by the line, never by a step of the CPU', () => {
    const p = program(function* (cpu, at) {
      yield* cpu.readOnce(at.x);
      yield* cpu.readOnce(at.x);
      yield* cpu.readOnce(at.x);
    }, sendTwice);
    const drive = new Drive(p);
    drive.run(1);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.served]).toBe(0);
    drive.deliver(0);
    drive.run(0);
    expect(drive.machine.mem[p.at.served]).toBe(1);
  });

  it('is merged with one that is still in flight, and not with one that was delivered', () => {
    const p = program(function* (cpu, at) {
      yield* cpu.readOnce(at.x);
    }, sendTwice);
    const merged = new Drive(p);
    merged.run(1, 2);
    merged.deliver(0);
    expect(merged.canDeliver(0)).toBe(false);
    merged.run(0, 2);
    expect(merged.machine.mem[p.at.served]).toBe(1);
    expect(merged.canDeliver(0)).toBe(false);

    const apart = new Drive(p);
    apart.run(1);
    apart.deliver(0);
    apart.run(1);
    expect(apart.canDeliver(0)).toBe(false);
    apart.run(0, 2);
    expect(apart.canDeliver(0)).toBe(true);
  });

  it('waits while interrupts are off, and can come at the boundary after they are enabled', () => {
    const p = program(function* (cpu, at) {
      yield* cpu.localIrqDisable();
      yield* cpu.readOnce(at.x);
      yield* cpu.localIrqEnable();
      yield* cpu.readOnce(at.x);
    }, sendTwice);
    const drive = new Drive(p);
    drive.run(0);
    drive.run(1);
    expect(drive.canDeliver(0)).toBe(false);
    drive.run(0);
    expect(drive.canDeliver(0)).toBe(false);
    drive.run(0);
    expect(drive.canDeliver(0)).toBe(true);
  });

  it('drains the store buffer before the handler, and runs with interrupts off until its IRET', () => {
    const p = program(
      function* (cpu, at) {
        yield* cpu.writeOnce(at.x, 1);
        yield* cpu.readOnce(at.x);
      },
      sendTwice,
      function* (cpu, at) {
        yield* cpu.writeOnce(at.served, 7);
        yield* cpu.iret();
      },
    );
    const drive = new Drive(p);
    drive.run(0);
    drive.run(1);
    expect(drive.machine.mem[p.at.x]).toBe(0);
    drive.deliver(0);
    expect(drive.machine.mem[p.at.x]).toBe(1);
    expect(drive.hardware(0, IF)).toBe(0);
    drive.run(1);
    expect(drive.canDeliver(0)).toBe(false);
    drive.run(0);
    expect(drive.machine.mem[p.at.served]).toBe(0);
    drive.run(0);
    expect(drive.machine.mem[p.at.served]).toBe(7);
    expect(drive.hardware(0, IF)).toBe(1);
    expect(drive.canDeliver(0)).toBe(true);
  });

  it('leaves the interrupted instruction as it was, with what it holds in registers', () => {
    const p = program(
      function* (cpu, at) {
        const held = yield* cpu.readOnce(at.x);
        yield* cpu.writeOnce(at.saw, held);
        const now = yield* cpu.readOnce(at.x);
        yield* cpu.assert(now === 5, 'the handler wrote 5');
      },
      sendTwice,
      function* (cpu, at) {
        yield* cpu.xchg(at.x, 5);
        yield* cpu.iret();
      },
    );
    const drive = new Drive(p);
    drive.run(0);
    drive.run(1);
    drive.deliver(0);
    drive.run(0, 2);
    drive.run(0, 2);
    drive.drain(0);
    expect(drive.machine.mem[p.at.saw]).toBe(0);
    expect(drive.machine.violation).toBeNull();
  });

  it('reaches a CPU whose script has ended, even with interrupts off', () => {
    const p = program(function* (cpu) {
      yield* cpu.localIrqDisable();
    }, sendTwice);
    const drive = new Drive(p);
    drive.run(0);
    drive.run(1, 2);
    expect(drive.machine.unfinished).toBe(0);
    expect(drive.machine.finished).toBe(false);
    drive.deliver(0);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.served]).toBe(1);
    expect(drive.machine.finished).toBe(true);
  });

  it('can be sent to the own CPU', () => {
    const p = program(
      function* (cpu) {
        yield* cpu.sendIpi(0);
        yield* cpu.smpMb();
      },
      function* () {},
    );
    const drive = new Drive(p);
    drive.run(0);
    drive.deliver(0);
    drive.runAll(0);
    expect(drive.machine.mem[p.at.served]).toBe(1);
  });
});

describe('an NMI', () => {
  const nmiTwice: Script = function* (cpu) {
    yield* cpu.sendNmi(0);
    yield* cpu.sendNmi(0);
  };

  it('comes whatever IF says, and leaves IF as it was', () => {
    const p = program(function* (cpu, at) {
      yield* cpu.localIrqDisable();
      yield* cpu.readOnce(at.x);
    }, nmiTwice);
    const drive = new Drive(p);
    drive.run(0);
    drive.run(1);
    drive.deliver(0);
    expect(drive.hardware(0, IN_NMI)).toBe(1);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.nmis]).toBe(1);
    expect(drive.hardware(0, IN_NMI)).toBe(0);
    expect(drive.hardware(0, IF)).toBe(0);
  });

  it('is not nested: the next one waits for the IRET', () => {
    const p = program(function* (cpu, at) {
      yield* cpu.readOnce(at.x);
    }, nmiTwice);
    const drive = new Drive(p);
    drive.run(1);
    drive.deliver(0);
    drive.run(1);
    expect(drive.canDeliver(0)).toBe(false);
    drive.run(0, 2);
    expect(drive.canDeliver(0)).toBe(true);
    drive.deliver(0);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.nmis]).toBe(2);
  });

  it('comes in the middle of an IPI handler, which then goes on with interrupts off', () => {
    const p = program(
      function* (cpu, at) {
        yield* cpu.readOnce(at.x);
      },
      function* (cpu) {
        yield* cpu.sendIpi(0);
        yield* cpu.sendNmi(0);
      },
      function* (cpu, at) {
        const before = yield* cpu.readOnce(at.x);
        yield* cpu.writeOnce(at.saw, before);
        yield* cpu.iret();
      },
    );
    const drive = new Drive(p);
    drive.run(1);
    drive.deliver(0);
    drive.run(0);
    drive.run(1);
    drive.deliver(0);
    expect(drive.machine.cpus[0].depth).toBe(2);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.nmis]).toBe(1);
    expect(drive.machine.cpus[0].depth).toBe(1);
    expect(drive.hardware(0, IF)).toBe(0);
    drive.run(0, 2);
    expect(drive.machine.mem[p.at.saw]).toBe(0);
    expect(drive.hardware(0, IF)).toBe(1);
    drive.run(0);
    expect(drive.machine.finished).toBe(true);
  });

  it('goes before an IPI that is pending too', () => {
    const p = program(
      function* (cpu, at) {
        yield* cpu.readOnce(at.x);
      },
      function* (cpu) {
        yield* cpu.sendIpi(0);
        yield* cpu.sendNmi(0);
      },
    );
    const drive = new Drive(p);
    drive.run(1, 2);
    drive.deliver(0);
    expect(drive.hardware(0, IN_NMI)).toBe(1);
    drive.run(0, 2);
    drive.deliver(0);
    drive.run(0, 2);
    expect([drive.machine.mem[p.at.nmis], drive.machine.mem[p.at.served]]).toEqual([1, 1]);
  });
});
