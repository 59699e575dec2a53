import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cause, causeWords, type FlushCauseKind, flushCause } from '../../src/explain/cause.js';
import { readFinding } from '../../src/findings/read.js';
import { allKnownWitnesses, witnessFile } from '../../src/known/witnesses.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import type { ViolationFacts, WaitingCpu } from '../../src/vocabulary/violation-facts.js';

/** The words of causes are in baseline files that users have committed: none may change. */

const names = {
  nameOf: (address: number) => `csd(${address}->1).flags`,
  recordOf: (address: number) => `csd(${address}->1)`,
};
const words = (cause: Cause): string => causeWords(cause, names);
const outcome = (facts: ViolationFacts): string => words({ kind: 'outcome', facts });

/** As version 0.1.0 wrote them. */
const WORDS: readonly (readonly [FlushCauseKind, string])[] = [
  ['notCounted', 'no flush was requested before the use'],
  ['noIpi', 'no IPI'],
  ['saidNo', 'no IPI: should_flush_tlb said no'],
  ['sawLazy', 'no IPI: should_flush_tlb saw is_lazy'],
  ['sawSwitching', 'no IPI: should_flush_tlb saw SWITCHING'],
  ['sawOther', 'no IPI: should_flush_tlb saw a loaded_mm'],
  ['hostLost', 'the host lost the flush request'],
  ['hostCompleted', 'the host completed an access with an old translation'],
  ['keptAtSwitch', 'switch_mm_irqs_off kept the slot without a flush'],
  ['keptAtLazy', 'the way back from lazy mode kept the slot without a flush'],
  ['notFlushed', 'flush_tlb_func returned without a flush'],
  ['notServed', 'the initiator went on before its request had been served'],
  ['otherPages', 'other pages were flushed'],
  ['otherPcid', 'another PCID was flushed'],
  ['nothing', 'nothing was flushed'],
];

describe('the words of a cause', () => {
  it.each(WORDS)('%s', (kind, expected) => {
    expect(words(flushCause(kind))).toBe(expected);
    expect(words(flushCause(kind, false, true))).toBe(`${expected}; another CPU had written to the slot`);
  });

  it('tell a newer value in a store buffer', () => {
    expect(words(flushCause('sawLazy', true))).toBe(
      'no IPI: should_flush_tlb saw is_lazy, with a newer value in the store buffer',
    );
    expect(words(flushCause('sawOther', true))).toBe(
      'no IPI: should_flush_tlb saw a loaded_mm, with a newer value in the store buffer',
    );
  });

  it('are those of the violation without numbers and letters of mms, where nothing else is known', () => {
    expect(outcome({ class: 'cross-mm', cpu: 2, page: 13, filledUnder: 0, running: 30 })).toBe(
      'CPU# used a translation of page # filled under mm # while running mm mm#',
    );
    expect(outcome({ class: 'csd-reuse', cpu: 0, csd: 7 })).toBe(
      'CPU# queued csd(#->#) again while its target still had it',
    );
    expect(outcome({ class: 'unlock-of-free', cpu: 0, lock: 7 })).toBe(
      'CPU# unlocked csd(#->#).flags, which it did not hold',
    );
    expect(outcome({ class: 'assertion', cpu: 0, text: 'slot 12 of mm B is -3, not x2' })).toBe(
      'slot # of mm # is -#, not x#',
    );
  });

  it('tell what is waited for once, in an order of their own', () => {
    const stands = (cpu: number, word: number | null, value = 0): WaitingCpu => ({
      cpu,
      waits: word === null ? [] : [{ word, value }],
      operation: 'write_cr3',
      interrupts: cpu === 0,
    });
    const waiting = [stands(0, null), stands(1, 4, -1), stands(2, 5, -8), stands(3, 4, 2)];
    expect(words({ kind: 'stuck', waiting })).toBe(
      [
        'CPU# is before write_cr#, interrupts on',
        'CPU# waits for csd(#->#).flags (is #), interrupts off',
        'CPU# waits for csd(#->#).flags (is -#), interrupts off',
      ]
        .sort()
        .join('; '),
    );
  });
});

describe('the causes of the witnesses in data/witnesses', () => {
  const known = JSON.parse(
    readFileSync(new URL('causes-of-witnesses.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;

  it('are of each of them', () => {
    const files = allKnownWitnesses().map(({ variant }) => witnessFile(variant).replace('.json', ''));
    expect(Object.keys(known).sort()).toEqual(files.sort());
  });

  it.each(allKnownWitnesses().map((witness) => [witness.variant, witness.file] as const))(
    '%s',
    (variant, file) => {
      const { cause, former, circumstance } = replayFinding(readFinding(file), false);
      const where = circumstance === null ? '' : ` [${circumstance}]`;
      // A finer cause of today is still found by the words of before.
      expect((former ?? cause) + where).toBe(known[witnessFile(variant).replace('.json', '')]);
    },
  );
});
