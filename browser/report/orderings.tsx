import type { TraceStep } from '../../src/explain/trace-step.js';
import type { Looked } from './execution.js';
import { orderedPairs } from './ordered.js';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly onSelect: (index: number) => void;
}

/** The orderings that suffice for the violation, where the finding has some. */
export function Orderings({ looked, at, onSelect }: Props) {
  const pairs = orderedPairs(looked.steps);
  if (pairs.length === 0) return null;
  return (
    <ol class="story orderings" aria-label="the orderings that it comes of">
      {pairs.map(({ ordering, before, after }) => (
        <li key={ordering}>
          <StepButton step={before} {...{ looked, at, onSelect }} />
          <span>before</span>
          <StepButton step={after} {...{ looked, at, onSelect }} />
        </li>
      ))}
    </ol>
  );
}

function StepButton({ step, looked, at, onSelect }: Props & { readonly step: TraceStep | null }) {
  if (step === null) return <span class="story-step">what has not been</span>;
  const index = looked.indexOf(step.step);
  return (
    <button type="button" aria-current={index === at ? 'step' : undefined} onClick={() => onSelect(index)}>
      <span class="story-step">{step.step}</span>
      <span class={`cpu-chip cpu-${step.cpu % 6}`}>CPU{step.cpu}</span>
      <span>{step.text}</span>
    </button>
  );
}
