import { spawnSync } from 'node:child_process';

/** Whether this machine has the compiler; tests that need it say in their names that they were skipped. */
export const HAS_CLANG = ['clang', 'wasm-ld'].every(
  (command) => spawnSync(command, ['--version']).status === 0,
);

/** The name of a group of tests that compile. */
export function compiling(name: string): string {
  return HAS_CLANG ? name : `${name} (skipped: clang and wasm-ld are not installed)`;
}
