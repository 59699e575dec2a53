import { memo } from 'preact/compat';
import type { TraceStep } from '../../../src/explain/trace-step.js';
import { orderedWords } from '../../../src/report/ordered-words.js';
import type { TimelineView } from '../place.js';
import { type Lane, ROW_HEIGHT } from './lanes.js';

/** Who moves, for readers of a screen and for those who cannot see colours. */
export const AGENTS: Readonly<Record<TraceStep['agent'], { readonly sign: string; readonly name: string }>> =
  {
    cpu: { sign: '', name: '' },
    buffer: { sign: '~', name: 'store buffer' },
    line: { sign: '!', name: 'interrupt line' },
    walker: { sign: '^', name: 'page walker' },
    host: { sign: '#', name: 'host' },
    mmu: { sign: '*', name: 'broadcast invalidation' },
  };

/** A narrower lane has no room for functions before its texts. */
const NAMES_WIDTH_MIN = 250;

interface Props {
  readonly index: number;
  readonly count: number;
  readonly step: TraceStep;
  /** Innermost function, where the CPU has come to another one than in its last step. */
  readonly entered: string | null;
  readonly lane: Lane;
  readonly width: number;
  readonly view: TimelineView;
  readonly isSelected: boolean;
  readonly onSelect: (index: number) => void;
}

/** A step: its number, and a block in its lane. */
export const Row = memo(function Row(props: Props) {
  const { index, count, step, entered, lane, width, view, isSelected, onSelect } = props;
  const { agent, deciding, isCause } = step;
  const height = ROW_HEIGHT[view];
  const marks = [
    ...['row', isSelected ? 'selected' : '', deciding === null ? '' : 'deciding'],
    isCause === true ? 'cause' : '',
  ];
  const indent = Math.min(step.handlerDepth, 3) * 12;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus, and names this row
    <div
      role="option"
      id={`step-${index}`}
      class={marks.filter(Boolean).join(' ')}
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-label={spoken(step)}
      style={{ top: index * height, height, width }}
      onClick={() => onSelect(index)}
    >
      <span class="step-number">
        {deciding === null ? '' : '▸ '}
        {step.step}
      </span>
      <span
        class={`block agent-${agent}${step.handlerDepth > 0 ? ' in-handler' : ''}`}
        style={{ left: lane.left + indent, width: lane.textWidth - indent }}
        title={step.text}
      >
        {view === 'steps' && (
          <>
            {step.ordered?.map((mark) => (
              <i key={`${mark.ordering} ${mark.is}`} class="ordered" title={orderedWords(mark)}>
                {mark.is} {mark.other ?? 'the end'}
              </i>
            ))}
            {AGENTS[agent].sign !== '' && <i class="sign">{AGENTS[agent].sign}</i>}
            {entered !== null && lane.textWidth >= NAMES_WIDTH_MIN && <i class="entered">{entered}</i>}
            {textOf(step)}
          </>
        )}
      </span>
    </div>
  );
});

function textOf({ agent, cpu, hostAct, text }: TraceStep): string {
  return agent === 'host' ? `CPU${cpu}: ${hostAct ?? text}` : text;
}

export function spoken({ step, cpu, agent, text, deciding, ordered = [] }: TraceStep): string {
  const who = AGENTS[agent].name === '' ? `CPU${cpu}` : `CPU${cpu}'s ${AGENTS[agent].name}`;
  const marks = ordered.map((mark) => `. Of ${orderedWords(mark)}`).join('');
  return `step ${step}, ${who}: ${text}${marks}${deciding === null ? '' : `. Decides: ${deciding}`}`;
}
