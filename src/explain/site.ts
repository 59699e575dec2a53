/** Where in the protocol source an operation is written, and in which functions. */
export interface Site {
  /** Functions of the simulated kernel, outermost first, in the kernel's spelling. */
  readonly functions: readonly string[];
  /** `file:line` of the innermost one, or null where the stack does not tell. */
  readonly place: string | null;
}

const DEPTH = 40;
/** What runs a script or a handler is no kernel function. */
const NOT_KERNEL = new Set([
  'runScript',
  'runStep',
  'systemCall',
  'userInstruction',
  'userAccess',
  'runTask',
  'next',
  'resume',
  'watch',
  'captureSite',
]);
const FRAME = /^\s*at (?:async )?(?:Object\.|Generator\.)?([\w$.]+)(?: \[as [^\]]*\])? \((.*?):(\d+):\d+\)$/;

/** Reads the call stack. Slow. */
export function captureSite(): Site {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  const functions: string[] = [];
  let place: string | null = null;
  for (const line of stack.split('\n').slice(1)) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const name = match[1].split('.').at(-1) ?? match[1];
    const file = match[2].replace(/^file:\/\//, '');
    const protocol = /[\\/](?:kernel|backends|rules)[\\/]/.test(file);
    if (name === 'next' || NOT_KERNEL.has(name) || !protocol) continue;
    if (place === null)
      place = `${file.replace(/^.*?[\\/](src[\\/](?:kernel|backends|rules)[\\/])/, '$1').replaceAll('\\', '/')}:${match[3]}`;
    functions.unshift(kernelSpelling(name));
  }
  return { functions, place };
}

/** `flushTlbMmRange` to `flush_tlb_mm_range`. */
export function kernelSpelling(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
