import type { TraceStep } from '../../explain/trace-step.js';
import { typedOf } from './keys.js';
import type { ViewState } from './view-state.js';

/** Looking for a text in the steps of an execution. */

/** A key while `text` is being typed. */
export function typeInto(
  steps: readonly TraceStep[],
  state: ViewState,
  text: string,
  key: string,
): ViewState {
  const { typed: _, ...rest } = state;
  const typed = typedOf(key);
  if (typed === undefined) return state;
  if (typed === 'leave' || (typed === 'enter' && text === '')) return rest;
  if (typed === 'enter') return seek(steps, rest, text, 1);
  return { ...state, typed: typed === 'erase' ? text.slice(0, -1) : text + typed.char };
}

/** To the next step, round the end, in which the text occurs; capital letters are as small ones. */
export function seek(
  steps: readonly TraceStep[],
  state: ViewState,
  text: string,
  direction: 1 | -1,
): ViewState {
  const wanted = text.toLowerCase();
  for (let away = 1; away <= steps.length; away++) {
    const at = (state.at + direction * away + steps.length) % steps.length;
    if (textOf(steps[at]).includes(wanted)) return { ...state, at, sought: { text, isFound: true } };
  }
  return { ...state, sought: { text, isFound: false } };
}

/** What a step can be found by. */
function textOf({ cpu, text, functions, deciding, drained }: TraceStep): string {
  return [`CPU${cpu}`, text, ...functions, ...drained, deciding ?? ''].join('\n').toLowerCase();
}
