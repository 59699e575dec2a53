/** How the machine stands at a step: the pane under the timeline. */

import type { CpuState } from '../../explain/cpu-state.js';
import type { TraceStep } from '../../explain/trace-step.js';
import { type LineText, placeWords } from '../../vocabulary/told.js';
import type { Colors } from '../colors.js';
import { visible } from '../escape.js';
import type { StateHistory } from '../state-history.js';
import { shorten, textWidth, wrap } from '../text-columns.js';

/** Lines that a reason may take: fixed, so that the pane does not jump from step to step. */
const REASON_LINES = 2;

export interface PaneOptions {
  readonly width: number;
  /** CPUs to tell of, in ascending order. */
  readonly cpus: readonly number[];
  readonly colors: Colors;
  /** What stands at a step's place. */
  readonly lineText?: LineText;
}

/** The pane, always as many lines for the same options; the most important lines come first. */
export function paneLines(
  step: TraceStep,
  history: StateHistory,
  { width, cpus, colors, lineText }: PaneOptions,
): string[] {
  const cut = (text: string): string => shorten(text, width);
  const agent = step.agent === 'cpu' ? '' : `'s ${AGENTS[step.agent]}`;
  const written = step.judgedAt ?? step.site;
  const text = written === null ? null : (lineText?.(written) ?? null);
  const place = written === null ? '' : `  [${placeWords(written)}]${text === null ? '' : ` ${text}`}`;
  const reason = step.deciding === null ? [] : wrap(visible(step.deciding), width - 2);
  const told = Array.from({ length: REASON_LINES }, (_, index) => {
    const line = index < REASON_LINES - 1 ? reason[index] : reason.slice(index).join(' ');
    return line === undefined || line === '' ? '' : colors.yellow(cut(`> ${line}`));
  });
  const states = withCpu(cpus, step.cpu).map((cpu) => {
    const line = cut(`${cpu === step.cpu ? '*' : ' '}CPU${cpu}  ${stateText(history.after(step.step, cpu))}`);
    return cpu === step.cpu ? colors.bold(line) : line;
  });
  const tlb = history.after(step.step, step.cpu)?.tlb ?? null;
  const translations =
    tlb === null ? '' : `TLB of CPU${step.cpu}: ${tlb.length === 0 ? 'empty' : tlb.join('; ')}`;
  return [
    colors.bold(cut(visible(`CPU${step.cpu}${agent}: ${step.text}${place}`))),
    ...told,
    ...states,
    colors.dim(innermost(step.functions.map(visible), width)),
    colors.dim(cut(visible(translations))),
  ];
}

/** As many CPUs, the given one among them. */
function withCpu(cpus: readonly number[], cpu: number): readonly number[] {
  return cpus.includes(cpu) ? cpus : [...cpus.slice(0, -1), cpu].sort((a, b) => a - b);
}

/** `in a > b > c`, without outer functions where there is no room for all. */
function innermost(functions: readonly string[], width: number): string {
  if (functions.length === 0) return '';
  for (let first = 0; first < functions.length - 1; first++) {
    const text = `in ${first === 0 ? '' : '… > '}${functions.slice(first).join(' > ')}`;
    if (textWidth(text) <= width) return text;
  }
  return shorten(`in ${functions.length === 1 ? '' : '… > '}${functions.at(-1)}`, width);
}

const AGENTS: Readonly<Record<TraceStep['agent'], string>> = {
  cpu: 'instruction',
  buffer: 'store buffer',
  line: 'interrupt line',
  walker: 'page walker',
  host: 'host',
  mmu: 'broadcast invalidation',
};

function stateText(state: CpuState | null): string {
  if (state === null) return 'nothing is known';
  const { buffer, interrupts, pending, locks, notes } = state;
  const parts = [
    `interrupts ${interrupts ? 'on ' : 'off'}`,
    ...notes,
    ...(pending.length === 0 ? [] : [`${pending.join(' and ')} pending`]),
    ...(locks.length === 0 ? [] : [`holds ${locks.join(', ')}`]),
    // Last: it can be longer than the line, and the timeline tells it too.
    `sb: ${buffer.length === 0 ? 'empty' : buffer.join(', ')}`,
  ];
  return visible(parts.join(' | '));
}
