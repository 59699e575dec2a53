/**
 * The shape of a scenario that comes from a file, and what must hold between its parts before a machine is
 * built from it. Everything is bounded: a file from a stranger may cost a bounded amount of memory and never
 * more.
 */

import * as z from 'zod';
import type { Scenario, ScenarioCpu } from '../vocabulary/scenario.js';
import { list } from './list-schema.js';
import { badCached, badMapped } from './warm-start.js';

const CPUS_MAX = 256;
const MMS_MAX = 256;
const PAGES_MAX = 64;
const SLOTS_MAX = 6;
/** With the slots they are bits of one word. */
const GLOBAL_ASIDS_MAX = 24;
/** A bit each in a word. */
const RAR_PAYLOADS_MAX = 31;
/** The kernel's `invlpgb_count_max` is a u16: with 65,536 it would be 0, and a range never end (B17). */
const INVLPGB_COUNT_MAX = 65_535;
/** More than HV_MAX_SPARSE_VCPU_BANKS banks of 64, so that what becomes of those can be asked. */
const VP_NUMBERS_MAX = 8_192;
const SCRIPT_STEPS_MAX = 10_000;
/** Of all scripts together; whole recordings have some thousand. */
const ALL_STEPS_MAX = 50_000;
const NOMINAL_PAGES_MAX = 2 ** 30;
/** Kernel words stay below 2^31; half of that leaves room for every increment of a run. */
const TLB_GEN_MAX = 2 ** 30;

/** A whole number from `min` to `max`. */
export const whole = (min: number, max: number) => z.int().min(min).max(max);
/** A string of at most `max` UTF-16 units. */
export const text = (max: number) => z.string().max(max);

const cpu = whole(0, CPUS_MAX - 1);
const mm = whole(0, MMS_MAX - 1);
const page = whole(0, PAGES_MAX - 1);
const start = page;
const end = whole(1, PAGES_MAX);
const nominalPages = whole(1, NOMINAL_PAGES_MAX).optional();
const tlbGen = whole(0, TLB_GEN_MAX);

const scriptStep = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('run'), mm }),
  z.strictObject({ op: z.literal('kthread') }),
  z.strictObject({ op: z.literal('idle'), deep: z.boolean().optional() }),
  z.strictObject({ op: z.literal('access'), page, write: z.boolean() }),
  z.strictObject({ op: z.literal('mmap'), start, end, write: z.boolean() }),
  z.strictObject({ op: z.literal('munmap'), start, end, nominalPages }),
  z.strictObject({ op: z.literal('mprotect'), write: z.boolean(), start, end, nominalPages }),
  z.strictObject({ op: z.literal('madvise'), start, end, nominalPages }),
  z.strictObject({ op: z.literal('fork'), child: mm }),
  z.strictObject({ op: z.literal('exit') }),
  z.strictObject({ op: z.literal('reclaim'), mm, page, unbatched: z.literal(true).optional() }),
]);

const scenarioMm = z.strictObject({
  alive: z.boolean().optional(),
  tlbGen: tlbGen.optional(),
  globalAsid: z.literal(true).optional(),
  vmas: list(z.tuple([start, end, z.boolean()]), PAGES_MAX).optional(),
  cpumask: list(cpu, CPUS_MAX).optional(),
  mapped: list(z.strictObject({ page, write: z.boolean(), sharedWith: mm.optional() }), PAGES_MAX).optional(),
});

const scenarioCpu = z.strictObject({
  loadedMm: mm.optional(),
  lazy: z.boolean().optional(),
  slots: list(z.strictObject({ mm, tlbGen }).nullable(), SLOTS_MAX).optional(),
  loadedMmAsid: whole(0, SLOTS_MAX - 1).optional(),
  nextAsid: whole(0, SLOTS_MAX).optional(),
  cached: list(z.strictObject({ mm, page }), PAGES_MAX).optional(),
});

