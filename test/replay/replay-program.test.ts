import { describe, expect, it } from 'vitest';
import { encodeSchedule } from '../../src/drive/schedule.js';
import { enumerate } from '../../src/explore/enumerate.js';
import type { Program } from '../../src/machine/program.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { type Addresses, type PlainCpu, plainProgram } from '../../src/programs/plain-program.js';
import { type RecordedRun, replayProgram } from '../../src/replay/replay-finding.js';
import { recordRun, runAlong } from './record-run.js';

/** Replays of programs that are not the simulated kernel. */

const storeBuffering = plainProgram({
  name: 'store buffering',
  words: { x: 0, y: 0, sawY: 9, sawX: 9 },
  cpus: [
    function* left(cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
      const seen = yield* cpu.readOnce(at.y);
      yield* cpu.poke(at.sawY, seen);
    },
    function* right(cpu, at) {
      yield* cpu.writeOnce(at.y, 1);
      const seen = yield* cpu.readOnce(at.x);
      yield* cpu.poke(at.sawX, seen);
    },
  ],
  final: (read, at) => read(at.sawY) + read(at.sawX) > 0 || 'both CPUs read 0',
});

const stackWords = { top: 1, next: [0, 2, 0], got: [0, 0] };
type StackAddresses = Addresses<typeof stackWords, Record<never, never>>;

/** Pops a node off a Treiber stack: `next[n]` is the node under node n, 0 ends. */
function* pop(cpu: PlainCpu, at: StackAddresses): Protocol<number> {
  const node = yield* cpu.readOnce(at.top);
  const under = yield* cpu.readOnce(at.next + node);
  const found = yield* cpu.cmpxchg(at.top, node, under);
  return found === node ? node : 0;
}

function* push(cpu: PlainCpu, at: StackAddresses, node: number): Protocol<void> {
  const above = yield* cpu.readOnce(at.top);
  yield* cpu.xchg(at.next + node, above);
  yield* cpu.cmpxchg(at.top, above, node);
}

/** CPU0 pops 1; meanwhile CPU1 takes 1 and 2 and puts 1 back. */
const treiber = plainProgram({
  name: 'treiber',
  words: stackWords,
  cpus: [
    function* (cpu, at) {
      const node = yield* pop(cpu, at);
      yield* cpu.poke(at.got, node);
    },
    function* (cpu, at) {
      yield* pop(cpu, at);
      const second = yield* pop(cpu, at);
      yield* cpu.poke(at.got + 1, second);
      yield* push(cpu, at, 1);
    },
  ],
  final: (read, at) => read(at.top) !== 2 || 'node 2 is on the stack, and CPU1 has it too',
});

const lostUpdate = plainProgram({
  name: 'lost update',
  words: { count: 0 },
  cpus: [0, 1].map(
    () =>
      function* (cpu, at) {
        const count = yield* cpu.readOnce(at.count);
        yield* cpu.writeOnce(at.count, count + 1);
      },
  ),
  final: (read, at) => read(at.count) === 2,
});

/** The first schedule of all that ends in a violation. */
function witness(program: Program): RecordedRun {
  const { outcomes } = enumerate(program, { memory: 'tso' });
  const found = outcomes.find(({ violation }) => violation !== null);
  if (found === undefined) throw new Error(`${program.name}: no outcome is a violation`);
  return recordRun(program, encodeSchedule(found.schedule), 'tso');
}

const texts = (program: Program, run: RecordedRun) =>
  replayProgram(program, run).trace.map(
    ({ cpu, text, deciding }) => `CPU${cpu} ${text}${deciding === null ? '' : ` <- ${deciding}`}`,
  );

