import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, INIT_MM, TLB_FLUSH_ON_TASK_SWITCH } from '../../src/kernel/constants.js';
import { EV_LAZY_REENTRY, EV_TLB_FLUSH } from '../../src/kernel/events.js';
import { switchMmIrqsOff } from '../../src/kernel/switch-mm.js';
import type { ScenarioCpu } from '../../src/vocabulary/scenario.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A6: the order of a switch's memory operations, per profile. */
const MM_A = FIRST_USER_MM;
const MM_B = FIRST_USER_MM + 1;

/** CPU0 runs B in slot 1; slot 0 holds A at generation 5, which is A's. */
const ranA: ScenarioCpu = {
  loadedMm: 1,
  loadedMmAsid: 1,
  slots: [
    { mm: 0, tlbGen: 5 },
    { mm: 1, tlbGen: 1 },
  ],
};

function bench(setup: Setup, bitSet: boolean, start: ScenarioCpu = ranA): Bench {
  const made = new Bench(quiet({ mms: [{ tlbGen: 5 }, {}, {}], start: [start] }), setup);
  // The start state sets the bit of what is loaded; here A's may have been left set by an earlier tenure.
  made.set(made.layout.mms[MM_A].cpumask, bitSet ? 1 : 0);
  return made;
}

/** The operations that the handshake is about, in order and in short. */
function order(made: Bench): string[] {
  const names: [RegExp, string][] = [
    [/^WRITE_ONCE cpu0.loaded_mm = 1$/, 'SWITCHING'],
    [/^atomic_fetch_and mm_cpumask\(B\)/, 'clear bit in B'],
    [/^READ_ONCE mm_cpumask\(A\)/, 'test bit in A'],
    [/^atomic_fetch_or mm_cpumask\(A\)/, 'set bit in A'],
    [/^smp_mb$/, 'smp_mb'],
    [/^READ_ONCE tlb_gen\(A\)/, 'read gen'],
    [/^WRITE_ONCE cpu0.ctxs\[\d\].ctx_id/, 'store ctx_id'],
    [/^WRITE_ONCE cpu0.ctxs\[\d\].tlb_gen/, 'store slot gen'],
    [/^write_cr3 .* no flush$/, 'CR3 no flush'],
    [/^write_cr3 pcid \d+ flush$/, 'CR3 flush'],
    [/^WRITE_ONCE cpu0.loaded_mm = [23]$/, 'loaded_mm'],
    [/^WRITE_ONCE cpu0.loaded_mm_asid/, 'asid'],
    [/^WRITE_ONCE cpu0.is_lazy = 0/, 'not lazy'],
  ];
  return made.ops.flatMap((op) => names.filter(([pattern]) => pattern.test(op)).map(([, name]) => name));
}

function switchTo(setup: Setup, next: number, bitSet = false, start: ScenarioCpu = ranA): Bench {
  const made = bench(setup, bitSet, start);
  made.run((cpu) => switchMmIrqsOff(cpu, next));
  return made;
}

const END = ['CR3 no flush', 'loaded_mm', 'asid'];

describe('switch_mm_irqs_off: the order of a switch to another mm', () => {
  it('6.12: bits first, locked; then the generation; SWITCHING just before CR3', () => {
    const expected = ['clear bit in B', 'set bit in A', 'read gen', 'SWITCHING', ...END];
    expect(order(switchTo({ profile: '6.12' }, MM_A))).toEqual(expected);
    expect(order(switchTo({ profile: '6.12' }, MM_A, true))).toEqual(expected);
    expect(order(switchTo({ profile: '6.12-stable' }, MM_A))).toEqual(expected);
  });

  it('6.14: the bit only when clear, the old mm keeps its own; SWITCHING still late', () => {
    expect(order(switchTo({ profile: '6.14' }, MM_A))).toEqual([
      'test bit in A',
      'set bit in A',
      'read gen',
      'SWITCHING',
      ...END,
    ]);
    expect(order(switchTo({ profile: '6.14' }, MM_A, true))).toEqual([
      'test bit in A',
      'read gen',
      'SWITCHING',
      ...END,
    ]);
  });

  it.each(['6.15-rc5', '6.15-rc6'])(
    '%s: SWITCHING first; no barrier when the bit was set (B1)',
    (profile) => {
      expect(order(switchTo({ profile }, MM_A))).toEqual([
        'SWITCHING',
        'test bit in A',
        'set bit in A',
        'read gen',
        ...END,
      ]);
      expect(order(switchTo({ profile }, MM_A, true))).toEqual([
        'SWITCHING',
        'test bit in A',
        'read gen',
        ...END,
      ]);
    },
  );

  it.each(['6.17.5', '6.18'])('%s: a full barrier either way', (profile) => {
    expect(order(switchTo({ profile }, MM_A))).toEqual([
      'SWITCHING',
      'test bit in A',
      'set bit in A',
      'read gen',
      ...END,
    ]);
    expect(order(switchTo({ profile }, MM_A, true))).toEqual([
      'SWITCHING',
      'test bit in A',
      'smp_mb',
      'read gen',
      ...END,
    ]);
  });

  it('with B1, SWITCHING is still in the store buffer when the generation is read', () => {
    for (const [profile, buffered] of [
      ['6.15-rc6', true],
      ['6.18', false],
    ] as const) {
      const made = bench({ profile, memory: 'tso' }, true);
      let seen = -1;
      made.run(function* (cpu) {
        const inner = cpu.readOnce.bind(cpu);
        cpu.readOnce = (address) => {
          if (address === cpu.mms[MM_A].tlbGen) seen = cpu.machine.mem[cpu.own.tlbstate.loadedMm];
          return inner(address);
        };
        yield* switchMmIrqsOff(cpu, MM_A);
      });
      expect(seen).toBe(buffered ? MM_B : 1);
    }
  });

  it('with a flush: ctx_id, generation, CR3, then loaded_mm and asid', () => {
    const made = switchTo({}, MM_A, true, {
      ...ranA,
      slots: [
        { mm: 0, tlbGen: 4 },
        { mm: 1, tlbGen: 1 },
      ],
    });
    expect(order(made)).toEqual([
      'SWITCHING',
      'test bit in A',
      'smp_mb',
      'read gen',
      'store ctx_id',
      'store slot gen',
      'CR3 flush',
      'loaded_mm',
      'asid',
    ]);
    expect(made.word(made.layout.cpus[0].tlbstate.ctxs[0].tlbGen)).toBe(5);
    expect(made.eventsOf(0, EV_TLB_FLUSH)).toEqual([[TLB_FLUSH_ON_TASK_SWITCH, -1]]);
  });

  it('CR3 has PCID slot + 1', () => {
    const made = switchTo({}, MM_A);
    expect(made.ops.find((op) => op.startsWith('write_cr3'))).toBe('write_cr3 pcid 1 no flush');
    expect(made.eventsOf(0, EV_TLB_FLUSH)).toEqual([[TLB_FLUSH_ON_TASK_SWITCH, 0]]);
  });

  it('to init_mm: clears the bit up to 6.13, keeps it since', () => {
    expect(order(switchTo({ profile: '6.12' }, INIT_MM))).toContain('clear bit in B');
    const made = switchTo({}, INIT_MM);
    expect(order(made)).not.toContain('clear bit in B');
    expect(order(made)).toContain('smp_mb');
    expect(made.word(made.layout.mms[MM_B].cpumask)).toBe(1);
    expect(made.word(made.layout.mms[INIT_MM].cpumask)).toBe(0);
  });
});

