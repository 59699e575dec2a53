/**
 * The two types that all simulated code is written in.
 *
 * Protocol code is generator functions. `yield*` stands exactly where another CPU, an interrupt, the page
 * walker or the hypervisor can come in between: every access to shared or machine state is a `yield*` of an
 * operation, and nothing else is.
 */

/**
 * An operation: what `yield*` is applied to. One operation is one instruction, with a boundary before it,
 * except the few that are no instruction on x86 (compiler barriers, ghost notes), which cost no step and have
 * no boundary.
 */
export interface Op<T = number> {
  [Symbol.iterator](): Iterator<undefined, T, number>;
}

/** A protocol function: a generator whose every step is an operation. */
export type Protocol<R = void> = Generator<undefined, R, number>;
