import { KernelCpu } from '../kernel/kernel-cpu.js';
import { Cpu } from '../machine/cpu.js';
import { isProtocolFunction } from '../machine/protocol-function.js';
import {
  checkSubset,
  formatSubsetViolation,
  operationNames,
  type SubsetOptions,
} from '../subset/check-subset.js';
import { checkEssentials } from '../subset/essentials.js';
import { type SourceModule, SubsetSyntaxError } from '../subset/syntax.js';

/**
 * Whether the generators of users' modules are protocol code. Kernel code (variants) keeps to the whole
 * subset, since one text is to be explored, stripped and lowered; plain programs to its essentials.
 */

/** The first mistake as `file:line: message`, or null. `api`: what `shootdown` exports. */
export function protocolMistake(
  sources: readonly SourceModule[],
  api: object,
  definesVariants: boolean,
): string | null {
  const exported = Object.entries(api);
  const options: SubsetOptions = {
    operations: operationNames(Cpu),
    configuration: operationNames(KernelCpu),
    external: {
      protocol: new Set(exported.filter(([, value]) => isProtocolFunction(value)).map(([name]) => name)),
      pure: new Set(PURE),
    },
  };
  const isPlain = (path: string): boolean =>
    !definesVariants || isPlainFile(sources.find((source) => source.path === path)?.text ?? '');
  try {
    const [mistake] = [
      ...checkEssentials(sources, { ...options, checked: isPlain }),
      ...checkSubset(sources, { ...options, checked: (path) => !isPlain(path) }),
    ];
    return mistake === undefined ? null : formatSubsetViolation(mistake);
  } catch (error) {
    // The bundler has read it: what the parser refuses has too much in one expression for it.
    if (error instanceof SubsetSyntaxError) return error.message;
    // Parser and checks descend by recursion into whatever stands in a file.
    if (error instanceof RangeError) return `${sources[0].path}: it, or what it imports, is nested too deep`;
    throw error;
  }
}

/** Plain functions of the API that protocol code may call: numbers in, a number out. */
const PURE = ['lowestBit'];

/** Beside variants: files that only have to do with plain programs. */
function isPlainFile(text: string): boolean {
  return /\b(?:plainProgram|PlainCpu)\b/.test(text) && !/\b(?:defineVariant|KernelCpu)\b/.test(text);
}
