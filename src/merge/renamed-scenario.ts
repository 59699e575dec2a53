/**
 * A scenario up to the names of its CPUs and pages, as text: two that differ in which CPU does what, or on
 * which page, have the same.
 */

import type { Scenario, ScenarioCpu, ScriptStep } from '../vocabulary/scenario.js';

/** With more CPUs there would be too many orders to try, and CPUs keep their numbers. */
const CPUS_MAX = 6;

export interface RenamedScenario {
  readonly text: string;
  /** Characters that were laid out to find it. */
  readonly laidOut: number;
}

/** Lays out at most `charactersMax`; what needs more keeps the numbers of its CPUs. */
export function renamedScenario(scenario: Scenario, charactersMax: number): RenamedScenario {
  const numbers = Array.from({ length: scenario.cpus }, (_, cpu) => cpu);
  let text = inOrder(scenario, numbers);
  let laidOut = text.length;
  const orders = scenario.cpus <= CPUS_MAX ? permutations(numbers) : [];
  if (orders.length * text.length > charactersMax) return { text, laidOut };
  for (const order of orders) {
    const other = inOrder(scenario, order);
    laidOut += other.length;
    if (other < text) text = other;
  }
  return { text, laidOut };
}

function permutations(numbers: readonly number[]): number[][] {
  if (numbers.length <= 1) return [[...numbers]];
  return numbers.flatMap((first) =>
    permutations(numbers.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}

/** The scenario with CPU `order[n]` called n, and pages called in the order in which scripts name them. */
function inOrder(scenario: Scenario, order: readonly number[]): string {
  const pages = new Map<number, number>();
  const pageName = (page: number): number => {
    const known = pages.get(page) ?? pages.size;
    pages.set(page, known);
    return known;
  };
  const scripts = order.map((cpu) => scenario.scripts[cpu].map((step) => renamedStep(step, pageName)));
  const start = order.map((cpu): ScenarioCpu => scenario.start?.[cpu] ?? {});
  const mms = scenario.mms.map(({ cpumask = [], vmas, ...rest }) => ({
    ...rest,
    vmas: vmas?.map(([from, to, write]) => [pageName(from), to - from, write]),
    cpumask: cpumask.map((cpu) => order.indexOf(cpu)).sort((a, b) => a - b),
  }));
  const { pages: size, slots, pcid, lazy, walks, preemptions } = scenario;
  return JSON.stringify({ size, slots, pcid, lazy, walks, preemptions, scripts, start, mms });
}

function renamedStep(step: ScriptStep, pageName: (page: number) => number): unknown {
  if ('page' in step) return { ...step, page: pageName(step.page) };
  if ('start' in step) return { ...step, start: pageName(step.start), end: step.end - step.start };
  return step;
}
