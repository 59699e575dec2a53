/**
 * Modules for runs on threads: each right, and each of a kind that an end of a round, or a wait that nobody
 * rings for, would spoil.
 */

const imports =
  "import { CSD_FLAGS, defineVariant, defineScenario, plainProgram, steps, waitForCsds } from 'shootdown';";

/** Variants whose handlers are not done when they have acknowledged. */
export const roundEnds = [
  imports,
  // A lock of the CPU's own around the handler.
  "export const a = defineVariant({ name: 'locks-in-handler', replace: { *callFunctionInterrupt(cpu) {",
  '  yield* cpu.spinLock(cpu.layout.rule.lock[cpu.id]);',
  '  yield* cpu.fn.flushSmpCallFunctionQueue(cpu);',
  '  yield* cpu.spinUnlock(cpu.layout.rule.lock[cpu.id]);',
  '  yield* cpu.iret();',
  '} } });',
  // Odd while the handler runs, by plain stores: the last one is in flight when it returns.
  "export const b = defineVariant({ name: 'counts-plainly', replace: { *callFunctionInterrupt(cpu) {",
  '  const seq = cpu.layout.rule.seq[cpu.id];',
  '  const begun = yield* cpu.readOnce(seq);',
  "  yield* cpu.assert((begun & 1) === 0, 'a handler began in another');",
  '  yield* cpu.writeOnce(seq, begun + 1);',
  '  yield* cpu.fn.flushSmpCallFunctionQueue(cpu);',
  '  for (let i = 0; i < 20; i++) yield* cpu.readOnce(seq);',
  '  const now = yield* cpu.readOnce(seq);',
  "  yield* cpu.assert(now === begun + 1, 'the count changed under the handler');",
  '  yield* cpu.writeOnce(seq, begun + 2);',
  '  yield* cpu.iret();',
  '} } });',
  // Interrupts that nobody waits for: one that a round leaves behind would come to a CPU that none was sent
  // to.
  "export const c = defineVariant({ name: 'sends-without-waiting', replace: {",
  '  *waitForCsds(cpu) {',
  '    yield* waitForCsds(cpu);',
  '    for (let target = 0; target < cpu.per.length; target++) {',
  '      if (target === cpu.id) continue;',
  '      yield* cpu.fetchAdd(cpu.layout.rule.seq[target], 1);',
  '      yield* cpu.sendIpi(target);',
  '      yield* cpu.sendNmi(target);',
  '    }',
  '  },',
  '  *beforeTargetFlush(cpu, target) { yield* cpu.fetchAdd(cpu.layout.rule.seq[target], 1); },',
  '  *callFunctionInterrupt(cpu) {',
  '    const sent = yield* cpu.readOnce(cpu.layout.rule.seq[cpu.id]);',
  "    yield* cpu.assert(sent > 0, 'an interrupt that nobody sent');",
  '    yield* cpu.fn.flushSmpCallFunctionQueue(cpu);',
  '    yield* cpu.iret();',
  '  },',
  '} });',
  // Frames that wait for a grace period when the round ends.
  "export const d = defineVariant({ name: 'frees-in-handler', replace: { *callFunctionInterrupt(cpu) {",
  '  yield* cpu.fn.flushSmpCallFunctionQueue(cpu);',
  '  const frame = yield* cpu.allocFrame(0);',
  '  yield* cpu.freeFrameRcu(frame);',
  '  yield* cpu.iret();',
  '} } });',
  // A CPU without a script: it takes part in the end of a round too.
  'const { A, run, script, write, munmap } = steps;',
  "export const idle = defineScenario({ name: 'one-idles', summary: 'wears out, and one CPU has no script',",
  '  scripts: [script(run(A), write(0), munmap(0, 1)), script(run(A), write(1)), []] });',
];

