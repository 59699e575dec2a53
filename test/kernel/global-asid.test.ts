import { describe, expect, it } from 'vitest';
import { invlpgbBackend } from '../../src/backends/invlpgb.js';
import { FIRST_USER_MM } from '../../src/kernel/constants.js';
import { EV_GLOBAL_ASID_FREED, EV_GLOBAL_ASID_GIVEN } from '../../src/kernel/events.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';
import { Bench, quiet, runMany, type Setup } from './harness.js';

/** A24: global ASIDs, who gets one, and how their numbers come round. */

const A = FIRST_USER_MM;
const B = FIRST_USER_MM + 1;
const C = FIRST_USER_MM + 2;
/** Two slots, and four global ASIDs: 2 to 5. */
const small = { cpus: 2, slots: 2, globalAsids: 4 } as const;

function bench(changes: Parameters<typeof quiet>[0] = {}, setup: Setup = {}): Bench {
  return new Bench(quiet({ ...small, ...changes }), { backend: invlpgbBackend, ...setup });
}

/** What the mms have after each of the calls: a letter takes one, a letter behind a minus gives it back. */
function numbers(calls: string): number[] {
  const machine = bench({ mms: [{}, {}, {}, {}] });
  const given: number[] = [];
  machine.run(function* (cpu) {
    for (const call of calls.split(' ')) {
      const mm = FIRST_USER_MM + 'ABCD'.indexOf(call.at(-1) as string);
      if (call.startsWith('-')) yield* cpu.fn.mmFreeGlobalAsid(cpu, mm);
      else {
        yield* cpu.fn.useGlobalAsid(cpu, mm);
        given.push(yield* cpu.fn.mmGlobalAsid(cpu, mm));
      }
    }
  });
  return given;
}

describe('a global ASID', () => {
  const active = { start: [{ loadedMm: 0 }, { loadedMm: 0 }] };

  it('is considered after one flush in so many, for an mm that enough CPUs run', () => {
    const consider = (choice: number, start: object[], cpus = 2): number => {
      const machine = bench({ cpus, start });
      machine.choices = [choice];
      machine.run((cpu) => cpu.fn.considerGlobalAsid(cpu, A));
      return machine.word(machine.layout.globalAsids.asid[A]);
    };
    expect(consider(1, active.start)).toBe(2);
    expect(consider(0, active.start)).toBe(0);
    expect(consider(1, [{ loadedMm: 0 }, { loadedMm: 0, lazy: true }])).toBe(0);
    expect(consider(1, [{ loadedMm: 0 }, { loadedMm: 1 }])).toBe(0);
    // Four CPUs or more: more than three, as the kernel has it.
    const loaded = { loadedMm: 0 };
    expect(consider(1, [loaded, loaded, loaded, { loadedMm: 1 }], 4)).toBe(0);
    expect(consider(1, [loaded, loaded, loaded, loaded], 4)).toBe(2);
  });

  it('comes after asid_transition, under the lock, with interrupts off', () => {
    const ops = (features: Setup['features']): string[] => {
      const machine = bench(active, { features });
      machine.run((cpu) => cpu.fn.useGlobalAsid(cpu, A));
      expect(machine.eventsOf(0, EV_GLOBAL_ASID_GIVEN)).toEqual([[A, 2]]);
      return machine.ops.filter((op) => /global_asid\(|transition|lock|irq/.test(op));
    };
    const fixed = ops({});
    expect(fixed[0]).toBe('local_irq_disable');
    expect(fixed[1]).toMatch(/^spin_lock global_asid_lock/);
    expect(fixed.indexOf('WRITE_ONCE asid_transition(A) = 1')).toBe(
      fixed.indexOf('smp_store_release global_asid(A) = 2') - 1,
    );
    const broken = ops({ transitionBeforeAsid: false });
    expect(broken.indexOf('WRITE_ONCE asid_transition(A) = 1')).toBe(
      broken.indexOf('smp_store_release global_asid(A) = 2') + 1,
    );
  });

  it('is given once, and kept', () => {
    expect(numbers('A A')).toEqual([2, 2]);
  });

  it('is the first free one from the last that was given; the first search begins with a flush of all', () => {
    expect(numbers('A B C')).toEqual([2, 3, 4]);
    const machine = bench();
    machine.run((cpu) => cpu.fn.useGlobalAsid(cpu, A));
    expect(machine.ops.filter((op) => /invlpgb|tlbsync/.test(op))).toEqual([
      'invlpgb flags 4 pcid 0 page 0 pages 0',
      'tlbsync',
    ]);
  });

  it('that was given back is not given again before the search has come to the end', () => {
    expect(numbers('A -A A -A A')).toEqual([2, 3, 4]);
    expect(numbers('A -A A -A A -A A -A A')).toEqual([2, 3, 4, 5, 2]);
  });

  it('is none when all are taken', () => {
    expect(numbers('A B C D')).toEqual([2, 3, 4, 0]);
  });

  it('is given back when the mm is destroyed', () => {
    const machine = bench();
    machine.run(function* (cpu) {
      yield* cpu.fn.useGlobalAsid(cpu, A);
      yield* cpu.fn.mmFreeGlobalAsid(cpu, A);
      yield* cpu.fn.mmFreeGlobalAsid(cpu, B);
    });
    const { globalAsids } = machine.layout;
    expect(machine.eventsOf(0, EV_GLOBAL_ASID_FREED)).toEqual([[A, 2]]);
    expect([machine.word(globalAsids.asid[A]), machine.word(globalAsids.freed)]).toEqual([0, 1 << 2]);
    expect(machine.word(globalAsids.available)).toBe(3);
  });

  it('behind the last one is given where those at the end are in use, as allocate_global_asid is written', () => {
    // D takes 5, the last; then the search stands at 4 with 5 in use, and three others are free.
    const taken = numbers('A -A A -A A -A D A -A A -A A B');
    expect(taken.slice(0, 4)).toEqual([2, 3, 4, 5]);
    expect(taken.slice(4)).toEqual([2, 3, 4, 6]);
    // It is masked out of the map when the search begins anew, and given a second time while B has it.
    const again = numbers('A -A A -A A -A D A -A A -A A B -A A -A A -A A -A C');
    expect([again[7], again.at(-1)]).toEqual([6, 6]);
    expect(C).toBe(A + 2);
  });

  it('that is seen before its transition leaves stragglers behind', { timeout: 60_000 }, () => {
    const together = everyScenario.find(({ name }) => name === 'global-together');
    if (together === undefined) throw new Error('no such scenario');
    const meet = (transitionBeforeAsid: boolean): Record<string, number> =>
      runMany(together, {
        backend: invlpgbBackend,
        features: { transitionBeforeAsid },
        strategies: ['random', 'pct', 'delay'],
        executions: 1_500,
      }).harm;
    expect(meet(false)['stale-use']).toBeGreaterThanOrEqual(1);
    expect(meet(true)).toEqual({});
  });
});
