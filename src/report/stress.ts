import type { CpuState, Hang, StressResult } from '../stress/api.js';
import type { CpuBehind } from '../stress/behind.js';
import { count, groupDigits } from './layout.js';

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
  'what threads happened to do in this time; each CPU judges its own accesses; a stale entry that ' +
  'outlives 4,096 changes of its page can be missed';
const RESTS_ON_PROGRAM =
  'what threads happened to do in this time; judged are final memories and cpu.assert, not every state ' +
  '(the explorer does that)';

export function stressLines(result: StressResult): Line[] {
  const { seconds, flushes } = result;
  const rate = (amount: number): string => `${groupDigits(Math.round(amount / Math.max(seconds, 1e-3)))}/s`;
  const lines: Line[] = [
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
  lines.push(
    ...result.replaced.map(({ name, calls }) => ({
      label: `replaced ${name}`,
      text: calls === 0 ? 'NEVER RAN' : `ran ${count(calls, 'time')}`,
    })),
  );
  if (result.changedNothing)
    lines.push({
      label: 'NO EFFECT',
      text: `nothing that ${result.variant} replaces ever ran: this says no more than a run of its base`,
    });
  lines.push(
    ...result.behind
      .slice(0, BEHIND_SHOWN)
      .map((one) => ({ label: 'behind', text: behindText(one, result.scenario) })),
  );
  if (result.behind.length > BEHIND_SHOWN)
    lines.push({ label: '', text: `and ${count(result.behind.length - BEHIND_SHOWN, 'time')} more` });
  if (result.failedIn !== undefined) lines.push({ label: 'seen in', text: result.failedIn });
  for (const violation of result.violations)
    lines.push({ label: 'violation', text: `${violation.class}: ${violation.message}` });
  for (const latent of result.latent)
    lines.push({
      label: 'latent',
      text: `${latent.class} (${count(latent.times, 'time')}): ${latent.message}`,
    });
  for (const dead of result.dead) lines.push({ label: 'died', text: dead });
  if (result.hang !== null) lines.push(...hangLines(result.hang));
  if (result.violations.length === 0 && result.hang === null && result.dead.length === 0)
    lines.push({ label: 'verdict', text: 'no violation seen' });
  lines.push({
    label: 'rests on',
    text: result.rounds === undefined ? RESTS_ON : RESTS_ON_PROGRAM,
  });
  return lines;
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
