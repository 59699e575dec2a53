/** flush_tlb_func on a CPU that has an mm with a global ASID: whether it goes over to that. */
import { learnOwnAsid } from './beliefs.js';
import * as G from './gates.js';
import { type Context, compared, learnt, type Outcome } from './judgement.js';
import type { State } from './state.js';

/** Whether flush_tlb_func goes over to the global ASID of the mm that is loaded. */
function followsNext(s: State, mm: number, ctx: Context): boolean {
  const line = ctx.order.after(ctx.at);
  return line?.kind === 'switch_mm' && s.mms.handle(line.next) === mm;
}

/** What the kernel does, and whether nothing had told which ASID the CPU has. */
interface Following {
  readonly kernel: boolean;
  readonly isUnseen: boolean;
}

/** Before the model's flush_tlb_func runs: puts into place what the line is the first sight of. */
export function expectFollowing(s: State, cpu: number, mm: number, ctx: Context): Following {
  const view = s.cpus[cpu];
  const kernel = followsNext(s, mm, ctx);
  const isUnseen = view.mayHaveFollowed;
  view.mayHaveFollowed = false;
  if (isUnseen && kernel) learnOwnAsid(s, cpu);
  return { kernel, isUnseen };
}

/** After it has run. */
export function judgeFollowing(
  s: State,
  cpu: number,
  mm: number,
  { kernel, isUnseen }: Following,
  ctx: Context,
): Outcome {
  if (isUnseen) return learnt('follows asid');
  const text = (follows: boolean): string => (follows ? 'follows' : 'has it');
  const raced = (): boolean => ctx.races.givesAsid(cpu, mm, ctx.at, ctx.order.next[ctx.at]);
  return compared(ctx, 'follows asid', text(kernel), text(s.lab.standsAt(cpu, G.GATE_SWITCH_MM, mm)), raced);
}
