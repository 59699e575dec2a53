import type { Looked } from '../execution.js';
import type { TimelineView } from '../place.js';
import { Arrow } from './arrow.jsx';
import { BarRects, hueOf } from './bar-rects.jsx';
import { BAND, BAR, columnLeft, type Lane, type Lanes, ROW_HEIGHT } from './lanes.js';
import { SpanBoxes } from './span-boxes.jsx';

interface Props {
  readonly looked: Looked;
  readonly lanes: Lanes;
  readonly view: TimelineView;
  /** Indices of the first and last step in the window. */
  readonly first: number;
  readonly last: number;
  readonly selected: number;
}

type IsIn = (lasting: { readonly from: number; readonly to: number }) => boolean;

/** What is drawn between the blocks: bars, spans, arrows. Only what lies in the window is. */
export function Marks({ looked, lanes, view, first, last, selected }: Props) {
  const height = ROW_HEIGHT[view];
  const isIn: IsIn = ({ from, to }) => to >= first && from <= last;
  const links = looked.execution.links.filter((link) => link.kind !== 'drain' && isIn(link));
  const all = looked.steps.length * height;
  return (
    <svg
      class="marks"
      aria-hidden="true"
      width={lanes.width}
      height={all}
      viewBox={`0 0 ${lanes.width} ${all}`}
    >
      <defs>
        <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0L8 4L0 8z" fill="context-stroke" />
        </marker>
      </defs>
      {lanes.lanes.map((lane) => (
        <LaneMarks key={lane.title} {...{ looked, lane, view, isIn }} />
      ))}
      {links.map((link) => (
        <Arrow
          key={`${link.kind} ${link.from} ${link.to}`}
          link={link}
          {...{ looked, lanes, height, selected }}
        />
      ))}
    </svg>
  );
}

interface LaneProps {
  readonly looked: Looked;
  readonly lane: Lane;
  readonly view: TimelineView;
  readonly isIn: IsIn;
}

function LaneMarks({ looked, lane, view, isIn }: LaneProps) {
  const height = ROW_HEIGHT[view];
  const inLane = <Of extends { cpu: number; from: number; to: number }>(all: readonly Of[]): Of[] =>
    all.filter((one) => one.cpu === lane.cpu && isIn(one));
  const { bands, buffers, tlbs, spans } = looked;
  const column =
    (group: Lane['tlb']) =>
    (slot: number): number =>
      columnLeft(group, slot);
  return (
    <g>
      <BarRects
        bars={inLane(bands)}
        left={() => lane.band}
        width={BAND}
        height={height}
        kind={(bar) => `band ${hueOf(bar)}`}
      />
      <BarRects
        bars={inLane(buffers)}
        left={column(lane.buffer)}
        width={BAR}
        height={height}
        kind={() => 'waits'}
      />
      <BarRects
        bars={inLane(tlbs)}
        left={column(lane.tlb)}
        width={BAR}
        height={height}
        kind={() => 'entry'}
      />
      {view === 'functions' && <SpanBoxes spans={inLane(spans)} lane={lane} height={height} />}
    </g>
  );
}
