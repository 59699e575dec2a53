import type { Lane } from './lanes.js';
import type { LabelledSpan as Span } from './spans.js';

const INDENT = 9;
const INDENTS_MAX = 8;
const LABEL_HEIGHT = 13;
/** Of the labels' letters, which are all as wide. */
const LETTER_WIDTH = 6.7;

interface Props {
  readonly spans: readonly Span[];
  readonly lane: Lane;
  readonly height: number;
}

/** Functions as boxes, one inside the other; names are drawn over all boxes. */
export function SpanBoxes({ spans, lane, height }: Props) {
  const leftOf = ({ depth }: Span): number => lane.left + Math.min(depth, INDENTS_MAX) * INDENT;
  const lengthOf = ({ from, to }: Span): number => (to + 1 - from) * height;
  return (
    <>
      {spans.map((span) => (
        <rect
          key={`${span.from} ${span.depth}`}
          class={`span depth-${span.depth % 4}`}
          x={leftOf(span)}
          y={span.from * height + 0.5}
          width={lane.left + lane.textWidth - leftOf(span)}
          height={lengthOf(span) - 1}
          rx={3}
        >
          <title>{span.name}</title>
        </rect>
      ))}
      {spans
        .filter((span) => span.label !== '' && lengthOf(span) >= LABEL_HEIGHT)
        .map((span) => (
          <text
            key={`${span.from} ${span.depth}`}
            class="span-label"
            x={leftOf(span) + 4}
            y={span.from * height + 11}
          >
            {fitting(span.label, lane.left + lane.textWidth - leftOf(span))}
          </text>
        ))}
    </>
  );
}

/** The end of the label, which is the function itself, where there is no room for all. */
function fitting(label: string, width: number): string {
  const letters = Math.max(4, Math.floor((width - 8) / LETTER_WIDTH));
  return label.length <= letters ? label : `…${label.slice(label.length - letters + 1)}`;
}
