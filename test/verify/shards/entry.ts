import { p2 } from '../../../bench/peers/p2.js';
import { p3 } from '../../../bench/peers/p3.js';
import { p4 } from '../../../bench/peers/p4.js';
import { environmentOf } from '../../../src/explore/batch.js';
import type { KernelProgram } from '../../../src/kernel/kernel-program.js';
import type { PlainProgram } from '../../../src/programs/plain-program.js';
import { programOf } from '../../../src/programs/subject.js';
import { verifyCatalogue } from '../../../src/scenarios/verify/index.js';
import type { KernelBounds } from '../../../src/verify/kernel/kernel-machine.js';
import type { SearchResult } from '../../../src/verify/search.js';
import { kernelSearch, plainSearch, type SearchOptions } from '../../../src/verify/searches.js';
import type { SplitAsked } from '../../../src/verify/shards/split.js';
import type { MemoryModel } from '../../../src/vocabulary/violation.js';
import { programs } from '../livelock-entry.js';

/** Spaces whose exploration is shared out, lowered. */

const plain: Readonly<Record<string, () => PlainProgram>> = {
  ...{ P2: () => p2(false), 'P2 with fence': () => p2(true), 'P3 2x2': () => p3(2, 2) },
  ...{ P4: () => p4(2), P4b: () => p4(2, true) },
  ...Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, () => program])),
};

/** `name`: one of `plain`, or `VARIANT in SCENARIO`. */
function programNamed(name: string): PlainProgram | KernelSubject {
  if (name in plain) return plain[name]();
  const [variant, wanted] = name.split(' in ');
  const scenario = verifyCatalogue.find((one) => one.name === wanted);
  if (scenario === undefined) throw new Error(`no scenario ${wanted}`);
  const subject = { variant, scenario };
  const { program, kernel } = programOf(subject, { variants: [], programs: [] });
  if (kernel === null) throw new Error(`no kernel ${variant}`);
  const { walks, preemptions = 0 } = environmentOf(subject, program);
  return { kernel, bounds: { walks, preemptions } };
}

interface KernelSubject {
  readonly kernel: KernelProgram;
  readonly bounds: KernelBounds;
}

export interface Explored {
  readonly result: SearchResult;
  /** How executions end, with the memory that they leave; of a search that no violation ends. */
  readonly ends: ReadonlySet<string>;
}

/** Without `split`: all of it. */
export function explored(name: string, memory: MemoryModel, split?: SplitAsked): Explored {
  const found = programNamed(name);
  const run = (limits: Partial<SearchOptions>): SearchResult => {
    const options = { memoryBytes: 2 ** 30, isOver: () => false, split, ...limits };
    return 'kernel' in found
      ? kernelSearch(found.kernel, memory, found.bounds, options).search.run()
      : plainSearch(found, memory, options).run();
  };
  const ends = new Set<string>();
  // What is behind a kernel's own words is numbered in the order in which it was met.
  const words = 'kernel' in found ? found.kernel.hardwareBase : undefined;
  run({ onEnd: (end, left) => void ends.add(`${end} ${left.subarray(0, words).join(' ')}`) });
  return { result: run({}), ends };
}
