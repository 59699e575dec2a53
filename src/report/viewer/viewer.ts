/**
 * Looking through an execution on a screen: the model. A key makes a new state of an old one, and a state has
 * a screen of lines; nothing here reads or writes a terminal.
 *
 *     title
 *     the columns' names
 *     the timeline, the current step in its middle
 *     ----
 *     the pane: the step, why it decides, how the CPUs stand after it
 *     status and keys
 */

import type { CpuState } from '../../explain/cpu-state.js';
import type { TraceStep } from '../../explain/trace-step.js';
import type { LineText } from '../../vocabulary/told.js';
import type { Colors } from '../colors.js';
import { visible } from '../escape.js';
import { StateHistory } from '../state-history.js';
import { groupDigits, shorten } from '../text-columns.js';
import { drawTimeline } from '../timeline.js';
import { helpLines } from './help.js';
import { type Move, moveOf } from './keys.js';
import { paneLines } from './pane.js';
import { seek, typeInto } from './search.js';
import type { Size, ViewState } from './view-state.js';

export interface ViewedTrace {
  readonly title: string;
  readonly cpus: number;
  /** At least one. */
  readonly steps: readonly TraceStep[];
  readonly start: readonly CpuState[];
  readonly colors: Colors;
  /** What stands at a step's place. */
  readonly lineText?: LineText;
}

const COLUMNS_MIN = 40;
const ROWS_MIN = 8;
/** Lines that are neither timeline nor pane: title, names of the columns, rule, status. */
const FRAME_ROWS = 4;
const CURRENT = '▌ ';

/** The timeline at a width: its lines, and which of them are a step's. */
interface Page {
  readonly header: string;
  readonly lines: readonly string[];
  /** By index of a step: its first line, and the line after its last. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly columns: readonly number[];
}

export class Viewer {
  private readonly history: StateHistory;
  private readonly deciding: readonly number[];
  private page: { readonly width: number; readonly page: Page } | null = null;

  constructor(private readonly trace: ViewedTrace) {
    this.history = new StateHistory(trace.start, trace.steps);
    this.deciding = trace.steps.flatMap((step, index) => (step.deciding === null ? [] : [index]));
  }

  /** Begins at the first step that decides, or at the first. */
  begin(size: Size): ViewState {
    return { at: this.deciding[0] ?? 0, size, ended: false };
  }

  resize(state: ViewState, size: Size): ViewState {
    return { ...state, size };
  }

  /** A key as the terminal sends it: part of a text that is typed, or a move. */
  key(state: ViewState, key: string): ViewState {
    if (state.typed !== undefined) return typeInto(this.trace.steps, state, state.typed, key);
    const move = moveOf(key);
    return move === undefined ? state : this.press(state, move);
  }

  press(before: ViewState, move: Move): ViewState {
    const { helps, ...state } = before;
    const { at, sought } = state;
    if (helps === true) return move === 'quit' || move === 'help' ? state : this.press(state, move);
    const last = this.trace.steps.length - 1;
    const to = (index: number): ViewState => ({ ...state, at: Math.max(0, Math.min(last, index)) });
    switch (move) {
      case 'next':
        return to(at + 1);
      case 'previous':
        return to(at - 1);
      case 'nextDeciding':
        return to(this.deciding.find((index) => index > at) ?? at);
      case 'previousDeciding':
        return to(this.deciding.findLast((index) => index < at) ?? at);
      case 'pageDown':
        return to(this.stepAway(state, 1));
      case 'pageUp':
        return to(this.stepAway(state, -1));
      case 'first':
        return to(0);
      case 'last':
        return to(last);
      case 'help':
        return { ...state, helps: true };
      case 'search':
        return { ...state, typed: '' };
      case 'nextFound':
        return sought === undefined ? state : seek(this.trace.steps, state, sought.text, 1);
      case 'previousFound':
        return sought === undefined ? state : seek(this.trace.steps, state, sought.text, -1);
      case 'quit':
        return { ...state, ended: true };
    }
  }

