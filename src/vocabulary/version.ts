/**
 * The version that findings carry: an execution is a pure function of it, the seed and the index. A test
 * keeps it equal to package.json's.
 */
export const VERSION = '0.1.0';