const hypervHost = z.strictObject({
  vpNumbers: list(whole(0, VP_NUMBERS_MAX - 1).nullable(), CPUS_MAX).optional(),
  hypercallPage: z.boolean().optional(),
  sparseSets: z.boolean().optional(),
  refuses: z.boolean().optional(),
  entryPages: whole(1, 4_096).optional(),
  listEntries: whole(1, 509).optional(),
  addressPages: whole(1, 65_536).optional(),
});

export const scenarioSchema = z
  .strictObject({
    name: text(200).min(1),
    summary: text(2_000),
    cpus: whole(1, CPUS_MAX),
    mms: list(scenarioMm, MMS_MAX),
    pages: whole(1, PAGES_MAX),
    slots: whole(1, SLOTS_MAX),
    pcid: z.boolean(),
    lazy: z.boolean(),
    walks: whole(0, 10_000),
    preemptions: whole(0, 10_000).optional(),
    globalAsids: whole(1, GLOBAL_ASIDS_MAX).optional(),
    freshGlobalAsids: z.literal(true).optional(),
    invlpgbCountMax: whole(1, INVLPGB_COUNT_MAX).optional(),
    rarPayloads: whole(1, RAR_PAYLOADS_MAX).optional(),
    forBroadcasts: z.literal(true).optional(),
    forRemoteActions: z.literal(true).optional(),
    hyperv: hypervHost.optional(),
    start: list(scenarioCpu, CPUS_MAX).optional(),
    scripts: list(list(scriptStep, SCRIPT_STEPS_MAX), CPUS_MAX),
    source: text(2_000).optional(),
    notes: list(text(2_000), 200).optional(),
  })
  .superRefine((scenario, context) => {
    // The first: one is enough to refuse the file, and there may be as many as it has steps.
    const { value } = scenarioContradictions(scenario).next();
    if (value !== undefined) context.addIssue({ code: 'custom', ...value });
  });

export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

/**
 * What each part may be on its own but not beside the others: indices past the end, empty ranges, scripts
 * without a CPU.
 */
function* scenarioContradictions(scenario: Scenario): Generator<Contradiction, undefined> {
  if (scenario.mms.length === 0) yield { path: ['mms'], message: 'needs one mm at least' };
  if (scenario.scripts.length !== scenario.cpus) {
    yield {
      path: ['scripts'],
      message: `needs one script per CPU, ${scenario.cpus}, not ${scenario.scripts.length}`,
    };
  }
  const steps = scenario.scripts.reduce((sum, script) => sum + script.length, 0);
  if (steps > ALL_STEPS_MAX)
    yield { path: ['scripts'], message: `have ${steps} steps; at most ${ALL_STEPS_MAX}` };
  if ((scenario.start?.length ?? 0) > scenario.cpus) {
    yield { path: ['start'], message: `has ${scenario.start?.length} CPUs, but cpus is ${scenario.cpus}` };
  }
  yield* badHost(scenario);
  for (const [index, space] of scenario.mms.entries()) {
    for (const [vma, [from, to]] of (space.vmas ?? []).entries())
      yield* badRange(['mms', index, 'vmas', vma], from, to, scenario);
    for (const [entry, other] of (space.cpumask ?? []).entries()) {
      if (other >= scenario.cpus)
        yield { path: ['mms', index, 'cpumask', entry], message: `names CPU ${other} of ${scenario.cpus}` };
    }
    yield* badMapped(index, scenario);
  }
  for (const [index, state] of (scenario.start ?? []).entries()) {
    const path = ['start', index];
    yield* badMm([...path, 'loadedMm'], state.loadedMm, scenario);
    for (const [slot, held] of (state.slots ?? []).entries())
      yield* badMm([...path, 'slots', slot, 'mm'], held?.mm, scenario);
    if ((state.slots?.length ?? 0) > scenario.slots) {
      yield {
        path: [...path, 'slots'],
        message: `has ${state.slots?.length} slots, but slots is ${scenario.slots}`,
      };
    }
    if ((state.loadedMmAsid ?? 0) >= scenario.slots) {
      yield {
        path: [...path, 'loadedMmAsid'],
        message: `names slot ${state.loadedMmAsid} of ${scenario.slots}`,
      };
    }
    yield* badStart(path, state, scenario);
    yield* badCached(index, scenario);
  }
  for (const [index, script] of scenario.scripts.entries()) {
    for (const [position, step] of script.entries()) {
      const path = ['scripts', index, position];
      if ('mm' in step) yield* badMm([...path, 'mm'], step.mm, scenario);
      if ('child' in step) yield* badMm([...path, 'child'], step.child, scenario);
      if ('start' in step) yield* badRange(path, step.start, step.end, scenario);
      if ('page' in step && step.page >= scenario.pages) {
        yield { path: [...path, 'page'], message: `names page ${step.page} of ${scenario.pages}` };
      }
    }
  }
}

