import type { Program } from '../program.js';
import type { Cpu } from './cpu.js';
import type { Machine } from './machine.js';

/** A program as this build runs it: its functions act at once, on this build's CPUs and machine. */
export interface StrippedProgram {
  createCpu(machine: Machine, id: number): Cpu;
  main(cpu: Cpu): void;
  interrupt(cpu: Cpu): void;
  nmi(cpu: Cpu): void;
  check(machine: Machine): string | null;
}

/**
 * The one place where the two builds' types meet. The bundle strips the yields of the very text that the
 * explorer runs as generators (src/bundle), which the type checker, who reads the sources, cannot know.
 */
export function stripped(program: Program): StrippedProgram {
  return program as unknown as StrippedProgram;
}
