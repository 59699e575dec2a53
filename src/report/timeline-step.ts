/** The lines of one step of a timeline: functions entered, what drains, what happens, why it decides. */

import type { TraceStep } from '../explain/trace-step.js';
import { type LineText, placeWords } from '../vocabulary/told.js';
import type { Colors } from './colors.js';
import { visible } from './escape.js';
import { orderedWords } from './ordered-words.js';
import { pad, shorten, wrap } from './text-columns.js';
import type { Column, Grid } from './timeline-columns.js';
import { paintOf, SIGNS } from './timeline-signs.js';
import type { WaitingStores } from './waiting-stores.js';

/**
 * Rows that one step may take: one and a half is readable, a paragraph is not. A deciding step may take what
 * it needs.
 */
const CELL_LINES_MAX = 3;
/** Rows of a list of stores: most buffers hold fewer. */
const STORES_LINES_MAX = 5;
const INDENT_DEPTH_MAX = 3;

export class StepDrawer {
  private lines: string[] = [];
  /** Per CPU: the functions that the reader has been told it is in. */
  private readonly shownStacks = new Map<number, readonly string[]>();

  /** `waiting`: for a detailed drawing; null leaves out what store buffers hold and drain. */
  constructor(
    private readonly grid: Grid,
    private readonly colors: Colors,
    private readonly waiting: WaitingStores | null,
    private readonly lineText: LineText = () => null,
  ) {}

  /** Steps are drawn in their order. */
  draw(step: TraceStep): string[] {
    this.lines = [];
    if (step.agent === 'cpu' || step.agent === 'line') this.enterFunctions(step);
    const column = this.grid.columnOf(step);
    let gutter = this.stepNumber(step);
    // The drains come first, as they do on the machine.
    if (this.waiting !== null && step.drained.length > 0) {
      this.cell(
        gutter,
        step,
        step.cpu,
        SIGNS.buffer,
        step.drained.join(', '),
        STORES_LINES_MAX,
        this.colors.cyan,
      );
      gutter = this.margin;
    }
    const linesMax = step.deciding === null ? CELL_LINES_MAX : Number.POSITIVE_INFINITY;
    const sign = column === 'host' ? '' : SIGNS[step.agent];
    this.cell(gutter, step, column, sign, textIn(column, step), linesMax, paintOf(step, this.colors));
    const behind = this.waiting?.behind(step) ?? null;
    if (behind !== null)
      this.cell(this.margin, step, step.cpu, '', `sb: ${behind}`, STORES_LINES_MAX, this.colors.cyan);
    for (const mark of step.ordered ?? []) this.below(' └─ ', orderedWords(mark), this.colors.magenta);
    if (step.deciding !== null) this.reason(step, step.deciding);
    return this.lines;
  }

  private get margin(): string {
    return ' '.repeat(this.grid.gutterWidth);
  }

  /** A text in its column, under the functions that the CPU is in. */
  private cell(
    gutter: string,
    step: TraceStep,
    column: Column,
    sign: string,
    text: string,
    linesMax: number,
    paint: (text: string) => string,
  ): void {
    const { bar, indent } = column === 'host' ? { bar: '', indent: '' } : this.indentation(step);
    const who = column !== 'host' && this.grid.has(column) ? '' : `CPU${step.cpu}: `;
    const lead = bar + indent + sign;
    const room = Math.max(1, this.grid.room(column) - lead.length);
    for (const [index, line] of clip(wrap(who + visible(text), room, true), room, linesMax).entries()) {
      const start = index === 0 ? lead : bar + indent + ' '.repeat(sign.length);
      this.lines.push(this.grid.line(index === 0 ? gutter : this.margin, column, start + line, paint));
    }
  }

  /**
   * A header line per function that the CPU has entered since its last shown step, or one for the function
   * that it has come back to.
   */
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
    const line = lead + shorten(text, this.grid.room(cpu) - lead.length);
    this.lines.push(this.grid.line(this.margin, cpu, line, this.colors.dim));
  }

  private indentation(step: TraceStep): { bar: string; indent: string } {
    const depth = (this.shownStacks.get(step.cpu) ?? []).length;
    return { bar: '¦ '.repeat(Math.min(step.handlerDepth, 2)), indent: this.indentTo(depth) };
  }

  private indentTo(depth: number): string {
    // Narrow columns have no room for depth: what matters is that a step stands under its function.
    return (this.grid.columnWidth < 30 ? ' ' : '  ').repeat(Math.min(depth, INDENT_DEPTH_MAX));
  }

  private stepNumber(step: TraceStep): string {
    const number = pad(String(step.step), this.grid.gutterWidth - 2, 'right');
    return step.deciding === null ? `  ${number}` : this.colors.yellow(`> ${number}`);
  }

  private reason(step: TraceStep, why: string): void {
    const place = step.judgedAt ?? step.site;
    const where = place === null ? '' : ` [${visible(placeWords(place))}]`;
    this.below(' └─ ', visible(why) + where, this.colors.yellow);
    const text = place === null ? null : this.lineText(place);
    if (text !== null) this.below('    ', `| ${visible(text)}`, this.colors.dim);
    const waiting = this.waiting?.everywhere(step) ?? [];
    if (waiting.length > 0)
      this.below('    ', `waiting in store buffers: ${visible(waiting.join('; '))}`, this.colors.cyan);
  }

  /** Lines under the columns. */
  private below(lead: string, text: string, paint: (text: string) => string): void {
    for (const [index, line] of wrap(text, this.grid.acrossWidth - 1).entries())
      this.lines.push(this.margin + paint(`${index === 0 ? lead : '    '}${line}`));
  }
}

/** Texts that are too long end in an ellipsis. */
function clip(lines: readonly string[], room: number, linesMax: number): readonly string[] {
  if (lines.length <= linesMax) return lines;
  return [...lines.slice(0, linesMax - 1), shorten(lines.slice(linesMax - 1).join(' '), room)];
}

/** In the host's column the subject is known, and the CPU is not. */
function textIn(column: Column, step: TraceStep): string {
  return column === 'host' ? (step.hostAct ?? step.text) : step.text;
}
