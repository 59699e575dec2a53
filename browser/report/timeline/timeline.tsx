import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Looked } from '../execution.js';
import type { TimelineView } from '../place.js';
import { enteredFunctions } from './entered.js';
import { lanesIn, ROW_HEIGHT } from './lanes.js';
import { Marks } from './marks.jsx';
import { Row } from './rows.jsx';

/** Rows drawn above and below the window, so that scrolling shows no gaps. */
const BEYOND = 12;
const WIDTH_FIRST = 900;
const HEIGHT_FIRST = 600;
/** The lanes' names stay above the rows. */
const HEAD_HEIGHT = 38;

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly view: TimelineView;
  readonly onSelect: (index: number) => void;
}

/** The execution: a lane for each CPU and one for the host, time downwards. */
export function Timeline({ looked, at, view, onSelect }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [size, setSize] = useState({ width: WIDTH_FIRST, height: HEIGHT_FIRST });
  const height = ROW_HEIGHT[view];
  const lanes = useMemo(() => lanesIn(looked, size.width), [looked, size.width]);
  const entered = useMemo(() => enteredFunctions(looked.steps), [looked]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (frame.current !== null) keepInSight(frame.current, at * height, height);
  }, [at, height, size.height]);
  useEffect(() => frame.current?.focus({ preventScroll: true }), []);
  const count = looked.steps.length;
  const first = Math.max(0, Math.floor(scrolled / height) - BEYOND);
  const last = Math.min(count - 1, Math.ceil((scrolled + size.height) / height) + BEYOND);
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    <div
      class={`timeline view-${view}`}
      ref={frame}
      role="listbox"
      tabIndex={0}
      aria-label="steps of the execution"
      aria-activedescendant={count === 0 ? undefined : `step-${at}`}
      onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
    >
      <div class="lane-heads" style={{ width: lanes.width, height: HEAD_HEIGHT }} aria-hidden="true">
        <span class="step-number">step</span>
        {lanes.lanes.map(({ title, left, textWidth, band, buffer, tlb, cpu }) => (
          <span key={title}>
            <b style={{ left, width: textWidth }}>{title}</b>
            {cpu !== null && <i style={{ left: band - 2 }}>mm</i>}
            {buffer.columns > 0 && <i style={{ left: buffer.left }}>sb</i>}
            {tlb.columns > 0 && <i style={{ left: tlb.left }}>tlb</i>}
          </span>
        ))}
      </div>
      <div class="rows" style={{ width: lanes.width, height: count * height }}>
        {lanes.lanes.map(({ title, left, right }) => (
          <div key={title} class="lane" style={{ left: left - 6, width: right - left }} />
        ))}
        <Marks {...{ looked, lanes, view, first, last }} selected={at} />
        {rows.map((index) => (
          <Row
            key={index}
            {...{ index, count, view, onSelect }}
            step={looked.steps[index]}
            entered={entered[index]}
            lane={lanes.laneOf(looked.steps[index])}
            width={lanes.width}
            isSelected={index === at}
          />
        ))}
      </div>
    </div>
  );
}

/** Scrolls no further than is needed, with a few rows around the selected one. */
function keepInSight(element: HTMLElement, top: number, height: number): void {
  const room = element.clientHeight - HEAD_HEIGHT;
  const margin = Math.min(3 * height, room / 3);
  if (top < element.scrollTop + margin) element.scrollTop = Math.max(0, top - margin);
  else if (top + height > element.scrollTop + room - margin) element.scrollTop = top + height - room + margin;
}