describe('the replay of a plain program', () => {
  it(
    'shows store buffering: who read past whose buffered store, and where the judged ' + 'words come from',
    () => {
      const run = recordRun(storeBuffering, ['0*2', '1*2', '0b', '1b'], 'tso');
      expect(run.violation).toEqual({ class: 'assertion', step: 6, cpu: 0, message: 'both CPUs read 0' });
      expect(replayProgram(storeBuffering, run)).toMatchObject({
        reproduced: true,
        reason: null,
        sentence:
          "both CPUs read 0; at the end sawY is 0, sawX is 0; CPU1's store of 1 to y at step 2 waited in its store " +
          "buffer until step 5: CPU1 does not see CPU0's 1 in x at step 3, CPU0 reads y at step 1, and CPU1 stores " +
          '1 to it at step 2',
      });
      expect(texts(storeBuffering, run)).toMatchInlineSnapshot(`
        [
          "CPU0 x = 1 (buffered) <- CPU1 does not see CPU0's 1 in x at step 3",
          "CPU0 y is 0; sawY = 0 <- sawY is 0 from here on, and is judged at the end",
          "CPU1 y = 1 (buffered) <- CPU1's store to y waits in its store buffer until step 5",
          "CPU1 x is 0 (CPU0's store of 1 is still buffered); sawX = 0 <- sawX is 0 from here on, and is judged at the end; CPU1 reads x while its store to y waits",
          "CPU0 x = 1 reaches memory",
          "CPU1 y = 1 reaches memory <- CPU1's store of step 2 is seen from here on",
        ]
      `);
    },
  );

  it('names functions and places from the working directory', () => {
    const { trace } = replayProgram(treiber, witness(treiber));
    expect(trace[0].functions.at(-1)).toBe('pop');
    for (const { agent, site } of trace) {
      if (agent === 'cpu')
        expect(site).toEqual({ file: 'test/replay/replay-program.test.ts', line: expect.any(Number) });
      else expect(site).toBeNull();
    }
    const left = replayProgram(storeBuffering, witness(storeBuffering)).trace.find(({ cpu }) => cpu === 0);
    expect(left?.functions).toEqual(['left']);
  });

  it('shows that a compare-exchange met its value again (ABA)', () => {
    const run = recordRun(treiber, ['0*2', '1*9', '0'], 'tso');
    expect(replayProgram(treiber, run).reproduced).toBe(true);
    expect(texts(treiber, run)).toMatchInlineSnapshot(`
      [
        "CPU0 top is 1 <- CPU0 reads 1, and stores to top on it at step 11",
        "CPU0 next[1] is 2 <- CPU0 reads 2 in next[1] at step 1",
        "CPU1 top is 1",
        "CPU1 next[1] is 2",
        "CPU1 cmpxchg top: 1 to 2",
        "CPU1 top is 2",
        "CPU1 next[2] is 0",
        "CPU1 cmpxchg top: 2 to 0; got[1] = 2",
        "CPU1 top is 0",
        "CPU1 xchg next[1]: 2 to 0 <- CPU1 stores 0 to next[1] at step 9",
        "CPU1 cmpxchg top: 0 to 1 <- CPU1 changes top meanwhile",
        "CPU0 cmpxchg top: 1 to 2; got[0] = 1 <- top is 2 from here on, and is judged at the end; succeeds although CPU1 changed top since CPU0 had read 1 at step 0 (1, 2, 0, 1): it is the same value again",
      ]
    `);
  });

  it('shows a lost update at the drain that loses it', () => {
    const run = recordRun(lostUpdate, ['0', '1*2', '1b', '0', '0b'], 'tso');
    const { trace } = replayProgram(lostUpdate, run);
    expect(trace[5].text).toBe('count = 1 reaches memory');
    expect(trace[5].deciding).toContain(
      'overwrites what CPU1 stored to count since CPU0 had read 0 at step 0 (0, 1)',
    );
  });

  it('calls nothing overtaken where nobody came in between', () => {
    const run = recordRun(lostUpdate, ['0*2', '0b', '1*2', '1b'], 'tso', {
      class: 'assertion',
      step: 6,
      cpu: 0,
      message: 'the assertion over the final memory does not hold',
    });
    const replay = replayProgram(lostUpdate, run);
    expect(replay).toMatchObject({ reproduced: false, violation: null, sentence: null });
    expect(replay.trace.every(({ deciding }) => deciding === null)).toBe(true);
  });

  it('shows whom a failed compare-exchange leaves empty-handed', () => {
    const once = plainProgram({
      name: 'once',
      words: { x: 0 },
      cpus: [1, 2].map(
        (value) =>
          function* (cpu, at) {
            yield* cpu.cmpxchg(at.x, 0, value);
          },
      ),
      final: (read, at) => read(at.x) === 3,
    });
    expect(texts(once, recordRun(once, ['1', '0'], 'tso'))).toEqual([
      'CPU1 cmpxchg x: 0 to 2 <- x is 2 from here on, and is judged at the end',
      'CPU0 cmpxchg x failed: is 2, not 0 <- fails, and CPU0 does not try again',
    ]);
  });

  it('shows an assertion in the middle, and who stored what it met', () => {
    const middle = plainProgram({
      name: 'middle',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          const value = yield* cpu.loadAcquire(at.x);
          yield* cpu.assert(value === 0, 'x has changed');
        },
        function* (cpu, at) {
          yield* cpu.storeRelease(at.x, 5);
        },
      ],
    });
    const run = recordRun(middle, ['1', '1b', '0'], 'tso');
    expect(replayProgram(middle, run).reproduced).toBe(true);
    expect(texts(middle, run)).toEqual([
      'CPU1 x = 5 (buffered) <- what CPU0 meets in x at step 2',
      "CPU1 x = 5 reaches memory <- here CPU1's store of step 0 reaches memory",
      'CPU0 x is 5 <- x has changed',
    ]);
  });

  it('shows a deadlock: who waits for what, and who last wrote it', () => {
    const stuck = plainProgram({
      name: 'stuck',
      words: { gate: 0, other: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.smpMb();
          yield* cpu.condLoadAcquire(at.gate, -1, 1);
        },
        function* (cpu, at) {
          yield* cpu.xchg(at.gate, 2);
        },
      ],
    });
    const run = recordRun(stuck, ['0', '1'], 'tso');
    expect(run.violation.class).toBe('deadlock');
    expect(texts(stuck, run)).toEqual([
      'CPU0 full barrier <- then CPU0 waits for gate (is 2), interrupts on',
      'CPU1 xchg gate: 0 to 2 <- gate is 2 from here on',
    ]);
  });

  it('shows pairs by their halves, and what a failed exchange of one found', () => {
    const pairs = plainProgram({
      name: 'pairs',
      words: {},
      pairs: { slot: [1, 5] },
      cpus: [
        function* (cpu, at) {
          yield* cpu.cmpxchgPair(at.slot, 1, 5, 2, 6);
          yield* cpu.cmpxchgPair(at.slot, 1, 5, 2, 7);
          yield* cpu.fetchAdd(at.slot, 0);
        },
      ],
      final: () => false,
    });
    expect(texts(pairs, recordRun(pairs, ['0*3'], 'tso')).map((text) => text.replace(/ <-.*/, ''))).toEqual([
      'CPU0 cmpxchg16b slot[0]: {1, 5} to {2, 6}',
      'CPU0 cmpxchg16b slot[0] failed: is {2, 6}, not {1, 5}',
      'CPU0 slot[0] is 2',
    ]);
  });

  it('shows no function of ours for an interrupt that a program says nothing of', () => {
    const quiet = plainProgram({
      name: 'quiet',
      words: {},
      cpus: [
        function* (cpu) {
          yield* cpu.sendIpi(1);
        },
        function* () {},
      ],
      final: () => false,
    });
    const { trace } = replayProgram(quiet, recordRun(quiet, ['0', '1i', '1'], 'tso'));
    expect(trace[2]).toMatchObject({ text: 'iret', functions: [], site: null, handlerDepth: 1 });
  });

  it('says why a run is not reproduced', () => {
    const run = witness(storeBuffering);
    const reason = (change: Partial<RecordedRun>) =>
      replayProgram(storeBuffering, { ...run, ...change }).reason;
    expect(reason({ traceHash: '00000000' })).toBe(
      `traceHash: the file says 00000000, the replay shows ${run.traceHash}`,
    );
    expect(reason({ steps: 7 })).toBe('steps: the file says 7, the replay shows 6');
    expect(reason({ memory: 'sc' })).toMatch(/cannot move|no violation/);
    expect(reason({ violation: { ...run.violation, class: 'deadlock' } })).toBe(
      'violation.class: the file says deadlock, the replay shows assertion',
    );
    expect(replayProgram(storeBuffering, { ...run, schedule: ['7', ...run.schedule] }).reason).toContain(
      'cannot move',
    );
  });

  it('runs along a schedule to the same hash as the machine does', () => {
    const run = witness(treiber);
    expect(replayProgram(treiber, run).traceHash).toBe(runAlong(treiber, run.schedule, 'tso').traceHash);
  });
});
