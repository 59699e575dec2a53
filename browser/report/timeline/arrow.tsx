import type { StepLink } from '../../../src/explain/step-links.js';
import type { Looked } from '../execution.js';
import type { Lanes } from './lanes.js';

/** Links that are drawn faintly unless they have to do with the selected step: there are many. */
const FAINT: ReadonlySet<StepLink['kind']> = new Set(['reads', 'release']);

interface ArrowProps {
  readonly link: StepLink;
  readonly looked: Looked;
  readonly lanes: Lanes;
  readonly height: number;
  readonly selected: number;
}

/** An arrow from one step's block to another's. */
export function Arrow({ link, looked, lanes, height, selected }: ArrowProps) {
  const { kind, from, to } = link;
  const [source, target] = [lanes.laneOf(looked.steps[from]), lanes.laneOf(looked.steps[to])];
  const isTold = from === selected || to === selected;
  const [y1, y2] = [(from + 0.5) * height, (to + 0.5) * height];
  const goesRight = target.left > source.left;
  const x1 = goesRight || target === source ? source.left + source.textWidth : source.left;
  const x2 = goesRight ? target.left : target.left + target.textWidth;
  // What comes back to its own lane goes around the blocks between.
  const bend = target === source ? 26 : (goesRight ? 1 : -1) * Math.min(40, Math.abs(x2 - x1) / 2);
  const bent = target === source ? x2 + bend : x2 - bend;
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${bent} ${y2} ${x2} ${y2}`;
  return (
    <path
      class={`arrow ${kind}${FAINT.has(kind) && !isTold ? ' faint' : ''}${isTold ? ' told' : ''}`}
      d={path}
      marker-end="url(#head)"
    />
  );
}
