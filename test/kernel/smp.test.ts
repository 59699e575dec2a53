import { describe, expect, it } from 'vitest';
import { CSD_FLAG_LOCK, CSD_TYPE_SYNC, FIRST_USER_MM } from '../../src/kernel/constants.js';
import { EV_CSD_QUEUED, EV_CSD_RAN, EV_CSD_UNLOCKED, EV_IPI_SERVED } from '../../src/kernel/events.js';
import {
  csdLock,
  flushSmpCallFunctionQueue,
  llistAdd,
  smpCallFunctionManyCond,
} from '../../src/kernel/smp.js';
import { CSD_FLAGS, CSD_INFO, CSD_NEXT } from '../../src/kernel/structs.js';
import { Bench, quiet } from './harness.js';

/** A16: the life of a csd. */
const MM_A = FIRST_USER_MM;

describe('csd_lock', () => {
  it('waits for the request before, then locks', () => {
    const bench = new Bench(quiet());
    const csd = bench.layout.cpus[0].cfd.csd[1];
    bench.run((cpu) => csdLock(cpu, csd));
    expect(bench.ops).toEqual([
      'smp_cond_load_acquire csd(0->1).flags',
      `WRITE_ONCE csd(0->1).flags = ${CSD_FLAG_LOCK | CSD_TYPE_SYNC}`,
    ]);
  });
});

describe('llist_add', () => {
  it('says whether the list was empty, and puts the newest first', () => {
    const bench = new Bench(quiet({ cpus: 3 }));
    const queue = bench.layout.cpus[2].cfd.queue;
    const [first, second] = [bench.layout.cpus[0].cfd.csd[2], bench.layout.cpus[1].cfd.csd[2]];
    const empty: boolean[] = [];
    bench.run(function* (cpu) {
      empty.push(yield* llistAdd(cpu, first, queue));
      empty.push(yield* llistAdd(cpu, second, queue));
    });
    expect(empty).toEqual([true, false]);
    expect([queue, second + CSD_NEXT, first + CSD_NEXT].map((address) => bench.word(address))).toEqual([
      second,
      first,
      0,
    ]);
  });

  it('tries again when another CPU was faster', () => {
    const bench = new Bench(quiet({ cpus: 3 }));
    const queue = bench.layout.cpus[2].cfd.queue;
    const [mine, theirs] = [bench.layout.cpus[0].cfd.csd[2], bench.layout.cpus[1].cfd.csd[2]];
    let disturbed = false;
    const empty = bench.run(function* (cpu) {
      const inner = cpu.cmpxchg.bind(cpu);
      cpu.cmpxchg = (address, expected, value) => {
        if (!disturbed) cpu.machine.mem[queue] = theirs;
        disturbed = true;
        return inner(address, expected, value);
      };
      return yield* llistAdd(cpu, mine, queue);
    });
    expect(empty).toBe(false);
    expect([queue, mine + CSD_NEXT].map((address) => bench.word(address))).toEqual([mine, theirs]);
  });
});

describe('the handler', () => {
  it('takes the whole queue with one exchange and serves the oldest first', () => {
    const served: number[] = [];
    const bench = new Bench(quiet({ cpus: 3 }), {
      replace: {
        *flushTlbFunc(cpu, initiator) {
          served.push(initiator);
          yield* cpu.barrier();
        },
      },
    });
    const { queue } = bench.layout.cpus[0].cfd;
    const [older, newer] = [bench.layout.cpus[2].cfd.csd[0], bench.layout.cpus[1].cfd.csd[0]];
    bench
      .set(queue, newer)
      .set(newer + CSD_NEXT, older)
      .set(newer + CSD_INFO, 1)
      .set(older + CSD_INFO, 2);
    bench.set(newer + CSD_FLAGS, 3).set(older + CSD_FLAGS, 3);
    bench.run((cpu) => flushSmpCallFunctionQueue(cpu));
    expect(served).toEqual([2, 1]);
    expect(bench.ops[0]).toBe('xchg cpu0.call_single_queue');
    expect([queue, older + CSD_FLAGS, newer + CSD_FLAGS].map((address) => bench.word(address))).toEqual([
      0, 0, 0,
    ]);
  });
});

