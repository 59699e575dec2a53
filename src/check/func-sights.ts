/** What a flush_func and what follows it tell of a CPU of which not everything is known. */
import { INIT_MM, MM_NULL, TLB_REMOTE_WRONG_CPU } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import { learnMm, learnSlotGen, setBit, setLazy } from './beliefs.js';
import type { Context } from './judgement.js';
import { genOf, isLazy, loadedAsid, loadedMm, type State, underGlobalAsid } from './state.js';

/**
 * What the line, and the flush that follows it or does not, tell of a CPU of which not everything is known.
 */
export function learnFromFunc(
  s: State,
  event: EventOf<'flush_func'>,
  flushed: EventOf<'tlb_flush'> | null,
  ctx: Context,
): void {
  const { cpu } = event;
  const view = s.cpus[cpu];
  const mm = s.mms.handle(event.mm);
  const wrongCpu = flushed?.reason === TLB_REMOTE_WRONG_CPU;
  view.wrongCpuLearnt = wrongCpu && learnOtherMm(s, cpu, mm);
  // A lazy CPU that has the mm leaves it for init_mm; one under an ASID of its own goes over to the global
  // one.
  const switches = ctx.order.after(ctx.at);
  const leaves = switches?.kind === 'switch_mm' && s.mms.handle(switches.next) === INIT_MM;
  const follows = switches?.kind === 'switch_mm' && !leaves;
  if (
    !view.mmKnown &&
    !wrongCpu &&
    (event.init === cpu || flushed !== null || switches?.kind === 'switch_mm') &&
    mm !== MM_NULL
  )
    learnMm(s, cpu, mm, false);
  // Where the function goes over to the global ASID, or has it, it looks no further.
  if (follows || underGlobalAsid(s, cpu)) return;
  // Before it looks whether it is lazy, the function returns on a CPU that has init_mm or another mm.
  const tellsLazy = leaves || (flushed === null ? view.mmKnown : !wrongCpu);
  if (!view.lazyKnown && tellsLazy) setLazy(s, cpu, leaves, true);
  // A lazy CPU that has an mm leaves it: one that does not has init_mm.
  if (view.tentative && flushed === null && !leaves && isLazy(s, cpu)) {
    const borrowed = loadedMm(s, cpu);
    learnMm(s, cpu, INIT_MM, false);
    if (s.lazyCpumask) setBit(s, cpu, borrowed, true);
  }
  const isLoaded = mm === MM_NULL || mm === loadedMm(s, cpu);
  // What a batch counts up, an mm that is not known does not show.
  const isKnown = view.mmKnown && view.slot(loadedAsid(s, cpu)).genKnown;
  if (isKnown || isLazy(s, cpu) || !isLoaded) return;
  const asid = loadedAsid(s, cpu);
  learnSlotGen(s, cpu, gapShown(event, flushed, genOf(s, loadedMm(s, cpu))));
  view.slotGenLearnt = true;
  // A flush of everything takes the mm's generation over, of which a request from before the file shows only
  // a lower bound.
  view.slot(asid).genKnown = (flushed !== null && flushed.pages > 0) || s.mms.view(loadedMm(s, cpu)).genKnown;
}

/**
 * How far behind the mm's generation `gen` the slot was, as the flush tells that was made of the request; a
 * full one: further than that.
 */
function gapShown(event: EventOf<'flush_func'>, flushed: EventOf<'tlb_flush'> | null, gen: number): number {
  if (flushed === null || flushed.pages === 0) return 0;
  return flushed.pages > 0 ? 1 : Math.max(2, event.gen === 0 ? 0 : gen - event.gen + 1);
}

/** The CPU has another mm loaded than `mm`, as its reason 5 shows: whether nothing had told that before. */
function learnOtherMm(s: State, cpu: number, mm: number): boolean {
  const view = s.cpus[cpu];
  if (view.mmKnown && !view.tentative) return false;
  // enter_lazy names the mm that was borrowed last: a flush has pushed the CPU to init_mm since.
  if (view.tentative && loadedMm(s, cpu) === mm) learnMm(s, cpu, INIT_MM, false);
  view.notLoaded = mm;
  return true;
}
