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
 * A function's name stands above its steps, which are indented under it. What a CPU does not do itself has a sign of its own: `~` a store
 * leaves the store buffer, `!` an interrupt is delivered, `^` the page walker reads, `#` the host acts; `¦` marks steps inside an interrupt handler, `↩` a
 * function come back to. A `>` in the margin marks a step that decides, with the reason beneath.
 */

import type { TraceStep } from '../explain/trace-step.js';
import { type Colors, plain } from './colors.js';
import { visible } from './escape.js';
import { count, groupDigits, pad, shorten, wrap } from './layout.js';
import { chooseColumns } from './timeline-columns.js';
import { countByCpu, selectAll, selectAroundDeciding, type TimelineItem } from './timeline-select.js';

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
}

const WIDTH = 100;
/** More columns than four are too narrow to read at 100 characters, and none is readable below a dozen. */
const COLUMNS_MAX = 4;
const COLUMN_WIDTH_MIN = 12;
const CONTEXT = 3;
const SEPARATOR = ' │ ';
/** Rows that one step may take: one and a half is readable, a paragraph is not. A deciding step may take what it needs. */
const CELL_LINES_MAX = 3;
const INDENT_DEPTH_MAX = 3;
/** CPUs that a gap or a footnote names before it counts the others. */
const NAMED_CPUS_MAX = 6;

const SIGNS: Readonly<Record<TraceStep['agent'], string>> = { cpu: '', buffer: '~ ', line: '! ', walker: '^ ', host: '# ' };
const SIGN_MEANINGS: Readonly<Record<TraceStep['agent'], string>> = {
  cpu: '',
  buffer: '~ a store leaves the store buffer',
  line: '! an interrupt is delivered',
  walker: '^ the page walker moves',
  host: '# the host moves',
};

/** The drawing, without a trailing newline. Texts are escaped here; the caller need not. */
export function renderTimeline(steps: readonly TraceStep[], options: TimelineOptions): string {
  return new Timeline(steps, options).render();
}

class Timeline {
  private readonly width: number;
  private readonly colors: Colors;
  private readonly columns: readonly number[];
  private readonly items: readonly TimelineItem[];
  private readonly shown: readonly TraceStep[];
  private readonly numberWidth: number;
  private readonly columnWidth: number;
  private readonly lines: string[] = [];
  /** Per CPU: the functions that the reader has been told it is in. */
  private readonly shownStacks = new Map<number, readonly string[]>();

  constructor(
    private readonly steps: readonly TraceStep[],
    options: TimelineOptions,
  ) {
    this.width = options.width ?? WIDTH;
    this.colors = options.colors ?? plain;
    this.items = options.aroundDeciding === true ? selectAroundDeciding(steps, options.context ?? CONTEXT) : selectAll(steps);
    this.shown = this.items.flatMap((item) => (item.kind === 'step' ? [item.step] : []));
    this.numberWidth = Math.max('step'.length, String(steps.at(-1)?.step ?? 0).length);
    const fit = Math.floor((this.width - this.gutterWidth) / (COLUMN_WIDTH_MIN + SEPARATOR.length));
    const chosen = chooseColumns(this.shown, options.cpus, Math.max(1, Math.min(COLUMNS_MAX, fit)));
    // A CPU whose steps are all left out would waste the width that the others need; two columns are always wide enough.
    const isMoving = (cpu: number) => this.shown.some((step) => step.cpu === cpu);
    this.columns = chosen.length <= 2 || this.shown.length === 0 ? chosen : chosen.filter(isMoving);
    const room = this.width - this.gutterWidth - SEPARATOR.length * this.columns.length;
    this.columnWidth = Math.max(8, Math.floor(room / Math.max(1, this.columns.length)));
  }

  /** Marker, a space, the step's number. */
  private get gutterWidth(): number {
    return 2 + this.numberWidth;
  }

  render(): string {
    this.row(`  ${pad('step', this.numberWidth, 'right')}`, new Map(this.columns.map((cpu) => [cpu, `CPU${cpu}`])), this.colors.bold);
    for (const item of this.items) {
      if (item.kind === 'gap') this.gap(item.counts);
      else this.step(item.step);
    }
    this.legend();
    return this.lines.join('\n');
  }

  private step(step: TraceStep): void {
    if (step.agent === 'cpu' || step.agent === 'line') this.enterFunctions(step);
    const { bar, indent } = this.indentation(step);
    const room = this.columns.includes(step.cpu) ? this.columnWidth : this.width - this.gutterWidth - SEPARATOR.length;
    const sign = SIGNS[step.agent];
    const who = this.columns.includes(step.cpu) ? '' : `CPU${step.cpu}: `;
    const lead = bar + indent + sign;
    const textRoom = Math.max(1, room - lead.length);
    const text = this.clip(wrap(who + visible(step.text), textRoom), textRoom, step);
    const paint = this.paintOf(step);
    for (const [index, line] of text.entries()) {
      const gutter = index === 0 ? this.stepNumber(step) : ' '.repeat(this.gutterWidth);
      this.place(gutter, step.cpu, (index === 0 ? lead : bar + indent + ' '.repeat(sign.length)) + line, paint);
    }
    if (step.deciding !== null) this.reason(step);
  }

  /** Long texts of ordinary steps end in an ellipsis. */
  private clip(lines: readonly string[], room: number, step: TraceStep): readonly string[] {
    if (step.deciding !== null || lines.length <= CELL_LINES_MAX) return lines;
    return [...lines.slice(0, CELL_LINES_MAX - 1), shorten(lines.slice(CELL_LINES_MAX - 1).join(' '), room)];
  }

