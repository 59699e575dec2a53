import { interruptOperations } from './interrupts.js';
import { lockedOperations } from './locked.js';
import { memoryOperations } from './memory.js';
import type { Operation } from './operation.js';
import { pageTableOperations } from './page-tables.js';
import { translationOperations } from './translation.js';

/** What every kind of operation does, by its number. A group more is a file and its name here. */

const groups = [
  memoryOperations,
  lockedOperations,
  interruptOperations,
  translationOperations,
  pageTableOperations,
];

const KINDS = 64;

const none: Operation = (machine, { id }, { kind }) => {
  throw machine.refusal(`CPU${id}: no such operation: ${kind}`);
};

export const OPERATIONS: readonly Operation[] = Array.from(
  { length: KINDS },
  (_, kind) =>
    groups
      .map(({ plain, draining }) => plain?.[kind] ?? draining?.[kind])
      .find((found) => found !== undefined) ?? none,
);

/** By kind: 1 where the CPU's store buffer drains before the operation acts. */
export const DRAINS = Uint8Array.from({ length: KINDS }, (_, kind) =>
  groups.some(({ draining }) => draining?.[kind] !== undefined) ? 1 : 0,
);
