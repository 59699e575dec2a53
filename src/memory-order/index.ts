import type { MemoryOrder } from './order.js';
import { sc } from './sc.js';
import { tso } from './tso.js';

/**
 * Every memory model, by the name that findings and flags have of it. One more is its file and a line here.
 */
const known = { tso, sc } satisfies Readonly<Record<string, MemoryOrder>>;

/**
 * x86-TSO with modelled store buffers, or sequential consistency, to tell an ordering bug from a logic bug.
 */
export type MemoryModel = keyof typeof known;

export const memoryOrders: Readonly<Record<MemoryModel, MemoryOrder>> = known;
export const MEMORY_MODELS = Object.keys(known) as readonly MemoryModel[];

export function isMemoryModel(text: string): text is MemoryModel {
  return (MEMORY_MODELS as readonly string[]).includes(text);
}

/** `tso (x86) or sc (sequential consistency)`. */
export function memoryModelWords(): string {
  return MEMORY_MODELS.map((name) => `${name} (${memoryOrders[name].summary})`).join(' or ');
}
