import type { Layout } from '../machine/layout.js';

/**
 * Words that a variant has beyond the kernel's, for code that keeps more: of every CPU, of every mm, or of
 * the machine.
 */
export interface OwnWord {
  /** As timelines name it. */
  readonly name: string;
  /** What it holds at the start. Default 0. */
  readonly initial?: number;
}

export interface OwnWords {
  readonly perCpu: readonly OwnWord[];
  readonly perMm: readonly OwnWord[];
  readonly machine: readonly OwnWord[];
}

/** Their addresses: by CPU, by mm handle, and the machine's; in each list as they were asked for. */
export interface OwnLayout {
  readonly perCpu: readonly (readonly number[])[];
  readonly perMm: readonly (readonly number[])[];
  readonly machine: readonly number[];
}

export const NO_OWN_WORDS: OwnWords = { perCpu: [], perMm: [], machine: [] };

export function ownLayout(
  layout: Layout,
  words: OwnWords,
  cpus: number,
  mmNames: readonly string[],
): OwnLayout {
  // Apart from each other on threads: a CPU writes its own.
  const list = (own: readonly OwnWord[], alloc: (name: string) => number): number[] => {
    layout.line();
    return own.map(({ name }) => alloc(name));
  };
  return {
    perCpu: Array.from({ length: cpus }, (_, cpu) => list(words.perCpu, (name) => layout.allocOf(cpu, name))),
    perMm: mmNames.map((mm) => list(words.perMm, (name) => layout.alloc(`${name}(${mm})`))),
    machine: list(words.machine, (name) => layout.alloc(name)),
  };
}

/** Writes what they hold at the start. */
export function startOwnWords(mem: Int32Array, words: OwnWords, at: OwnLayout): void {
  const fill = (addresses: readonly number[], list: readonly OwnWord[]): void =>
    list.forEach(({ initial = 0 }, index) => {
      mem[addresses[index]] = initial;
    });
  for (const addresses of at.perCpu) fill(addresses, words.perCpu);
  for (const addresses of at.perMm) fill(addresses, words.perMm);
  fill(at.machine, words.machine);
}