/** Three CPUs: two wait for what the first stores. x is 1 at first. */
const wait = (name: string, store: string, waiting = 'cpu.condLoadAcquire(at.x, -1, 0)'): string[] => [
  `export const ${name.replaceAll('-', '')} = plainProgram({ name: '${name}', words: { x: 1, y: 0, ` +
    'done: 0 }, cpus: [',
  '  function* (cpu, at) {',
  '    // Late enough for the others to sleep.',
  '    for (let i = 0; i < 3000; i++) yield* cpu.readOnce(at.done);',
  `    yield* ${store};`,
  '    yield* cpu.condLoadAcquire(at.done, -1, 2);',
  '  },',
  `  function* (cpu, at) { yield* ${waiting}; yield* cpu.fetchAdd(at.done, 1); },`,
  `  function* (cpu, at) { yield* ${waiting}; yield* cpu.fetchAdd(at.done, 1); },`,
  '] });',
];

/** Programs with a wait that a store of some kind ends. */
export const waits = [
  imports,
  ...wait('by-plain-store', 'cpu.writeOnce(at.x, 0)'),
  ...wait('by-poke', 'cpu.poke(at.x, 0)'),
  ...wait('by-and', 'cpu.fetchAnd(at.x, 0)'),
  ...wait('by-pair', 'cpu.cmpxchgPair(at.x, 1, 0, 0, 5)', 'cpu.condLoadAcquire(at.y, 7, 5)'),
  ...wait('by-another-value', 'cpu.writeOnce(at.x, 9)', 'cpu.condLoadAcquireNot(at.x, -1, 1)'),
  ...wait('by-bits', 'cpu.writeOnce(at.x, 6)', 'cpu.condLoadAcquire(at.x, 5, 4)'),
  // An NMI for CPUs that sleep with interrupts off, behind an IPI that wakes nobody.
  "export const nmi = plainProgram({ name: 'by-nmi-behind-ipi',",
  '  words: { x: 1, handled: 0, served: 0 }, cpus: [',
  '  function* (cpu, at) {',
  '    for (let i = 0; i < 3000; i++) yield* cpu.readOnce(at.handled);',
  '    for (let target = 1; target <= 2; target++) {',
  '      yield* cpu.sendIpi(target);',
  '      yield* cpu.sendNmi(target);',
  '    }',
  '    yield* cpu.condLoadAcquire(at.handled, -1, 2);',
  '    yield* cpu.fetchAnd(at.x, 0);',
  '  },',
  '  sleeper, sleeper,',
  '], *interrupt(cpu, at) { yield* cpu.fetchAdd(at.served, 1); yield* cpu.iret(); },',
  '  *nmi(cpu, at) { yield* cpu.fetchAdd(at.handled, 1); yield* cpu.iret(); } });',
  'function* sleeper(cpu, at) {',
  '  yield* cpu.localIrqDisable();',
  '  yield* cpu.condLoadAcquire(at.x, -1, 0);',
  '  yield* cpu.localIrqEnable();',
  '}',
  // An interrupt that comes when its CPU has ended with interrupts off is never served, and is no reason to
  // wait for it.
  "export const off = plainProgram({ name: 'ends-with-interrupts-off', words: { served: 0 }, cpus: [",
  '  function* (cpu, at) { yield* cpu.sendIpi(1); },',
  '  function* (cpu, at) { yield* cpu.localIrqDisable(); yield* cpu.readOnce(at.served); },',
  '], *interrupt(cpu, at) { yield* cpu.fetchAdd(at.served, 1); yield* cpu.iret(); } });',
];

const ack = (name: string, store: string): string[] => [
  `export const ${name.replaceAll('-', '')} = defineVariant({ name: '${name}', replace: { ` +
    `*csdUnlock(cpu, csd) { yield* ${store}; } } });`,
];

/** Variants whose acknowledgments are other stores than the kernel's; one that makes a CPU starve. */
export const acks = [
  imports,
  ...ack('acks-plainly', 'cpu.writeOnce(csd + CSD_FLAGS, 0)'),
  ...ack('acks-by-poke', 'cpu.poke(csd + CSD_FLAGS, 0)'),
  ...ack('acks-by-xchg', 'cpu.xchg(csd + CSD_FLAGS, 0)'),
  "export const starves = defineVariant({ name: 'starves-one', replace: { *doMunmap(cpu, mm, start, end) {",
  '  // The last CPU all but stands still: it looks at a word again and again.',
  '  if (cpu.id === cpu.per.length - 1) for (let i = 0; i < 3e5; i++) yield* ' +
    'cpu.readOnce(cpu.own.cfd.queue);',
  '} } });',
];
