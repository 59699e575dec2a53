import type { KernelProgram } from '../kernel/kernel-program.js';
import type { Definitions } from '../programs/definitions.js';
import type { PlainProgram } from '../programs/plain-program.js';
import { programOf, type Subject } from '../programs/subject.js';
import type { LatentClass, MemoryModel } from '../vocabulary/violation.js';
import { BoundedSpace } from './bounded-space.js';
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

/** A search of all executions of what is asked for, and the latent violations that it has met so far. */
export function searchOf(
  subject: Subject,
  own: Definitions,
  memory: MemoryModel,
  bounds: KernelBounds,
  options: SearchOptions,
): { readonly search: Search; latent(): { readonly class: LatentClass; readonly message: string }[] } {
  const { kernel } = programOf(subject, own);
  if (kernel !== null) {
    const { search, space } = kernelSearch(kernel, memory, bounds, options);
    return {
      search,
      latent: () => [...space.kernel.latent].map(([name, message]) => ({ class: name, message })),
    };
  }
  const program = own.programs.find(({ name }) => 'program' in subject && name === subject.program);
  if (program === undefined) throw new Error('a plain program that is none of the modules');
  return { search: plainSearch(program, memory, options), latent: () => [] };
}

/** A search of all executions of a plain program. */
export function plainSearch(program: PlainProgram, memory: MemoryModel, options: SearchOptions): Search {
  const budget = new MemoryBudget(options.memoryBytes);
  return new Search(bounded(new PlainSpace(program, memory, budget), options), budget, options);
}

function bounded(space: Space, { switchesMax }: SearchOptions): Space {
  return switchesMax == null ? space : new BoundedSpace(space, switchesMax);
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
  return { search: new Search(bounded(space, options), budget, options), space };
}
