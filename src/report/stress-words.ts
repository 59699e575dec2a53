import type { CpuState, Hang, StressResult } from '../stress/api.js';
import type { CpuBehind } from '../stress/behind.js';
import { ownCounters } from './own-counters.js';
import { count, groupDigits } from './text-columns.js';

/** A stress run in `label   text` lines. */

interface Line {
  readonly label: string;
  readonly text: string;
}

/** Events of a CPU that are shown for a hang. */
const EVENTS_SHOWN = 5;
const CPUS_SHOWN = 16;
const BEHIND_SHOWN = 4;

const RESTS_ON =
  "what threads happened to do in this time; each CPU judges its own accesses (a variant's assertions are " +
  'for the explorer); a stale entry that ' +
  'outlives 4,096 changes of its page can be missed';
const RESTS_ON_PROGRAM =
  'what threads happened to do in this time; judged are final memories and cpu.assert, not every state ' +
  '(the explorer does that)';

export function stressLines(result: StressResult): Line[] {
  const isWhole = result.violations.length === 0 && result.hang === null && result.dead.length === 0;
  return [
    ...didLines(result),
    ...effectLines(result),
    ...behindLines(result),
    ...(result.failedIn === undefined ? [] : [{ label: 'seen in', text: result.failedIn }]),
    ...result.violations.map(({ class: name, message }) => ({
      label: 'violation',
      text: `${name}: ${message}`,
    })),
    ...result.latent.map(({ class: name, times, message }) => ({
      label: 'latent',
      text: `${name} (${count(times, 'time')}): ${message}`,
    })),
    ...result.dead.map((text) => ({ label: 'died', text })),
    ...(result.hang === null ? [] : hangLines(result.hang)),
    ...(isWhole ? [{ label: 'verdict', text: 'no violation seen' }] : []),
    { label: 'rests on', text: result.rounds === undefined ? RESTS_ON : RESTS_ON_PROGRAM },
  ];
}

/** What the threads did. */
function didLines(result: StressResult): Line[] {
  const { seconds, flushes } = result;
  const rate = (amount: number): string => `${groupDigits(Math.round(amount / Math.max(seconds, 1e-3)))}/s`;
  return [
    {
      label: 'ran',
      text:
        `${seconds.toFixed(2)} s; ${result.progressed} of ${count(result.cpus, 'CPU')} made ` +
        `progress (${groupDigits(result.stepsMin)} to ${groupDigits(result.stepsMax)} script steps)`,
    },
    {
      label: 'waiting',
      text: `${result.waiting === 'token' ? 'run token' : 'doorbells'}: ${result.waitingReason}`,
    },
    ...(result.rounds === undefined
      ? [
          {
            label: 'shootdowns',
            text:
              `${groupDigits(result.shootdowns)} (${rate(result.shootdowns)}), IPIs served ` +
              `${groupDigits(result.ipis)} (${rate(result.ipis)})`,
          },
          {
            label: 'flushes',
            text:
              `${groupDigits(flushes.full)} full, ${groupDigits(flushes.partial)} partial, ` +
              `${groupDigits(flushes.atSwitch)} at switches`,
          },
          ...ownCounters(result.counters).map(([name, value]) => ({
            label: `counted ${name}`,
            text: groupDigits(value),
          })),
        ]
      : [
          {
            label: 'rounds',
            text:
              `${groupDigits(result.rounds)} (${rate(result.rounds)}), each of all scripts, ` +
              'judged at its end',
          },
        ]),
  ];
}

/** Whether what the variant replaces ran. */
function effectLines({ replaced, changedNothing, variant }: StressResult): Line[] {
  const lines = replaced.map(({ name, calls }) => ({
    label: `replaced ${name}`,
    text: calls === 0 ? 'NEVER RAN' : `ran ${count(calls, 'time')}`,
  }));
  const text = `nothing that ${variant} replaces ever ran: this says no more than a run of its base`;
  return changedNothing ? [...lines, { label: 'NO EFFECT', text }] : lines;
}

function behindLines({ behind, scenario }: StressResult): Line[] {
  const lines = behind
    .slice(0, BEHIND_SHOWN)
    .map((one) => ({ label: 'behind', text: behindText(one, scenario) }));
  const more = behind.length - BEHIND_SHOWN;
  return more > 0 ? [...lines, { label: '', text: `and ${count(more, 'time')} more` }] : lines;
}

function behindText({ cpu, steps, others, waited, scenario }: CpuBehind, whole: string): string {
  const where = scenario === whole ? '' : `${scenario}: `;
  const share = `${Math.round(100 * Math.min(1, waited))} % of the time asleep in waits`;
  return (
    `${where}CPU${cpu} made ${count(steps, 'step')} where the others made ` +
    `${groupDigits(others)} (${share})`
  );
}

function hangLines(hang: Hang): Line[] {
  const shown = [...hang.cpus]
    .sort((a, b) => Number(b.waitsFor !== null) - Number(a.waitsFor !== null))
    .slice(0, CPUS_SHOWN);
  const lines: Line[] = [{ label: 'hang', text: hang.message }];
  if (hang.locks.length > 0) lines.push({ label: 'held', text: hang.locks.join('; ') });
  for (const cpu of shown) lines.push({ label: `CPU${cpu.cpu}`, text: cpuText(cpu) });
  if (hang.cpus.length > shown.length)
    lines.push({ label: '', text: `and ${hang.cpus.length - shown.length} more` });
  return lines;
}

function cpuText(cpu: CpuState): string {
  const waits = cpu.waitsFor === null ? 'waits for nothing' : `waits for ${cpu.waitsFor}`;
  const pending = cpu.pending.length === 0 ? '' : `, ${cpu.pending.join(' and ')} pending`;
  return (
    `${waits}, interrupts ${cpu.interrupts ? 'on' : 'off'}${pending}; last: ` +
    `${cpu.lastEvents.slice(-EVENTS_SHOWN).join(', ')}`
  );
}
