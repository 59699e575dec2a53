import { count, groupDigits } from '../report/text-columns.js';
import type { VerifyProgress, VerifyVerdict } from './api.js';
import { missingWords, partWords, shardWords } from './shards/words.js';

/** A verification in words. */

const MEBIBYTE = 2 ** 20;

/** The verdict's line: what is so, and of how much. */
export function verdictLine(verdict: VerifyVerdict): string {
  const { variant, program, scenario } = verdict;
  const name = program ? variant : `${variant} in ${scenario}`;
  return `${name}: ${shardWords(verdict.shard)}${saidOf(verdict)}`;
}

function saidOf(verdict: VerifyVerdict): string {
  const { complete, completeWithinSwitches, bounds, violation, depth, withinSteps } = verdict;
  const within = withinOf(bounds.switches);
  const looked = lookedAt(verdict);
  const reach = `at most ${count(depth, 'step')} to a state`;
  const fewest = verdict.isShortest
    ? `the fewest that any execution${within} needs`
    : `of an execution${within}; fewer may do`;
  const ofPart = partWords(verdict, looked, whyOf(verdict));
  if (ofPart !== null) return ofPart;
  if (violation !== null) return `${violation} in ${count(depth, 'step')}, ${fewest} (${looked})`;
  if (complete) return `no violation in any execution (${looked}, ${reach})`;
  const why = whyOf(verdict);
  if (!completeWithinSwitches)
    return (
      `not decided, ${why}: every execution of up to ${count(withinSteps, 'step')}${within} ` +
      `was looked at and no violation met (${looked})`
    );
  const others =
    why === null
      ? 'others were not looked at'
      : `of the others those of up to ${count(withinSteps, 'step')}, then ${why}`;
  return `no violation in any execution${within} (${looked}, ${reach}); ${others}`;
}

function whyOf({ ended, merged }: VerifyVerdict): string | null {
  if (ended === null) return missingWords(merged);
  return {
    memory: 'the memory was used up',
    time: 'the time was over',
    states: 'there were more states than asked for',
    interrupted: 'interrupted',
  }[ended];
}

function lookedAt({ states, transitions, seconds, merged }: VerifyVerdict): string {
  const of = merged === undefined || merged.of === 1 ? '' : ' of all shards, some states in several';
  return `${count(states, 'state')}, ${count(transitions, 'transition')}, ${seconds.toFixed(1)} s${of}`;
}

/** Of several verdicts at their end: how many are decided, and how. */
export function summaryLine(verdicts: readonly VerifyVerdict[]): string {
  const violated = verdicts.filter(({ violation }) => violation !== null).length;
  const complete = verdicts.filter((verdict) => verdict.complete).length;
  const partly = verdicts.filter((verdict) => verdict.completeWithinSwitches).length;
  const parts = verdicts.filter((verdict) => isPartDone(verdict)).length;
  const undecided = verdicts.length - violated - complete - partly - parts;
  const least = Math.min(
    ...verdicts.flatMap(({ completeWithinSwitches, bounds }) =>
      completeWithinSwitches ? [bounds.switches ?? 0] : [],
    ),
  );
  return [
    `${count(verdicts.length, 'verdict')}: ${complete} without a violation in any execution`,
    ...(partly === 0 ? [] : [`${partly} in any${withinOf(least)}`]),
    ...(parts === 0 ? [] : [`${parts} in any of this shard's part`]),
    ...(violated === 0 ? [] : [`${violated} with a violation`]),
    ...(undecided === 0 ? [] : [`${undecided} not decided`]),
  ].join(', ');
}

/** Of a shard that leaves the rest to others. */
export function isPartDone({ shard, violation }: VerifyVerdict): boolean {
  return violation === null && shard !== undefined && shard.split !== null && shard.complete;
}

/** Latent violations, a line each. */
export function latentLines({ latent }: VerifyVerdict): string[] {
  return latent.map(({ class: name, message }) => `latent ${name} in some execution: ${message}`);
}

/** What verdicts rest on, a line each; several share what is the same for all of them. */
export function verifyRestsOn(verdicts: readonly VerifyVerdict[]): string[] {
  if (verdicts.length === 0) return [];
  const [{ memory, bounds }] = verdicts;
  const buffers =
    memory === 'tso'
      ? `x86-TSO, store buffers of ${bounds.storeBufferDepth}, each draining in steps of its own`
      : 'sequential consistency: no store is ever delayed';
  const isOfKernels = verdicts.some(({ program }) => !program);
  const peak = Math.max(...verdicts.map(({ peakMemoryBytes }) => peakMemoryBytes));
  const reductions = [...new Set(verdicts.flatMap((verdict) => verdict.reductions))];
  return [
    ...(verdicts.some(({ complete }) => complete)
      ? [
          'any execution: all of them, with every delivery of interrupts and every answer of choose; none ' +
            'that is fair goes on without end',
        ]
      : []),
    ...(isOfKernels ? [environmentLine(verdicts)] : []),
    ...(verdicts.some(({ shard }) => (shard?.split ?? null) !== null)
      ? ['shards: what all of them say together, "shootdown merge" says']
      : []),
    `memory model: ${buffers}`,
    'search: breadth first, exact states, ' +
      `${reductions.length === 0 ? 'no reduction' : reductions.join(', ')}; ` +
      `at most ${Math.ceil(peak / MEBIBYTE)} MiB`,
    'machine: one operation a step, interrupts between any two; loads and stores keep the order in ' +
      `which they are written (no compiler${isOfKernels ? '; of C text at -O2 what it left of them' : ''})`,
  ];
}

function environmentLine(verdicts: readonly VerifyVerdict[]): string {
  const kernels = verdicts.filter(({ program }) => !program).map(({ bounds }) => bounds);
  const range = (of: 'walks' | 'preemptions', noun: string): string => {
    const [least, most] = [
      Math.min(...kernels.map((bounds) => bounds[of])),
      Math.max(...kernels.map((bounds) => bounds[of])),
    ];
    return least === most ? count(most, noun) : `${least} to ${count(most, noun)}`;
  };
  return (
    `environment: at most ${range('walks', 'speculative walk')} and ` +
    `${range('preemptions', 'preemption')}, as the scenario says, wherever they come`
  );
}

/** Of which executions, where switches are bounded. */
function withinOf(switches: number | null): string {
  if (switches === null) return '';
  return ` in which a CPU that could go on is taken off at most ${count(switches, 'time')}`;
}

export function progressWords(name: string, progress: VerifyProgress): string {
  const { states, expanded, depth, switches, elapsedMs } = progress;
  const rate = groupDigits(Math.round(states / Math.max(elapsedMs, 1)));
  const left = groupDigits(states - expanded);
  return (
    `${name}${switches === null ? '' : `, up to ${count(switches, 'switch', 'switches')}`}: ` +
    `${groupDigits(states)} states, ${left} of them to go, depth ${groupDigits(depth)}, ` +
    `${rate} k states/s`
  );
}
