import { FIRST_USER_MM } from '../kernel/constants.js';
import { Ghost, TABLE_SHIFT } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import * as K from '../machine/op-kinds.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import { flushCause } from './cause.js';
import type { Explanation } from './explanation.js';
import { isByLatch, othersVpid } from './host-code-view.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';
import { interrupted } from './switch-view.js';

/**
 * A translation of another mm that was used: where it was made, and how its PCID came to be loaded for this
 * one without a flush.
 */
export function crossMm(story: Story, { cpu, page, filledUnder, running }: FactsOf<'cross-mm'>): Explanation {
  const use = story.steps.at(-1);
  if (use === undefined) return story.lastStepOnly();
  story.mark(use, story.violation.message);
  const { machine, names } = story;
  const block = machine.block(cpu);
  const entry = isByLatch(use) ? block + H.LATCH_BASE : machine.mmu.lookup(block, page);
  if (entry < 0) return story.unexplained();
  const madeAt = machine.mem[entry + H.TLB_STEP];
  const made = story.steps.find(({ step }) => step === madeAt);
  const shared = othersVpid(story, made, cpu);
  if (shared !== null) return shared;
  const other = names.mm(filledUnder + FIRST_USER_MM);
  if (made !== undefined) story.mark(made, `CPU${cpu}'s TLB entry for page ${page} of ${other} is made`);
  const pcid = machine.mem[entry + H.TLB_KEY] >> 8;
  return keptAcross(story, use, { cpu, madeAt, pcid, mm: running + FIRST_USER_MM });
}

/**
 * The walk that made a page's TLB entry (`walked`) found the table by what the CPU had cached of another mm's
 * paging structures: the entry says what that mm's page is. Null where it did not.
 */
export function throughOthersTable(
  story: Story,
  use: RawStep,
  walked: RawStep,
  { cpu, page, mm }: { readonly cpu: number; readonly page: number; readonly mm: number },
): Explanation | null {
  const { machine, names } = story;
  const { mem } = machine;
  const block = machine.block(cpu);
  const entries = Array.from(
    { length: mem[block + H.PSC_COUNT] },
    (_, index) => block + H.PSC_BASE + index * H.TLB_WORDS,
  );
  const pcid = story.before(walked.step, (step) => step.cpu === cpu && step.kind === K.OP_WRITE_CR3)?.b;
  const entry = entries.find((at) => mem[at + H.TLB_KEY] === (((pcid ?? 0) << 8) | (page >> TABLE_SHIFT)));
  if (entry === undefined) return null;
  const owner = Ghost.mmOf(mem[entry + H.TLB_OWNER]);
  const madeAt = mem[entry + H.TLB_STEP];
  const made = story.steps.find(({ step }) => step === madeAt);
  if (owner === mm || made === undefined || madeAt >= walked.step) return null;
  story.mark(made, `CPU${cpu} caches where ${names.mm(owner)}'s page table is`);
  story.mark(
    walked,
    `the walk for ${names.mm(mm)} reads that table: the entry that it makes is ${names.mm(owner)}'s`,
  );
  story.tell(`CPU${cpu} walked ${names.mm(owner)}'s page table for ${names.mm(mm)}`, made, walked);
  return keptAcross(story, use, { cpu, madeAt, pcid: pcid ?? 0, mm });
}

/** How what a CPU had cached under another mm outlived the load of CR3 for its own. */
function keptAcross(
  story: Story,
  use: RawStep,
  {
    cpu,
    madeAt,
    pcid,
    mm,
  }: { readonly cpu: number; readonly madeAt: number; readonly pcid: number; readonly mm: number },
): Explanation {
  const loaded = story.before(
    use.step,
    (step) => step.cpu === cpu && step.kind === K.OP_WRITE_CR3 && step.step > madeAt,
  );
  if (loaded === undefined) return story.unexplained();
  const isKept = loaded.c !== 0;
  const own = story.names.mm(mm);
  story.mark(loaded, `PCID ${loaded.b} is loaded for ${own} ${isKept ? 'without a flush' : 'with a flush'}`);
  const part =
    interrupted(story, -1, use.step, cpu) ??
    (isKept && loaded.b === pcid ? recycled(story, loaded, cpu, mm) : null);
  if (part === null) return story.unexplained();
  story.tell(part.words, part.step, ...(part.also ?? []));
  return story.end(part.cause, part.step, null, { kind: 'outcome', facts: story.violation.facts });
}

/** The slot was taken over from another mm before its PCID was loaded, or is that one's still. */
function recycled(story: Story, loaded: RawStep, cpu: number, mm: number): Part {
  const { names, kernel, machine } = story;
  const asid = Math.max(0, loaded.b - 1);
  const slot = kernel.layout.cpus[cpu].tlbstate.ctxs[asid];
  const stored = story.before(
    loaded.step,
    ({ cpu: by, kind, a }) =>
      by === cpu &&
      slot !== undefined &&
      a === slot.ctxId &&
      (kind === K.OP_WRITE_ONCE || kind === K.OP_CMPXCHG_PAIR),
  );
  const own = names.mm(mm);
  const part = {
    cause: flushCause('recycled'),
    step: loaded.step,
    also: stored === undefined ? [] : [stored],
  };
  // Of the two words that a pair writes the first is the ctx_id.
  const ctxId = stored?.kind === K.OP_CMPXCHG_PAIR ? stored.d : stored?.b;
  const holder = kernel.layout.mms.findIndex((words) => machine.mem[words.ctxId] === ctxId);
  if (stored !== undefined && ctxId !== undefined && holder >= 0 && holder !== mm) {
    const other = names.mm(holder);
    story.mark(stored, `slot ${asid} becomes ${other}'s`);
    const load = `CPU${cpu} loaded PCID ${loaded.b} for ${own} without a flush`;
    return { ...part, words: `${load}, and slot ${asid} was ${other}'s` };
  }
  if (stored !== undefined)
    story.mark(stored, `slot ${asid} is taken over for ${own}; its PCID still has entries of another mm`);
  const words = `CPU${cpu} took slot ${asid} over for ${own}, and loaded PCID ${loaded.b} without a flush`;
  return { ...part, words };
}
