/** What a `struct flush_tlb_info` carries from who asks to who flushes. */
import { MM_NULL, TLB_FLUSH_ALL } from '../kernel/constants.js';
import { FLUSH_ALL } from '../trace/events.js';
import { agreed, type Context, compared, differs, differsHere, learnt, type Outcome } from './judgement.js';
import type { InfoEvent, SendEvent } from './sampled-values.js';
import type { Asked, State } from './state.js';

const infoText = ({ start, end, stride, freed, trim }: Asked): string =>
  `0x${start.toString(16)}-0x${end.toString(16)} stride ${stride} freed ${Number(freed)} trim ` +
  `${Number(trim)}`;

/**
 * The request that the line passes on, against the one that its initiator made. The model says whether it
 * became a flush of everything. To be asked before the line's values are taken over.
 */
export function judgeRequest(s: State, event: InfoEvent, ctx: Context): Outcome {
  const { cpu, init } = event;
  const mm = s.mms.handle(event.mm);
  const request = s.cpus[init]?.request ?? null;
  // A request has one initiator, which sends it itself.
  const isStranger = event.kind !== 'flush_func' && init !== cpu;
  if (isStranger || request === null || request.mm !== mm) {
    // A request from before the file; its handlers may run long after its beginning.
    const isFromBefore =
      !isStranger && request === null && (event.kind !== 'flush_func' || s.cpus[init]?.hasAsked === false);
    return isFromBefore
      ? learnt('request')
      : differsHere(ctx, 'request', `of CPU ${init}, mm ${event.mm}`, 'no such request');
  }
  const info = s.lab.per(init).flushInfo;
  const isFull = mm === MM_NULL || s.mem[info.end] === TLB_FLUSH_ALL;
  const model = isFull ? { ...request.asked, start: 0n, end: FLUSH_ALL } : request.asked;
  return compared(ctx, 'request', infoText(event), infoText(model));
}

/** `HZ` jiffies, and how far jiffies and the trace clock can be apart (25 ms were seen), in microseconds. */
const TRIM_EVERY = 1_000_000;
const TRIM_SLACK = 40_000;

/** should_trim_cpumask (6db2526c1d69): due once a second for each mm. */
function judgeTrim(s: State, event: SendEvent): Outcome {
  const { trimFrom, trimBy } = s.mms.view(s.mms.handle(event.mm));
  const { line, time, trim } = event;
  if (s.trims === 'never') return trim ? differs('trim', line, 'trims', 'never trims') : agreed('trim');
  const isKnown = trim ? trimFrom > Number.NEGATIVE_INFINITY : trimBy < Number.POSITIVE_INFINITY;
  if (s.trims === 'not told' || !isKnown) return learnt('trim');
  if (trim ? time >= trimFrom : time <= trimBy) return agreed('trim');
  // Two CPUs that ask at the same moment both find it due.
  const raced = trim && trimFrom - time > TRIM_EVERY - 2 * TRIM_SLACK;
  return differs('trim', line, trim ? 'trims' : 'does not trim', trim ? 'not due yet' : 'due', raced);
}

export function compareTrim(s: State, event: SendEvent, ctx: Context): void {
  const mm = s.mms.handle(event.mm);
  if (mm === MM_NULL) return;
  if (s.cpus[event.cpu].broadcasting) {
    // Broadcast requests do not trim, nor do the IPIs to CPUs that are to follow.
    ctx.tell(compared(ctx, 'trim', event.trim ? 'trims' : 'does not trim', 'does not trim'));
    return;
  }
  ctx.tell(judgeTrim(s, event));
  const view = s.mms.view(mm);
  if (event.trim) view.trimFrom = event.time + TRIM_EVERY - TRIM_SLACK;
  if (event.trim || view.trimBy === Number.POSITIVE_INFINITY)
    view.trimBy = event.time + TRIM_EVERY + TRIM_SLACK;
}
