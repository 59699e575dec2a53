/** Lines that name an mm by its ctx_id: whose life it is. */
import { setBit } from './beliefs.js';
import { genWord, loadedMm, maskWord, type State } from './state.js';

/**
 * Handle of the mm that a line names with pointer and ctx_id; a new one in the model when it is another mm
 * than before.
 */
export function named(s: State, pointer: string, ctx: number): number {
  const mm = s.mms.handle(pointer);
  const loaded = s.cpus.some((view, cpu) => view.mmKnown && !view.tentative && loadedMm(s, cpu) === mm);
  if (s.mms.named(mm, ctx, loaded)) newLife(s, mm);
  return mm;
}

/** The handle stands for another mm from now on. */
export function newLife(s: State, mm: number): void {
  s.mem[s.lab.layout.mms[mm].ctxId] = s.serial++;
  s.mem[genWord(s, mm)] = 0;
  s.mem[maskWord(s, mm)] = 0;
  for (let cpu = 0; cpu < s.lab.cpus; cpu++) if (loadedMm(s, cpu) === mm) setBit(s, cpu, mm, true);
}
