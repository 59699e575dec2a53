/**
 * The stripped build: frames enough for 256 CPUs, and 12 bits of version, which may wrap (see SharedGhost).
 */
export const FRAME_BITS = 13;
/**
 * The real cache line of 64 bytes: a CPU that looks at a lock again and again must not slow down who works
 * on the words beside it.
 */
export const LINE_WORDS: number = 16;
