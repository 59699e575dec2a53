import type { Site } from './site.js';

/** One step as the machine saw it, with all that a description or an explanation may want to know of it. */
export interface RawStep {
  readonly step: number;
  readonly agent: number;
  readonly cpu: number;
  /** OP_* or STEP_*. */
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** Fifth operand, of a compare-exchange of a pair only. */
  readonly e: number;
  /** Result of the operation; for a drain, whether it was a page-table entry or user store is in `c`. */
  readonly value: number;
  readonly events: readonly KernelEvent[];
  readonly site: Site | null;
  /** Where an assertion of the program failed in this step, behind its operation; null: none did. */
  readonly asserted: Site | null;
  readonly handlerDepth: number;
  /**
   * A load that another CPU's buffered store would have answered otherwise: that CPU and its newest value.
   */
  readonly unseen: { readonly cpu: number; readonly value: number } | null;
  /** What a compare-exchange of a pair found in memory. */
  readonly found: { readonly first: number; readonly second: number } | null;
  /** What reached memory in this step, in order: buffered stores that it drained, then its own. */
  readonly writes: readonly Write[];
  /**
   * The stores among them that waited in the CPU's buffer and that the step, not being a drain itself, made
   * reach memory.
   */
  readonly drained: readonly BufferedStore[];
}

/** A store in a store buffer; `kind` is one of SB_*. */
export interface BufferedStore {
  readonly address: number;
  readonly value: number;
  readonly kind: number;
}

export interface Write {
  readonly cpu: number;
  readonly address: number;
  readonly before: number;
  readonly value: number;
  /**
   * Written to memory that only the running task can reach: no instruction of its own, and past the store
   * buffer.
   */
  readonly poked: boolean;
}

export interface KernelEvent {
  readonly cpu: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}
