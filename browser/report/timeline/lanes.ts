/** Where everything stands from left to right. All lengths are in CSS pixels. */

import type { TraceStep } from '../../../src/explain/trace-step.js';
import { slotsOf } from '../../../src/report/bars.js';
import type { Looked } from '../execution.js';

/** The column of step numbers. */
export const GUTTER = 76;
export const ROW_HEIGHT = { steps: 26, functions: 10 } as const;
const TEXT_MIN = 190;
const TEXT_MAX = 460;
const HOST_TEXT_MAX = 260;
const PAD = 8;
export const BAND = 6;
export const BAR = 4;
const BAR_GAP = 1;
/** A CPU may have more entries in its TLB than there is room for. */
const BARS_MAX = 10;
/** Room for the names above the columns. */
const GROUP_MIN = 20;

export interface Lane {
  /** Null: the host's. */
  readonly cpu: number | null;
  readonly title: string;
  readonly left: number;
  readonly textWidth: number;
  /** Left edges and numbers of columns of what stands beside the text; zero columns: there is none. */
  readonly band: number;
  readonly buffer: { readonly left: number; readonly columns: number };
  readonly tlb: { readonly left: number; readonly columns: number };
  readonly right: number;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  readonly width: number;
  laneOf(step: Pick<TraceStep, 'cpu' | 'agent'>): Lane;
}

/** The lanes of an execution in a window of that width. */
export function lanesIn(looked: Looked, windowWidth: number): Lanes {
  const cpus = looked.cpus.map((cpu) => ({
    cpu,
    buffer: Math.min(BARS_MAX, slotsOf(looked.buffers, cpu)),
    tlb: Math.min(BARS_MAX, slotsOf(looked.tlbs, cpu)),
  }));
  const beside = cpus.map(
    ({ buffer, tlb }) => GROUP_MIN + columnsWidth(buffer) + columnsWidth(tlb) + 3 * PAD,
  );
  const hosts = looked.hasHost ? 1 : 0;
  const taken = beside.reduce((sum, width) => sum + width, GUTTER + PAD * hosts);
  const share = (windowWidth - taken) / Math.max(1, cpus.length + hosts);
  const textWidth = Math.floor(Math.max(TEXT_MIN, Math.min(TEXT_MAX, share)));
  let left = GUTTER;
  const lanes = cpus.map(({ cpu, buffer, tlb }, index): Lane => {
    const band = left + textWidth + PAD;
    const bufferLeft = band + GROUP_MIN;
    const tlbLeft = bufferLeft + columnsWidth(buffer) + PAD / 2;
    const right = left + textWidth + beside[index];
    const lane = {
      ...{ cpu, title: `CPU${cpu}`, left, textWidth, band, right },
      buffer: { left: bufferLeft, columns: buffer },
      tlb: { left: tlbLeft, columns: tlb },
    };
    left = right;
    return lane;
  });
  if (looked.hasHost) {
    const width = Math.min(HOST_TEXT_MAX, textWidth);
    const none = { left, columns: 0 };
    const right = left + width + PAD;
    lanes.push({
      cpu: null,
      title: 'host',
      left,
      textWidth: width,
      band: left,
      buffer: none,
      tlb: none,
      right,
    });
    left = right;
  }
  const byCpu = new Map(lanes.map((lane) => [lane.cpu, lane]));
  return {
    lanes,
    width: left,
    laneOf: ({ cpu, agent }) => byCpu.get(agent === 'host' ? null : cpu) ?? lanes[0],
  };
}

function columnsWidth(columns: number): number {
  return columns === 0 ? 0 : Math.max(GROUP_MIN, columns * (BAR + BAR_GAP));
}

/** The left edge of a column of bars. */
export function columnLeft(group: Lane['buffer'], slot: number): number {
  return group.left + Math.min(slot, group.columns - 1) * (BAR + BAR_GAP);
}
