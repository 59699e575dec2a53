import type { KernelProgram } from '../kernel/kernel-program.js';
import type { Definitions } from '../programs/definitions.js';
import type { PlainProgram } from '../programs/plain-program.js';
import { programOf, type Subject } from '../programs/subject.js';
import type { LatentClass, MemoryModel } from '../vocabulary/violation.js';
import { BoundedSpace } from './bounded-space.js';
import { Footprints, WronglyRelied } from './kernel/footprints.js';
import type { KernelBounds } from './kernel/kernel-machine.js';
import { KernelSpace, type KernelSpaceOptions } from './kernel/kernel-space.js';
import { PlainSpace } from './plain-space.js';
import { MemoryBudget } from './row-table.js';
import { Search, type SearchLimits } from './search.js';
import type { Space } from './space.js';

/** What a search may take, beside its limits: bytes for its tables. */
export interface SearchOptions extends SearchLimits {
  readonly memoryBytes: number;
  /** How often a CPU may be taken off in favour of another; absent or null: without a bound. */
  readonly switchesMax?: number | null;
}

/** The states of what is asked for, and the latent violations that steps between them have met so far. */
export interface SubjectSpace {
  readonly space: Space;
  readonly budget: MemoryBudget;
  /** Names of the reductions that are on. */
  readonly reductions: readonly string[];
  latent(): readonly LatentMet[];
  /** What a script threw that has changed an object that it kept; null: none has. */
  changedKept(): TypeError | null;
}

export interface LatentMet {
  readonly class: LatentClass;
  readonly message: string;
}

/**
 * Which steps of a kernel are executed at once: none, or those that are local as far as `footprints` knows,
 * which searches of the same kernel in the same scenario share.
 */
export interface Reduction {
  footprints: Footprints | null;
}

/** What a verdict calls it. */
const LOCAL_STEPS = "steps of a CPU's own at once";

export function spaceOf(
  subject: Subject,
  own: Definitions,
  memory: MemoryModel,
  bounds: KernelBounds,
  memoryBytes: number,
  isReduced: boolean,
  reduction: Reduction,
): SubjectSpace {
  const budget = new MemoryBudget(memoryBytes);
  const { kernel } = programOf(subject, own);
  if (kernel !== null) {
    reduction.footprints ??= new Footprints(kernel.image.length);
    reduction.footprints.forget();
    const footprints = isReduced ? reduction.footprints : undefined;
    const space = new KernelSpace(kernel, memory, bounds, budget, { footprints });
    const latent = (): readonly LatentMet[] =>
      [...space.kernel.latent].map(([name, message]) => ({ class: name, message }));
    const changedKept = (): TypeError | null => space.kernel.automaton.changedKept;
    return { space, budget, reductions: isReduced ? [LOCAL_STEPS] : [], latent, changedKept };
  }
  const program = own.programs.find(({ name }) => 'program' in subject && name === subject.program);
  if (program === undefined) throw new Error('a plain program that is none of the modules');
  const space = new PlainSpace(program, memory, budget);
  const changedKept = (): TypeError | null => space.automaton.changedKept;
  return { space, budget, reductions: [], latent: () => [], changedKept };
}

/** The executions of a space within a bound on switches; null: all of them. */
export function within(space: Space, switchesMax: number | null): Space {
  return switchesMax === null ? space : new BoundedSpace(space, switchesMax);
}

/** A search of all executions of a plain program. */
export function plainSearch(program: PlainProgram, memory: MemoryModel, options: SearchOptions): Search {
  const budget = new MemoryBudget(options.memoryBytes);
  const space = new PlainSpace(program, memory, budget);
  return new Search(within(space, options.switchesMax ?? null), budget, options);
}

/**
 * Searches until a search has relied on nothing that is not so. `make`: a search with what is known by then.
 */
export function relying<Result>(kernel: KernelProgram, make: (footprints: Footprints) => Result): Result {
  const footprints = new Footprints(kernel.image.length);
  for (;;) {
    footprints.forget();
    try {
      return make(footprints);
    } catch (error) {
      if (!(error instanceof WronglyRelied)) throw error;
    }
  }
}

/** A search of all executions of a kernel in a scenario. */
export function kernelSearch(
  program: KernelProgram,
  memory: MemoryModel,
  bounds: KernelBounds,
  options: SearchOptions & KernelSpaceOptions,
): { readonly search: Search; readonly space: KernelSpace } {
  const budget = new MemoryBudget(options.memoryBytes);
  const space = new KernelSpace(program, memory, bounds, budget, options);
  return { search: new Search(within(space, options.switchesMax ?? null), budget, options), space };
}
