import { describe, expect, it } from 'vitest';
import { plainProgram } from '../../src/programs/plain-program.js';
import { replayProgram } from '../../src/replay/replay-finding.js';
import { recordRun } from '../replay/record-run.js';

/** Which step of an execution another one goes back to. */

const program = plainProgram({
  name: 'links',
  words: { x: 0, flag: 0 },
  cpus: [
    function* sender(cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
      yield* cpu.storeRelease(at.flag, 1);
      yield* cpu.sendIpi(1);
    },
    function* reader(cpu, at) {
      yield* cpu.loadAcquire(at.flag);
      yield* cpu.writeOnce(at.x, 2);
      yield* cpu.readOnce(at.x);
      yield* cpu.smpMb();
    },
  ],
  interrupt: function* handler(cpu, at) {
    yield* cpu.readOnce(at.x);
    yield* cpu.iret();
  },
  final: () => false,
});

const linksOf = (schedule: string[], memory: 'tso' | 'sc' = 'tso') =>
  replayProgram(program, recordRun(program, schedule, memory)).links.map(
    ({ kind, from, to }) => `${kind} ${from}>${to}`,
  );

describe('links between steps', () => {
  it('go from a store to its drain, from a drain to the load that reads it, from an IPI to its delivery', () => {
    // 0 x=1, 1 flag=1, 2 IPI, 3 x leaves, 4 flag leaves, 5 flag is read, 6 x=2, 7 own x, 8 delivery
    expect(linksOf(['0*3', '0b*2', '1*3', '1i', '1*3'])).toEqual([
      'drain 0>3',
      'drain 1>4',
      'release 4>5',
      'ipi 2>8',
      'drain 6>8',
    ]);
  });

  it('tell a store that releases from one that does not', () => {
    // 0 x=1, 1 x leaves, 2 IPI cannot be yet: the handler reads x after flag and the IPI
    expect(linksOf(['0', '0b', '0*2', '1i', '1', '0b', '1*5'])).toEqual([
      'drain 0>1',
      'ipi 3>4',
      'reads 1>5',
      'drain 2>6',
      'release 6>8',
      'drain 9>11',
    ]);
  });

  it('need no drain where nothing is buffered', () => {
    expect(linksOf(['0*3', '1*2', '1i', '1*4'], 'sc')).toEqual(['release 1>3', 'ipi 2>5']);
  });
});
