import type { Protocol } from './protocol.js';

/**
 * Whether a value can stand for protocol code. The stripped build has its own of this module: there a
 * protocol function is a plain one.
 */
export function isProtocolFunction(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}

/**
 * Whether a script has been begun: a plain function that does not hand on a generator has done nothing that
 * could be explored.
 */
export function isProtocol(value: unknown): value is Protocol<void> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { next?: unknown }).next === 'function'
  );
}
