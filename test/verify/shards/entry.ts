import { p2 } from '../../../bench/peers/p2.js';
import { p3 } from '../../../bench/peers/p3.js';
import { p4 } from '../../../bench/peers/p4.js';
import { environmentOf } from '../../../src/explore/batch.js';
import type { PlainProgram } from '../../../src/programs/plain-program.js';
import { programOf } from '../../../src/programs/subject.js';
import { verifyCatalogue } from '../../../src/scenarios/verify/index.js';
import { KernelSpace } from '../../../src/verify/kernel/kernel-space.js';
import { PlainSpace } from '../../../src/verify/plain-space.js';
import { MemoryBudget } from '../../../src/verify/row-table.js';
import { Search, type SearchResult } from '../../../src/verify/search.js';
import type { SplitAsked } from '../../../src/verify/shards/split.js';
import type { Space } from '../../../src/verify/space.js';
import type { MemoryModel } from '../../../src/vocabulary/violation.js';
import { programs } from '../livelock-entry.js';

/** Spaces whose exploration is shared out, lowered. */

const plain: Readonly<Record<string, () => PlainProgram>> = {
  ...{ P2: () => p2(false), 'P2 with fence': () => p2(true), 'P3 2x2': () => p3(2, 2) },
  ...{ P4: () => p4(2), P4b: () => p4(2, true) },
  ...Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, () => program])),
};

/** `name`: one of `plain`, or `VARIANT in SCENARIO`. */
function spaceNamed(name: string, memory: MemoryModel, budget: MemoryBudget): Named {
  if (name in plain) return { space: new PlainSpace(plain[name](), memory, budget), words: undefined };
  const [variant, wanted] = name.split(' in ');
  const scenario = verifyCatalogue.find((one) => one.name === wanted);
  if (scenario === undefined) throw new Error(`no scenario ${wanted}`);
  const subject = { variant, scenario };
  const { program, kernel } = programOf(subject, { variants: [], programs: [] });
  if (kernel === null) throw new Error(`no kernel ${variant}`);
  const { walks, preemptions = 0 } = environmentOf(subject, program);
  const space = new KernelSpace(kernel, memory, { walks, preemptions }, budget, {});
  return { space, words: kernel.hardwareBase };
}

interface Named {
  readonly space: Space;
  /** How many words of memory are its own; behind them what it met is numbered. */
  readonly words: number | undefined;
}

export interface Explored {
  readonly result: SearchResult;
  /** How executions end, with the memory that they leave; of a search that no violation ends. */
  readonly ends: ReadonlySet<string>;
  /** The states that it has expanded. */
  readonly states: ReadonlySet<string>;
}

/**
 * One search for each of `splits`, null for one of all. What is behind the numbers in states they have in
 * common, so that states can be compared.
 */
export function explored(
  name: string,
  memory: MemoryModel,
  splits: readonly (SplitAsked | null)[],
): Explored[] {
  const budget = new MemoryBudget(2 ** 30);
  const { space, words } = spaceNamed(name, memory, budget);
  return splits.map((split) => {
    const limits = { isOver: () => false, split: split ?? undefined };
    const ends = new Set<string>();
    const whole = new Search(space, budget, {
      ...limits,
      onEnd: (end, left) => void ends.add(`${end} ${left.subarray(0, words).join(' ')}`),
    });
    whole.run();
    const { rows, width } = whole.states;
    const states = Array.from({ length: whole.expanded }, (_, id) =>
      rows.subarray(id * width, (id + 1) * width).join(' '),
    );
    return { result: new Search(space, budget, limits).run(), ends, states: new Set(states) };
  });
}