function* badHost({ hyperv, cpus, pages }: Scenario): Generator<Contradiction> {
  const numbers = hyperv?.vpNumbers;
  if (numbers !== undefined && numbers.length !== cpus) {
    const message = `needs one number per CPU, ${cpus}, not ${numbers.length}`;
    yield { path: ['hyperv', 'vpNumbers'], message };
  }
  const known = (numbers ?? []).map((number, cpu) => number ?? cpu);
  const twice = known.findIndex((number, cpu) => known.indexOf(number) !== cpu);
  if (twice >= 0)
    yield { path: ['hyperv', 'vpNumbers', twice], message: `is ${known[twice]}, another CPU's number` };
  if ((hyperv?.addressPages ?? pages) < pages)
    yield { path: ['hyperv', 'addressPages'], message: `is less than the ${pages} pages that there are` };
}

/**
 * What no kernel can have come to: every report about an execution from there would be the scenario's, not
 * the kernel's.
 */
function* badStart(
  path: (string | number)[],
  { loadedMm, slots, loadedMmAsid }: ScenarioCpu,
  scenario: Scenario,
): Generator<Contradiction> {
  if (loadedMm !== undefined && scenario.mms[loadedMm]?.alive === false) {
    yield { path: [...path, 'loadedMm'], message: `names mm ${loadedMm}, which is not alive at the start` };
  }
  for (const [slot, held] of (slots ?? []).entries()) {
    const owner = held === null ? undefined : scenario.mms[held.mm];
    if (held === null || owner === undefined) continue;
    const at = [...path, 'slots', slot];
    const newest = owner.tlbGen ?? 1;
    if (owner.alive === false)
      yield { path: [...at, 'mm'], message: `names mm ${held.mm}, which is not alive at the start` };
    else if (held.tlbGen > newest)
      yield { path: [...at, 'tlbGen'], message: `is ${held.tlbGen}, above that of its mm, ${newest}` };
    if (slots?.some((other, index) => index < slot && other?.mm === held.mm)) {
      yield { path: [...at, 'mm'], message: `names mm ${held.mm}, which has a slot before` };
    }
  }
  const running = slots?.[loadedMmAsid ?? 0];
  if (loadedMm !== undefined && running !== undefined && running !== null && running.mm !== loadedMm) {
    yield {
      path: [...path, 'loadedMm'],
      message: `is ${loadedMm}, but its slot ${loadedMmAsid ?? 0} is of mm ${running.mm}`,
    };
  }
}

function* badMm(
  path: (string | number)[],
  index: number | undefined,
  scenario: Scenario,
): Generator<Contradiction> {
  if (index !== undefined && index >= scenario.mms.length)
    yield { path, message: `names mm ${index} of ${scenario.mms.length}` };
}

function* badRange(
  path: (string | number)[],
  from: number,
  to: number,
  scenario: Scenario,
): Generator<Contradiction> {
  if (from >= to) yield { path, message: `is an empty range [${from}, ${to})` };
  else if (to > scenario.pages) yield { path, message: `ends at page ${to} of ${scenario.pages}` };
}
