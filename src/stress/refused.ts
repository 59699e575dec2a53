import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';

/**
 * Why a variant does not run on threads of a computer of this architecture (Node's `process.arch`), or null.
 * Hardware that a backend brings along is a unit of the explorer's machine; a virtual CPU on threads is its
 * own host, which does nothing while it is out.
 *
 * A compare-exchange of two words is done on a BigInt64Array over the bytes of an Int32Array; accesses of
 * mixed size are outside the JavaScript memory model, and only on x86-64 is it known what the hardware makes
 * of them.
 */
export function refusedOnThreads(variant: string, arch: string, own: readonly Variant[] = []): string | null {
  const { rule, backend, features } = findVariant(variant, own) ?? {};
  if (backend?.unit !== undefined)
    return `${variant} has hardware of its own, which threads have not; hunt it instead`;
  if (backend?.has.preemptedByte === true && features?.hostRemembersMark === false)
    return `${variant} has a host that marks once more what is out, and a thread that is out does nothing`;
  if (arch === 'x64' || rule?.needsPair !== true) return null;
  return (
    `${variant} needs a compare-exchange of two words at once, which threads have on x86-64 only ` +
    `(this is ${arch}); hunt it instead`
  );
}
