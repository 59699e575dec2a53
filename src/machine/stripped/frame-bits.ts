/** The build for threads: frames enough for 256 CPUs, and 12 bits of version, which may wrap (see SharedGhost). */
export const FRAME_BITS = 13;
