import { fileURLToPath } from 'node:url';
import { packageRoot } from '../vocabulary/package-root.js';
import type { Unit } from './unit.js';

/** What clang is told. */

export const SHIMS = fileURLToPath(new URL('src/csource/shims', packageRoot()));

/**
 * How much of the optimiser runs: none, so that every access of the source is one of the code; or what -O2
 * means, which merges, drops and moves plain accesses as C lets it.
 */
export const OPTIMISATIONS = [0, 2] as const;
export type Optimisation = (typeof OPTIMISATIONS)[number];

const FLAGS = [
  '--target=wasm32',
  '-O0',
  '-g',
  '-gdwarf-4',
  '-ffreestanding',
  '-nostdinc',
  '-std=gnu11',
  '-fms-extensions',
  '-fno-strict-aliasing',
  '-Wno-everything',
  '-D__KERNEL__',
  '-DCONFIG_SMP=1',
  '-DCONFIG_X86_64=1',
] as const;

/**
 * The kernel's own rules for its optimiser: signed numbers wrap, address 0 may be accessed, and there are no
 * vector registers.
 */
const OPTIMISING = [
  '-O2',
  '-fno-strict-overflow',
  '-fno-delete-null-pointer-checks',
  '-fno-vectorize',
  '-fno-slp-vectorize',
] as const;

/** From C to code of the compiler's own language, as it is before any optimisation. */
export function flagsFor(unit: Unit, config: readonly string[], optimisation: Optimisation): string[] {
  return [
    ...FLAGS,
    ...(optimisation === 0 ? [] : [...OPTIMISING, '-Xclang', '-disable-llvm-passes', '-DLAB_OPTIMISED']),
    ...unit.definitions.map((one) => `-D${one}`),
    ...config.map((option) => `-DCONFIG_${option}=1`),
  ];
}

/** From that to the same, optimised. */
export function optimisingFlags(): string[] {
  return ['--target=wasm32', '-g', ...OPTIMISING];
}
