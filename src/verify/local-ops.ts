/**
 * Kinds of what is no instruction, as a script's local states have them, beside those of machine/op-kinds.ts.
 */

export const OP_DONE = 0;
export const OP_PEEK = 100;
export const OP_POKE = 101;
export const OP_CHOOSE = 102;
/** An assertion that is false. */
export const OP_FAIL = 103;
/** The script throws here. */
export const OP_THROW = 104;
/** From here on: done at once, in the step of the operation before. */
export const OP_IMMEDIATE_MIN = OP_PEEK;
/** What only kernels have: a note, and ghost operations. */
export const OP_EVENT = 105;
export const OP_PROMISE = 106;
export const OP_RETURNED = 107;
export const OP_NEW_SPACE = 108;
export const OP_REGISTER = 109;