  /** A header line per function that the CPU has entered since its last shown step, or one for the function that it has come back to. */
  private enterFunctions(step: TraceStep): void {
    const before = this.shownStacks.get(step.cpu) ?? [];
    const now = step.functions.map(visible);
    this.shownStacks.set(step.cpu, now);
    let common = 0;
    while (common < now.length && now[common] === before[common]) common++;
    const { bar } = this.indentation(step);
    for (let depth = common; depth < now.length; depth++) this.header(step.cpu, bar, depth, now[depth]);
    if (common === now.length && now.length > 0 && before.length > now.length)
      this.header(step.cpu, bar, now.length - 1, `↩ ${now.at(-1)}`);
  }

  private header(cpu: number, bar: string, depth: number, text: string): void {
    const lead = bar + this.indentTo(depth);
    const room = this.columns.includes(cpu) ? this.columnWidth : this.width - this.gutterWidth - SEPARATOR.length;
    this.place(' '.repeat(this.gutterWidth), cpu, lead + shorten(text, room - lead.length), this.colors.dim);
  }

  private indentation(step: TraceStep): { bar: string; indent: string } {
    const depth = (this.shownStacks.get(step.cpu) ?? []).length;
    return { bar: '¦ '.repeat(Math.min(step.handlerDepth, 2)), indent: this.indentTo(depth) };
  }

  private indentTo(depth: number): string {
    // Narrow columns have no room for depth: what matters is that a step stands under its function.
    return (this.columnWidth < 30 ? ' ' : '  ').repeat(Math.min(depth, INDENT_DEPTH_MAX));
  }

  private stepNumber(step: TraceStep): string {
    const number = pad(String(step.step), this.numberWidth, 'right');
    return step.deciding === null ? `  ${number}` : this.colors.yellow(`> ${number}`);
  }

  private reason(step: TraceStep): void {
    const margin = ' '.repeat(this.gutterWidth);
    const where = step.site === null ? '' : ` [${visible(step.site)}]`;
    const lines = wrap(visible(step.deciding ?? '') + where, this.width - this.gutterWidth - 4);
    for (const [index, line] of lines.entries()) this.lines.push(margin + this.colors.yellow(`${index === 0 ? ' └─ ' : '    '}${line}`));
  }

  private gap(counts: ReadonlyMap<number, number>): void {
    const named = [...counts].slice(0, NAMED_CPUS_MAX);
    const parts = named.map(([cpu, steps], index) => `${index === 0 ? count(steps, 'step') : steps} of CPU${cpu}`);
    const rest = [...counts].slice(NAMED_CPUS_MAX);
    if (rest.length > 0) parts.push(`${groupDigits(total(rest))} of ${count(rest.length, 'other CPU')}`);
    const lines = wrap(`... ${parts.join(', ')}`, this.width - this.gutterWidth - SEPARATOR.length);
    for (const line of lines) this.lines.push(this.colors.dim(`${' '.repeat(this.gutterWidth)}${SEPARATOR}${line}`));
  }

  /** Below the drawing: the signs that occur in it, and the CPUs without a column. */
  private legend(): void {
    const { shown } = this;
    const signs = (['buffer', 'line', 'walker', 'host'] as const).filter((agent) => shown.some((step) => step.agent === agent));
    const parts = signs.map((agent) => SIGN_MEANINGS[agent]);
    if (shown.some((step) => step.handlerDepth > 0)) parts.push('¦ inside an interrupt handler');
    if (shown.some((step) => step.deciding !== null)) parts.push('> decides');
    this.footnote(parts.join('; '));
    const others = [...countByCpu(this.steps)].filter(([cpu]) => !this.columns.includes(cpu)).sort(([a], [b]) => a - b);
    if (others.length === 0) return;
    const named = others.slice(0, NAMED_CPUS_MAX).map(([cpu, steps]) => `CPU${cpu} (${count(steps, 'step')})`);
    const rest = others.slice(NAMED_CPUS_MAX);
    if (rest.length > 0) named.push(`${count(rest.length, 'other')} (${count(total(rest), 'step')})`);
    this.footnote(`without a column: ${named.join(', ')}`);
  }

  private footnote(text: string): void {
    if (text !== '') for (const line of wrap(text, this.width - 2)) this.lines.push(this.colors.dim(`  ${line}`));
  }

  private paintOf(step: TraceStep): (text: string) => string {
    if (step.deciding !== null) return (text) => this.colors.bold(this.colors.yellow(text));
    if (step.agent === 'buffer') return this.colors.cyan;
    if (step.agent === 'line') return this.colors.magenta;
    if (step.agent === 'walker') return this.colors.blue;
    if (step.agent === 'host') return this.colors.magenta;
    return (text) => text;
  }

  /** One line with `text` in the CPU's column, or across all columns where it has none. */
  private place(gutter: string, cpu: number, text: string, paint: (text: string) => string): void {
    if (this.columns.includes(cpu)) this.row(gutter, new Map([[cpu, text]]), paint);
    else this.lines.push(`${gutter}${SEPARATOR}${paint(text)}`.trimEnd());
  }

  private row(gutter: string, cells: ReadonlyMap<number, string>, paint: (text: string) => string): void {
    const drawn = this.columns.map((cpu) => {
      const text = pad(cells.get(cpu) ?? '', this.columnWidth);
      return text.trim() === '' ? text : paint(text.trimEnd()) + text.slice(text.trimEnd().length);
    });
    this.lines.push(`${gutter}${SEPARATOR}${drawn.join(SEPARATOR)}`.trimEnd());
  }
}

function total(counts: readonly (readonly [cpu: number, steps: number])[]): number {
  return counts.reduce((sum, [, steps]) => sum + steps, 0);
}
