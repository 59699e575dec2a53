import type { Scenario, ScriptStep } from '../vocabulary/scenario.js';

/**
 * A scenario for more CPUs: groups, each a copy of the scenario with mms of its own, side by side in one
 * machine. Where the number of CPUs is no multiple, the last group is a part: CPUs that would wait for one
 * that is missing have nothing to wait for, since scripts never do.
 */
export function replicate(scenario: Scenario, cpus: number): Scenario {
  if (cpus === scenario.cpus) return scenario;
  const groups = Math.ceil(cpus / scenario.cpus);
  const scripts: ScriptStep[][] = [];
  const start = [];
  for (let cpu = 0; cpu < cpus; cpu++) {
    const shift = Math.floor(cpu / scenario.cpus) * scenario.mms.length;
    const original = cpu % scenario.cpus;
    scripts.push(scenario.scripts[original].map((step) => shiftStep(step, shift)));
    const own = scenario.start?.[original] ?? {};
    start.push({
      ...own,
      ...(own.loadedMm === undefined ? {} : { loadedMm: own.loadedMm + shift }),
      ...(own.slots === undefined
        ? {}
        : { slots: own.slots.map((slot) => (slot === null ? null : { ...slot, mm: slot.mm + shift })) }),
    });
  }
  const mms = Array.from({ length: groups }, (_, group) =>
    scenario.mms.map((mm) =>
      mm.cpumask === undefined
        ? mm
        : {
            ...mm,
            cpumask: mm.cpumask.map((cpu) => cpu + group * scenario.cpus).filter((cpu) => cpu < cpus),
          },
    ),
  ).flat();
  return { ...scenario, cpus, mms, scripts, ...(scenario.start === undefined ? {} : { start }) };
}

function shiftStep(step: ScriptStep, shift: number): ScriptStep {
  if (step.op === 'run' || step.op === 'reclaim') return { ...step, mm: step.mm + shift };
  return step.op === 'fork' ? { ...step, child: step.child + shift } : step;
}

/** Rounds of scripts that wear out (they unmap what no script maps again) between two restarts. */
const ROUNDS_WORN = 4;
/** Rounds of scripts that do not: no counter comes near its end in as many. */
const ROUNDS_LASTING = 100_000;

/**
 * After how many rounds of its scripts a scenario begins again from its start. At once where an mm that
 * exists at the start, and that no script forks, is exited: the next round would have nothing to run.
 */
export function roundsPerRestart(scenario: Scenario): number {
  if (exitsForGood(scenario)) return 1;
  const steps = scenario.scripts.flat();
  const maps = (page: number): boolean =>
    steps.some((step) => step.op === 'mmap' && step.start <= page && page < step.end);
  const wears = steps.some((step) => step.op === 'munmap' && !(maps(step.start) && maps(step.end - 1)));
  return wears ? ROUNDS_WORN : ROUNDS_LASTING;
}

function exitsForGood(scenario: Scenario): boolean {
  const born = new Set(
    scenario.scripts.flatMap((script) => script.flatMap((step) => (step.op === 'fork' ? [step.child] : []))),
  );
  return scenario.scripts.some((script) => {
    let running = -1;
    for (const step of script) {
      if (step.op === 'run') running = step.mm;
      else if (step.op === 'kthread' || step.op === 'idle') running = -1;
      else if (step.op === 'exit' && running >= 0 && !born.has(running)) return true;
    }
    return false;
  });
}
