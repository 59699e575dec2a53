import { defineVariant, type KernelCpu, LOADED_MM_SWITCHING, type Protocol, shouldFlushTlb } from 'shootdown';

/** While `quietWhenSwitching` is on, a CPU in the middle of a switch gets no IPI: it is about to look. */
function* butNotSwitching(cpu: KernelCpu, target: number): Protocol<boolean> {
  if (cpu.hasFeature('quietWhenSwitching')) {
    const loaded = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
    if (loaded === LOADED_MM_SWITCHING) {
      const [skipped] = cpu.layout.own.perCpu[cpu.id];
      yield* cpu.poke(skipped, (yield* cpu.peek(skipped)) + 1);
      return false;
    }
  }
  return yield* shouldFlushTlb(cpu, target);
}

export const quiet = defineVariant({
  name: 'quiet',
  base: '6.18',
  replace: { shouldFlushTlb: butNotSwitching },
  ownFeatures: { quietWhenSwitching: true },
  ownWords: { perCpu: [{ name: 'quiet_skips' }], perMm: [], machine: [] },
  // Read at the end of each execution, and summed up.
  counters: { quietSkips: (read, { own }) => own.perCpu.reduce((sum, [skipped]) => sum + read(skipped), 0) },
  // Judged after every step, over what all CPUs see.
  always: (read, { cpus, mms }) =>
    cpus.every(({ tlbstate }) => read(tlbstate.loadedMm) < mms.length) ||
    'a CPU has loaded no mm that there is',
  final: (read, { cpus }) =>
    cpus.every(({ tlbstate }) => read(tlbstate.loadedMm) !== LOADED_MM_SWITCHING) ||
    'a CPU has ended in the middle of a switch',
});