describe('switch_mm_irqs_off to the mm that is loaded', () => {
  const lazyOnB = (slotGen: number): ScenarioCpu => ({
    ...ranA,
    lazy: true,
    slots: [
      { mm: 0, tlbGen: 5 },
      { mm: 1, tlbGen: slotGen },
    ],
  });

  it('does nothing for another thread of it', () => {
    const made = switchTo({}, MM_B);
    expect(made.ops).toEqual(['READ_ONCE cpu0.loaded_mm', 'READ_ONCE cpu0.is_lazy']);
  });

  it('up to 6.13 tests its bit in the mask, and sets one that is missing', () => {
    const made = bench({ profile: '6.12' }, false);
    made.set(made.layout.mms[MM_B].cpumask, 0);
    made.run((cpu) => switchMmIrqsOff(cpu, MM_B));
    expect(made.ops.slice(2)).toEqual(['READ_ONCE mm_cpumask(B)', 'atomic_fetch_or mm_cpumask(B) 1']);
    expect(switchTo({ profile: '6.12' }, MM_B).ops.slice(2)).toEqual(['READ_ONCE mm_cpumask(B)']);
  });

  it('up to 5.12 stores is_lazy whatever it was', () => {
    expect(switchTo({ profile: '5.10' }, MM_B).ops).toContain('WRITE_ONCE cpu0.is_lazy = 0');
    expect(switchTo({ profile: '6.12' }, MM_B).ops).not.toContain('WRITE_ONCE cpu0.is_lazy = 0');
  });

  it.each(['6.12', '6.18'])(
    '%s, from lazy mode: not lazy, barrier, then the generation; equal: no flush',
    (profile) => {
      const made = switchTo({ profile }, MM_B, false, lazyOnB(1));
      expect(made.ops).toEqual([
        'READ_ONCE cpu0.loaded_mm',
        'READ_ONCE cpu0.is_lazy',
        'WRITE_ONCE cpu0.is_lazy = 0',
        ...(profile === '6.12' ? ['READ_ONCE mm_cpumask(B)'] : []),
        'smp_mb',
        'READ_ONCE tlb_gen(B)',
        'READ_ONCE cpu0.loaded_mm_asid',
        'READ_ONCE cpu0.ctxs[1].tlb_gen',
      ]);
      expect(made.eventsOf(0, EV_LAZY_REENTRY)).toEqual([[MM_B, 0]]);
    },
  );

  it('from lazy mode, behind: same slot, forced flush', () => {
    const made = switchTo({}, MM_B, false, lazyOnB(0));
    expect(made.ops.slice(7)).toEqual([
      'WRITE_ONCE cpu0.ctxs[1].ctx_id = 3',
      'WRITE_ONCE cpu0.ctxs[1].tlb_gen = 1',
      'write_cr3 pcid 2 flush',
      'WRITE_ONCE cpu0.loaded_mm = 4',
      'WRITE_ONCE cpu0.loaded_mm_asid = 1',
    ]);
    expect(made.eventsOf(0, EV_LAZY_REENTRY)).toEqual([[MM_B, 1]]);
  });

  it('from lazy mode, not equal but above: flushes too, unlike choose_new_asid', () => {
    const made = switchTo({}, MM_B, false, lazyOnB(2));
    expect(made.ops).toContain('write_cr3 pcid 2 flush');
    expect(made.word(made.layout.cpus[0].tlbstate.ctxs[1].tlbGen)).toBe(1);
  });

  it('from lazy mode to another mm: is_lazy is cleared before loaded_mm changes', () => {
    expect(order(switchTo({}, MM_A, true, lazyOnB(1))).slice(0, 2)).toEqual(['not lazy', 'SWITCHING']);
  });
});
