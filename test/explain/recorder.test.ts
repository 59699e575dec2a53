import { describe, expect, it } from 'vitest';
import { plainProgram } from '../../src/programs/plain-program.js';
import { replayProgram } from '../../src/replay/replay-finding.js';
import { recordRun } from '../replay/record-run.js';

/** What a replay tells of each step beyond its text. */

const program = plainProgram({
  name: 'handler',
  words: { lock: 0, x: 0, y: 0 },
  cpus: [
    function* sender(cpu) {
      yield* cpu.sendIpi(1);
    },
    function* locker(cpu, at) {
      yield* cpu.spinLock(at.lock);
      yield* cpu.writeOnce(at.x, 1);
      yield* cpu.writeOnce(at.y, 2);
      yield* cpu.readOnce(at.y);
      yield* cpu.spinUnlock(at.lock);
      yield* cpu.smpMb();
    },
  ],
  interrupt: function* handler(cpu) {
    yield* cpu.smpMb();
    yield* cpu.iret();
  },
  final: () => false,
});

const run = recordRun(program, ['1*3', '0', '1b', '1i', '1*5'], 'tso');
const { trace, start } = replayProgram(program, run);
const line = (step: number) => `${trace[step].text} (${trace[step].functions.join(' ')})`;

describe('the recorded steps', () => {
  it('stand where they are written, an interrupted one also after its handler', () => {
    expect([line(6), line(7), line(8)]).toEqual([
      'full barrier (handler)',
      'iret (handler)',
      'y is 2 (locker)',
    ]);
    expect(trace[8].site).not.toBe(trace[7].site);
  });

  it('name the stores that they drain', () => {
    expect(trace[5]).toMatchObject({ text: 'interrupt', agent: 'line', drained: ['y=2'] });
    expect(trace[10]).toMatchObject({ text: 'full barrier', drained: ['lock=0'] });
    const others = trace.filter((_, index) => index !== 5 && index !== 10);
    expect(others.every(({ drained }) => drained.length === 0)).toBe(true);
  });

  it('tell how CPUs stand before and after', () => {
    expect(start[1]).toEqual({
      cpu: 1,
      buffer: [],
      interrupts: true,
      pending: [],
      locks: [],
      notes: [],
      tlb: null,
    });
    expect(trace[2].states).toMatchObject([{ cpu: 1, buffer: ['x=1', 'y=2'], locks: ['lock'] }]);
    expect(trace[3].states).toMatchObject([{ cpu: 1, pending: ['IPI'] }]);
    expect(trace[4].states).toMatchObject([{ cpu: 1, buffer: ['y=2'] }]);
    expect(trace[5].states).toMatchObject([{ cpu: 1, buffer: [], pending: [], interrupts: false }]);
    expect(trace[6].states).toEqual([]);
    expect(trace[7].states).toMatchObject([{ interrupts: true }]);
    expect(trace[9].states).toMatchObject([{ buffer: ['lock=0'], locks: [] }]);
  });
});

describe('a failed assertion', () => {
  it('stands where it is written, not at the operation before it', () => {
    const program = plainProgram({
      name: 'asserts',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          const x = yield* cpu.readOnce(at.x);
          const wanted = x + 1;
          yield* cpu.assert(x === wanted, 'x is not one more');
        },
      ],
    });
    const [step] = replayProgram(program, recordRun(program, ['0'], 'tso')).trace;
    expect(step.judgedAt?.file).toBe('test/explain/recorder.test.ts');
    expect(step.judgedAt?.line).toBe((step.site?.line ?? 0) + 2);
  });
});