  /** The screen: exactly `rows` lines, each of at most `columns` characters besides colours. */
  lines(state: ViewState): string[] {
    const { rows, columns } = state.size;
    const { colors, title } = this.trace;
    if (columns < COLUMNS_MIN || rows < ROWS_MIN) {
      const text = `${COLUMNS_MIN} columns and ${ROWS_MIN} rows are needed; q quits`;
      return fill([shorten(text, columns)], rows);
    }
    if (state.helps === true) return fill(helpLines(columns).slice(0, rows), rows);
    const { header } = this.pageAt(columns);
    const pane = this.pane(state);
    return [
      colors.bold(shorten(visible(title), columns)),
      `  ${header}`,
      ...fill(this.visibleLines(state), this.bodyRows(state)),
      colors.dim('─'.repeat(columns)),
      ...pane,
      colors.inverse(shorten(this.status(state), columns)),
    ];
  }

  private status({ at, typed, sought }: ViewState): string {
    if (typed !== undefined)
      return ` look for: ${visible(typed)}_  (Enter: the next step that has it, Esc: leave)`;
    const { steps } = this.trace;
    const number = this.deciding.indexOf(at) + 1;
    const deciding =
      number > 0 ? `deciding ${number} of ${this.deciding.length}` : `${this.deciding.length} deciding`;
    const where = `step ${steps[at].step} of ${groupDigits(steps.at(-1)?.step ?? 0)}, ${deciding}`;
    const found =
      sought === undefined
        ? ''
        : `, "${visible(sought.text)}" ${sought.isFound ? 'found (N P for others)' : 'is in no step'}`;
    return ` ${where}${found} | j k step  n p deciding  / look for  ? all keys  q quit `;
  }

  private pane(state: ViewState): string[] {
    const { rows, columns } = state.size;
    const cpus = this.pageAt(columns).columns;
    const lines = paneLines(this.trace.steps[state.at], this.history, {
      width: columns,
      cpus,
      colors: this.trace.colors,
      lineText: this.trace.lineText,
    });
    // The timeline keeps at least half of a small screen.
    return lines.slice(0, Math.floor((rows - FRAME_ROWS) / 2));
  }

  private bodyRows(state: ViewState): number {
    return state.size.rows - FRAME_ROWS - this.pane(state).length;
  }

  /** The part of the timeline that has the current step in its middle. */
  private visibleLines(state: ViewState): string[] {
    const { lines, from, to } = this.pageAt(state.size.columns);
    const rows = this.bodyRows(state);
    const [first, end] = [from[state.at], to[state.at]];
    const centred = first - Math.max(0, Math.floor((rows - (end - first)) / 2));
    const top = Math.max(0, Math.min(centred, lines.length - rows));
    const { colors } = this.trace;
    return lines.slice(top, top + rows).map((line, index) => {
      const isCurrent = top + index >= first && top + index < end;
      return `${isCurrent ? colors.cyan(CURRENT) : '  '}${line}`;
    });
  }

  /** The step that is a screen of timeline away, and at least one step. */
  private stepAway(state: ViewState, direction: 1 | -1): number {
    const { from, to } = this.pageAt(state.size.columns);
    const wanted = from[state.at] + direction * Math.max(1, this.bodyRows(state) - 1);
    let index = state.at + direction;
    while (
      index + direction >= 0 &&
      index + direction < from.length &&
      (direction > 0 ? to[index] <= wanted : from[index] > wanted)
    )
      index += direction;
    return index;
  }

  private pageAt(columns: number): Page {
    if (this.page?.width === columns) return this.page.page;
    const { steps, cpus, colors, lineText } = this.trace;
    const width = columns - CURRENT.length;
    const drawing = drawTimeline(steps, { cpus, colors, width, detailed: true, lineText });
    const lines: string[] = [];
    const from: number[] = [];
    const to: number[] = [];
    for (const block of drawing.blocks) {
      from.push(lines.length);
      lines.push(...block.lines);
      to.push(lines.length);
    }
    lines.push(...drawing.footer);
    const page = { header: drawing.header, lines, from, to, columns: drawing.columns };
    this.page = { width: columns, page };
    return page;
  }
}

function fill(lines: readonly string[], rows: number): string[] {
  return Array.from({ length: rows }, (_, index) => lines[index] ?? '');
}