describe('smp_call_function_many_cond', () => {
  const loaded = (cpus: number, ...lazy: number[]): Bench => {
    const bench = new Bench(quiet({ cpus, start: Array.from({ length: cpus }, () => ({ loadedMm: 0 })) }));
    for (const id of lazy) bench.set(bench.layout.cpus[id].tlbstate.isLazy, 1);
    return bench;
  };
  const call = (bench: Bench, conditional: boolean): string[] => {
    bench.run((cpu) => smpCallFunctionManyCond(cpu, cpu.mms[MM_A].cpumask, conditional));
    return bench.ops.filter((op) => op.startsWith('send IPI'));
  };

  it('asks once per target, at queue time', () => {
    const bench = loaded(4, 2);
    // No mm is named in the request: lazy CPUs alone are left out.
    expect(call(bench, true)).toEqual(['send IPI 1', 'send IPI 3']);
  });

  it('without a condition reaches everybody of the mask', () => {
    expect(call(loaded(4, 2), false)).toEqual(['send IPI 1', 'send IPI 2', 'send IPI 3']);
  });

  it('queues, has run, is unlocked, in that order, for each', () => {
    const bench = loaded(3);
    call(bench, true);
    for (const target of [1, 2]) {
      const csd = bench.layout.cpus[0].cfd.csd[target];
      const life = bench.events.filter(({ a }) => a === csd).map(({ cpu, kind }) => [cpu, kind]);
      expect(life).toEqual([
        [0, EV_CSD_QUEUED],
        [target, EV_IPI_SERVED],
        [target, EV_CSD_RAN],
        [target, EV_CSD_UNLOCKED],
      ]);
    }
  });

  it.each([
    ['6.12', ['test own bit', 'ask 1', 'send IPI 1', 'ask 0']],
    ['6.15-rc6', ['test own bit', 'ask 0', 'ask 1', 'send IPI 1']],
    ['6.18', ['ask 1', 'send IPI 1', 'test own bit', 'ask 0']],
  ])('%s: when it tests its own bit and asks for itself', (profile, expected) => {
    const told: string[] = [];
    const bench = new Bench(quiet({ start: [{ loadedMm: 0 }, { loadedMm: 0 }] }), {
      profile,
      replace: {
        *shouldFlushTlb(cpu, target) {
          told.push(`ask ${target}`);
          yield* cpu.barrier();
          return true;
        },
        *sendCallFunctionIpis(cpu) {
          told.push('send IPI 1');
          yield* cpu.sendIpi(1);
        },
      },
    });
    bench.run(function* (cpu) {
      const { cpumask } = cpu.mms[MM_A];
      const inner = cpu.readOnce.bind(cpu);
      let reads = 0;
      cpu.readOnce = (address) => {
        // The other read of it makes the copy that is iterated.
        if (address === cpumask && reads++ === (profile === '6.18' ? 1 : 0)) told.push('test own bit');
        return inner(address);
      };
      yield* smpCallFunctionManyCond(cpu, cpumask, true);
    });
    expect(told).toEqual(expected);
  });

  it('does not send a second IPI to a queue that is not empty', () => {
    const bench = loaded(2);
    // Somebody has queued there and is about to send. Its csd is of no CPU here, so nobody waits for it.
    const other = bench.layout.cpus[1].cfd.csd[1];
    bench.set(bench.layout.cpus[1].cfd.queue, other).set(other + CSD_FLAGS, 3);
    const body = (cpu: Parameters<typeof smpCallFunctionManyCond>[0]) =>
      (function* () {
        yield* cpu.fn.queueRemoteCalls(cpu, false);
        yield* cpu.fn.sendCallFunctionIpis(cpu);
      })();
    bench.set(bench.layout.cpus[0].cfd.cpumask, 2);
    bench.run(body);
    expect(bench.ops.filter((op) => op.startsWith('send IPI'))).toEqual([]);
  });
});
