import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, INIT_MM, LOADED_MM_SWITCHING, MM_NULL } from '../../src/kernel/constants.js';
import { shouldFlushTlb } from '../../src/kernel/should-flush-tlb.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A10: who gets an IPI, in the three forms that existed. */
const MM_A = FIRST_USER_MM;
const MM_B = FIRST_USER_MM + 1;

function ask(
  setup: Setup,
  mm: number,
  loaded: number,
  lazy: boolean,
  trim: boolean,
): { answer: boolean; ops: string[] } {
  const bench = new Bench(quiet(), setup);
  const target = bench.layout.cpus[1].tlbstate;
  const info = bench.layout.cpus[0].flushInfo;
  bench
    .set(info.mm, mm)
    .set(info.trimCpumask, trim ? 1 : 0)
    .set(target.loadedMm, loaded)
    .set(target.isLazy, lazy ? 1 : 0);
  const answer = bench.run((cpu) => shouldFlushTlb(cpu, 1));
  return { answer, ops: bench.ops };
}

type Row = readonly [mm: number, loaded: number, lazy: boolean, trim: boolean];
const ROWS: readonly Row[] = [MM_A, MM_NULL].flatMap((mm) =>
  [MM_A, MM_B, INIT_MM, LOADED_MM_SWITCHING].flatMap((loaded) =>
    [false, true].flatMap((lazy) => [false, true].map((trim) => [mm, loaded, lazy, trim] as const)),
  ),
);

/** The truth, written a second time: as the tables of the versions have it, not as the code does. */
const FORMS: readonly (readonly [
  string,
  Setup,
  (mm: number, loaded: number, lazy: boolean, trim: boolean) => boolean,
])[] = [
  ['6.12: not lazy', { profile: '6.12' }, (_mm, _loaded, lazy) => !lazy],
  [
    '6.14: not lazy, and has the mm loaded or is to be trimmed',
    { profile: '6.14' },
    (mm, loaded, lazy, trim) => !lazy && (mm === MM_NULL || loaded === mm || trim),
  ],
  [
    '6.18: also who is switching',
    { profile: '6.18' },
    (mm, loaded, lazy, trim) =>
      !lazy && (mm === MM_NULL || loaded === LOADED_MM_SWITCHING || loaded === mm || trim),
  ],
  [
    '6.12-stable: as 6.18',
    { profile: '6.12-stable' },
    (mm, loaded, lazy, trim) =>
      !lazy && (mm === MM_NULL || loaded === LOADED_MM_SWITCHING || loaded === mm || trim),
  ],
  ['before 4.20: everybody', { profile: '6.12', features: { skipLazy: false } }, () => true],
];

describe('should_flush_tlb', () => {
  it.each(FORMS)('%s', (_name, setup, expected) => {
    for (const [mm, loaded, lazy, trim] of ROWS) {
      expect({ mm, loaded, lazy, trim, answer: ask(setup, mm, loaded, lazy, trim).answer }).toEqual({
        mm,
        loaded,
        lazy,
        trim,
        answer: expected(mm, loaded, lazy, trim),
      });
    }
  });

  it('reads loaded_mm before is_lazy where SWITCHING counts, after it where not (B3)', () => {
    const remote = (setup: Setup): string[] =>
      ask(setup, MM_A, MM_A, false, false).ops.filter((op) => op.includes('cpu1.'));
    expect(remote({ profile: '6.18' })).toEqual(['READ_ONCE cpu1.loaded_mm', 'READ_ONCE cpu1.is_lazy']);
    expect(remote({ profile: '6.14' })).toEqual(['READ_ONCE cpu1.is_lazy', 'READ_ONCE cpu1.loaded_mm']);
    expect(remote({ profile: '6.12' })).toEqual(['READ_ONCE cpu1.is_lazy']);
  });
});
