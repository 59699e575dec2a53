import type { Scenario, ScenarioCpu, ScenarioMm, ScriptStep } from '../../vocabulary/scenario.js';

/** Scenarios with less in them than a given one; what they show may be different. */

/** Operations of a CPU's script. */
export interface Part {
  readonly cpu: number;
  readonly from: number;
  readonly count: number;
}

export function operationsOf({ scripts }: Scenario): number {
  return scripts.reduce((sum, script) => sum + script.length, 0);
}

/** Whole scripts, then halves of them, and so on down to single operations: each size before the next. */
export function partsOf({ scripts }: Scenario): Part[] {
  const longest = Math.max(0, ...scripts.map(({ length }) => length));
  const parts: Part[] = [];
  for (let size = longest; size >= 1; size >>= 1)
    scripts.forEach((script, cpu) => {
      // A whole script that is shorter comes where its own size does.
      if (size > script.length) return;
      // From the end: what comes after the violation goes first.
      for (let end = script.length; end > 0; end -= size) {
        const from = Math.max(0, end - size);
        parts.push({ cpu, from, count: end - from });
      }
    });
  return parts;
}

export function withoutPart(scenario: Scenario, { cpu, from, count }: Part): Scenario {
  const without = (script: readonly ScriptStep[]): ScriptStep[] => [
    ...script.slice(0, from),
    ...script.slice(from + count),
  ];
  return {
    ...scenario,
    scripts: scenario.scripts.map((script, i) => (i === cpu ? without(script) : script)),
  };
}

/** Whether the CPU does nothing and has nothing: no script, no mm, no slot, no bit in a mask. */
export function isIdle(scenario: Scenario, cpu: number): boolean {
  const { loadedMm, slots = [], cached = [] } = scenario.start?.[cpu] ?? {};
  return (
    scenario.scripts[cpu].length === 0 &&
    loadedMm === undefined &&
    slots.every((slot) => slot === null) &&
    cached.length === 0 &&
    scenario.mms.every(({ cpumask = [] }) => !cpumask.includes(cpu))
  );
}

/** Without that CPU; those behind it are called one less. */
export function withoutCpu(scenario: Scenario, cpu: number): Scenario {
  const others = <Each>(list: readonly Each[]): Each[] => list.filter((_, i) => i !== cpu);
  const mms = scenario.mms.map(
    (mm): ScenarioMm =>
      mm.cpumask === undefined
        ? mm
        : { ...mm, cpumask: mm.cpumask.map((each) => (each > cpu ? each - 1 : each)) },
  );
  const { start, hyperv } = scenario;
  return {
    ...scenario,
    cpus: scenario.cpus - 1,
    mms,
    scripts: others(scenario.scripts),
    ...(start === undefined ? {} : { start: others(start) }),
    ...(hyperv?.vpNumbers === undefined
      ? {}
      : { hyperv: { ...hyperv, vpNumbers: others(hyperv.vpNumbers) } }),
  };
}

/**
 * Scenarios that begin where an operation at the beginning of a script, or a page fault somewhere, would have
 * led: `done` is the part that is no operation any more.
 */
export function warmer(scenario: Scenario): { readonly scenario: Scenario; readonly done: Part | null }[] {
  const begun = scenario.scripts.flatMap((script, cpu) => {
    const start = startOf(scenario, cpu, script[0]);
    if (start === null) return [];
    const done = { cpu, from: 0, count: 1 };
    const others = scenario.start ?? scenario.scripts.map(() => ({}));
    const started = { ...scenario, start: others.map((each, i) => (i === cpu ? start : each)) };
    return [{ scenario: withoutPart(started, done), done }];
  });
  const mapped = scenario.mms.flatMap((mm, index) => {
    // Of an mm that is forked, or has areas of its own, not every page can be there.
    if (mm.alive === false || mm.vmas !== undefined) return [];
    return Array.from({ length: scenario.pages }, (_, page) => page)
      .filter((page) => !isMapped(mm, page) && isAccessed(scenario, page))
      .map((page) => {
        const more = { ...mm, mapped: [...(mm.mapped ?? []), { page, write: true }] };
        return { scenario: { ...scenario, mms: scenario.mms.with(index, more) }, done: null };
      });
  });
  return [...begun, ...mapped];
}

/** What a CPU begins with once its first operation is done; null where that is more than a start can say. */
function startOf(scenario: Scenario, cpu: number, first: ScriptStep | undefined): ScenarioCpu | null {
  const start = scenario.start?.[cpu] ?? {};
  const { loadedMm, slots, lazy, cached = [] } = start;
  if (first?.op === 'run' && loadedMm === undefined && slots === undefined)
    return scenario.mms[first.mm].alive === false ? null : { ...start, loadedMm: first.mm };
  if (first?.op !== 'access' || loadedMm === undefined || lazy === true) return null;
  const { page } = first;
  if (!isMapped(scenario.mms[loadedMm], page)) return null;
  const isCached = cached.some((each) => each.mm === loadedMm && each.page === page);
  return isCached ? start : { ...start, cached: [...cached, { mm: loadedMm, page }] };
}

function isMapped({ mapped = [] }: ScenarioMm, page: number): boolean {
  return mapped.some((each) => each.page === page);
}

function isAccessed({ scripts }: Scenario, page: number): boolean {
  return scripts.some((script) => script.some((step) => step.op === 'access' && step.page === page));
}
