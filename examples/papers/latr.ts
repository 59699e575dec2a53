import {
  contextSwitch,
  defineVariant,
  type KernelCpu,
  type KernelFunctions,
  type Protocol,
  runStep,
  TLB_FLUSH_ALL,
  tlbFlushMmu,
  zapPageRange,
} from 'shootdown';

/**
 * LATR, lazy translation coherence (Kumar, Maass, Kashyap, Vesely, Yan, Kim, Bhattacharjee, Krishna, ASPLOS
 * 2018): munmap and madvise send no IPIs. The initiator flushes itself, leaves a note of who else has to, and
 * returns; the others look at such notes when they switch, and at their ticks. The pages are freed when all
 * have looked. Its authors argue that a program that uses what it has given back is wrong by itself: so the
 * system call promises nothing here (`latr`). Linux promises more (`latr-as-linux`).
 *
 * One note per CPU; while it stands, or where page tables are freed, everything goes as ever. A tick is the
 * beginning of a step of a CPU's script here. PCIDs that are not loaded are the generations' business, which
 * are counted as ever.
 *
 *     shootdown hunt examples/papers/latr.ts
 */

/** Of each CPU: who has to look at its note; how many frames wait for that, and those. */
const MASK = 0;
const COUNT = 1;
const FRAMES = 2;
const FRAMES_MAX = 8;
const ownWords = {
  perCpu: [
    { name: 'latr.cpus' },
    { name: 'latr.count' },
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({ name: `latr.frames[${at}]` })),
  ],
  perMm: [],
  machine: [],
};

/** Frees what the own note has kept, once everybody has looked. Answers whether the note is free. */
function* collect(cpu: KernelCpu): Protocol<boolean> {
  const own = cpu.layout.own.perCpu[cpu.id];
  const waiting = yield* cpu.readOnce(own[MASK]);
  if (waiting !== 0) return false;
  const count = yield* cpu.peek(own[COUNT]);
  yield* cpu.poke(own[COUNT], 0);
  for (let i = 0; i < count; i++) {
    const frame = yield* cpu.peek(own[FRAMES + i]);
    yield* cpu.fn.putPage(cpu, frame);
  }
  return true;
}

/** Looks at all notes, and flushes what is loaded where one is for this CPU. */
function* sweep(cpu: KernelCpu): Protocol<void> {
  for (let other = 0; other < cpu.per.length; other++) {
    const word = cpu.layout.own.perCpu[other][MASK];
    const waiting = yield* cpu.readOnce(word);
    if ((waiting & (1 << cpu.id)) === 0) continue;
    yield* cpu.localIrqDisable();
    yield* cpu.fn.flushTlbLocal(cpu);
    yield* cpu.localIrqEnable();
    yield* cpu.fetchAnd(word, ~(1 << cpu.id));
  }
}

const leaveNote = (reusesAtOnce: boolean): KernelFunctions['tlbFlushMmu'] =>
  function* noteInsteadOfIpis(cpu: KernelCpu, nominalPages: number): Protocol<void> {
    const tlb = cpu.own.gather;
    const pages = yield* cpu.peek(tlb.pagesCount);
    const tables = yield* cpu.peek(tlb.tablesCount);
    const fullmm = yield* cpu.peek(tlb.fullmm);
    const isFree = yield* collect(cpu);
    if (!isFree || pages === 0 || pages > FRAMES_MAX || tables !== 0 || fullmm !== 0) {
      yield* tlbFlushMmu(cpu, nominalPages);
      return;
    }
    const own = cpu.layout.own.perCpu[cpu.id];
    const mm = yield* cpu.peek(tlb.mm);
    for (let i = 0; i < pages; i++) {
      const frame = yield* cpu.peek(tlb.pages + i);
      yield* cpu.poke(own[FRAMES + i], frame);
    }
    yield* cpu.poke(own[COUNT], pages);
    yield* cpu.poke(tlb.pagesCount, 0);
    const newTlbGen = yield* cpu.fn.incMmTlbGen(cpu, mm);
    yield* cpu.fn.getFlushTlbInfo(cpu, mm, 0, TLB_FLUSH_ALL, 0, false, newTlbGen);
    const others = yield* cpu.readOnce(cpu.mms[mm].cpumask);
    yield* cpu.xchg(own[MASK], others & ~(1 << cpu.id));
    const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
    if (loadedMm === mm) yield* cpu.fn.flushHere(cpu);
    yield* cpu.fn.tlbResetRange(cpu);
    if (!reusesAtOnce) return;
    yield* cpu.poke(own[COUNT], 0);
    for (let i = 0; i < pages; i++) {
      const frame = yield* cpu.peek(own[FRAMES + i]);
      yield* cpu.fn.putPage(cpu, frame);
    }
  };

const sweeping: Partial<KernelFunctions> = {
  *contextSwitch(cpu, nextMm) {
    yield* sweep(cpu);
    yield* contextSwitch(cpu, nextMm);
  },
  *runStep(cpu, step) {
    yield* sweep(cpu);
    yield* collect(cpu);
    yield* runStep(cpu, step);
  },
};

/** Nothing is said of uses after munmap or madvise has returned. */
const withoutPromise: Partial<KernelFunctions> = {
  *zapPageRange(cpu, mm, start, end, _promises) {
    yield* zapPageRange(cpu, mm, start, end, false);
  },
};

export const latr = defineVariant({
  name: 'latr',
  summary: 'munmap and madvise leave notes instead of sending IPIs; pages are freed when all have looked',
  base: '6.18',
  replace: { ...sweeping, ...withoutPromise, tlbFlushMmu: leaveNote(false) },
  ownWords,
});

export const latrAsLinux = defineVariant({
  name: 'latr-as-linux',
  summary: 'the same, and what munmap and madvise have taken away is to be gone when they return',
  base: '6.18',
  replace: { ...sweeping, tlbFlushMmu: leaveNote(false) },
  ownWords,
});

export const latrReusesAtOnce = defineVariant({
  name: 'latr-reuses-at-once',
  summary: 'the same, and pages are freed before the others have looked',
  base: '6.18',
  replace: { ...sweeping, ...withoutPromise, tlbFlushMmu: leaveNote(true) },
  ownWords,
});
