import type { ScriptStep } from '../vocabulary/scenario.js';

/**
 * Names of operations, as constants: what comes by message is another string of the same letters, compared
 * letter by letter each time.
 */
const NAMES: Readonly<Record<ScriptStep['op'], ScriptStep['op']>> = {
  run: 'run',
  kthread: 'kthread',
  idle: 'idle',
  access: 'access',
  mmap: 'mmap',
  munmap: 'munmap',
  mprotect: 'mprotect',
  madvise: 'madvise',
  fork: 'fork',
  exit: 'exit',
  reclaim: 'reclaim',
};

/**
 * The steps of a script, all with the same fields in the same order, whether they mean something there or
 * not: code that runs steps of one shape is compiled for that shape, and looks fields of many shapes up by
 * name.
 */
export function alike(script: readonly ScriptStep[]): ScriptStep[] {
  return script.map((step) => {
    const { page, write, start, end, nominalPages, mm, child, deep } = step as unknown as Partial<
      Record<string, number | boolean>
    >;
    return {
      op: NAMES[step.op],
      page,
      write,
      start,
      end,
      nominalPages,
      mm,
      child,
      deep,
    } as unknown as ScriptStep;
  });
}
