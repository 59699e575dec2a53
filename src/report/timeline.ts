/**
 * An execution as people read it: one column per CPU, one row per step, time downwards.
 *
 *     step │ CPU0                    │ CPU1
 *          │ flush_tlb_mm_range      │
 *       12 │   mm.tlb_gen is 5       │
 *       13 │                         │   ~ loaded_mm = SWITCHING
 *     > 14 │   loaded_mm(1) is A     │
 *          └─ no IPI for CPU1: it still seems to run another mm
 *
 * A function's name stands above its steps, which are indented under it. What a CPU does not do itself has a
 * sign of its own: `~` a store leaves the store buffer, `!` an interrupt is delivered, `^` the page walker
 * reads, `#` the host acts; `¦` marks steps inside an interrupt handler, `↩` a function come back to. A `>`
 * in the margin marks a step that decides, with the reason beneath.
 *
 * A detailed drawing has a column for the host, the stores that an operation drains, and what waits in a
 * store buffer when another CPU's turn comes.
 */

import type { TraceStep } from '../explain/trace-step.js';
import type { LineText } from '../vocabulary/told.js';
import { type Colors, plain } from './colors.js';
import { count, groupDigits, wrap } from './text-columns.js';
import { Grid } from './timeline-columns.js';
import { countByCpu, selectAll, selectAroundDeciding, type TimelineItem } from './timeline-select.js';
import { signMeanings } from './timeline-signs.js';
import { StepDrawer } from './timeline-step.js';
import { WaitingStores } from './waiting-stores.js';

export interface TimelineOptions {
  /** CPUs of the machine. */
  readonly cpus: number;
  /** Characters per line (default 100). */
  readonly width?: number;
  /** Default: no colours. */
  readonly colors?: Colors;
  /** Leave out what is far from the deciding steps. Default: show everything. */
  readonly aroundDeciding?: boolean;
  /** Steps kept on either side of a deciding one when `aroundDeciding` (default 3). */
  readonly context?: number;
  /** See above. Default: no. */
  readonly detailed?: boolean;
  /** What stands at the place of a deciding step. Default: the place alone. */
  readonly lineText?: LineText;
}

/** A timeline, piece by piece. */
export interface Drawing {
  readonly header: string;
  readonly blocks: readonly Block[];
  /** Below the drawing: the signs that occur in it, and the CPUs without a column. */
  readonly footer: readonly string[];
  /** CPUs that have a column, in ascending order. */
  readonly columns: readonly number[];
}

/** The lines of one step, or of a gap between steps. */
export interface Block {
  readonly step: TraceStep | null;
  readonly lines: readonly string[];
}

const WIDTH = 100;
const CONTEXT = 3;
/** CPUs that a gap or a footnote names before it counts the others. */
const NAMED_CPUS_MAX = 6;

/** The drawing, without a trailing newline. Texts are escaped here; the caller need not. */
export function renderTimeline(steps: readonly TraceStep[], options: TimelineOptions): string {
  const { header, blocks, footer } = drawTimeline(steps, options);
  return [header, ...blocks.flatMap(({ lines }) => lines), ...footer].join('\n');
}

export function drawTimeline(steps: readonly TraceStep[], options: TimelineOptions): Drawing {
  return new Timeline(steps, options).draw();
}

class Timeline {
  private readonly width: number;
  private readonly colors: Colors;
  private readonly items: readonly TimelineItem[];
  private readonly shown: readonly TraceStep[];
  private readonly isDetailed: boolean;
  private readonly grid: Grid;
  private readonly drawer: StepDrawer;

  constructor(
    private readonly steps: readonly TraceStep[],
    options: TimelineOptions,
  ) {
    this.width = options.width ?? WIDTH;
    this.colors = options.colors ?? plain;
    this.isDetailed = options.detailed ?? false;
    this.items =
      options.aroundDeciding === true
        ? selectAroundDeciding(steps, options.context ?? CONTEXT)
        : selectAll(steps);
    this.shown = this.items.flatMap((item) => (item.kind === 'step' ? [item.step] : []));
    const numberWidth = Math.max('step'.length, String(steps.at(-1)?.step ?? 0).length);
    this.grid = new Grid(this.shown, {
      cpus: options.cpus,
      width: this.width,
      hostColumn: this.isDetailed,
      numberWidth,
    });
    this.drawer = new StepDrawer(
      this.grid,
      this.colors,
      this.isDetailed ? new WaitingStores(steps) : null,
      options.lineText,
    );
  }

  draw(): Drawing {
    const blocks = this.items.map((item): Block => {
      if (item.kind === 'gap') return { step: null, lines: this.gap(item.counts) };
      return { step: item.step, lines: this.drawer.draw(item.step) };
    });
    const columns = this.grid.columns.filter((column) => column !== 'host');
    return { header: this.grid.header(this.colors.bold), blocks, footer: this.footer(columns), columns };
  }

  private gap(counts: ReadonlyMap<number, number>): string[] {
    const named = [...counts].slice(0, NAMED_CPUS_MAX);
    const parts = named.map(
      ([cpu, steps], index) => `${index === 0 ? count(steps, 'step') : steps} of CPU${cpu}`,
    );
    const rest = [...counts].slice(NAMED_CPUS_MAX);
    if (rest.length > 0) parts.push(`${groupDigits(total(rest))} of ${count(rest.length, 'other CPU')}`);
    const margin = ' '.repeat(this.grid.gutterWidth);
    return wrap(`... ${parts.join(', ')}`, this.grid.acrossWidth).map((line) =>
      this.colors.dim(this.grid.across(margin, line, (text) => text)),
    );
  }

  private footer(columns: readonly number[]): string[] {
    const lines = this.footnote(signMeanings(this.shown, this.isDetailed, this.grid.has('host')).join('; '));
    const others = [...countByCpu(this.steps)]
      .filter(([cpu]) => !columns.includes(cpu))
      .sort(([a], [b]) => a - b);
    if (others.length === 0) return lines;
    const named = others
      .slice(0, NAMED_CPUS_MAX)
      .map(([cpu, steps]) => `CPU${cpu} (${count(steps, 'step')})`);
    const rest = others.slice(NAMED_CPUS_MAX);
    if (rest.length > 0) named.push(`${count(rest.length, 'other')} (${count(total(rest), 'step')})`);
    return [...lines, ...this.footnote(`without a column: ${named.join(', ')}`)];
  }

  private footnote(text: string): string[] {
    return text === '' ? [] : wrap(text, this.width - 2).map((line) => this.colors.dim(`  ${line}`));
  }
}

function total(counts: readonly (readonly [cpu: number, steps: number])[]): number {
  return counts.reduce((sum, [, steps]) => sum + steps, 0);
}
