import type { Looked } from './execution.js';
import { Orderings } from './orderings.jsx';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly onSelect: (index: number) => void;
}

/** What the outcome comes of: orderings, where they are known, and the deciding steps in their order. */
export function Story(props: Props) {
  return (
    <div>
      <Orderings {...props} />
      <Deciding {...props} />
    </div>
  );
}

function Deciding({ looked, at, onSelect }: Props) {
  const { steps, deciding } = looked;
  if (deciding.length === 0) return null;
  return (
    <ol class="story" aria-label="the steps that decide">
      {deciding.map((index) => {
        const { step, cpu, deciding: why, isCause } = steps[index];
        return (
          <li key={index}>
            <button
              type="button"
              class={isCause === true ? 'is-cause' : ''}
              aria-current={index === at ? 'step' : undefined}
              onClick={() => onSelect(index)}
            >
              <span class="story-step">{step}</span>
              <span class={`cpu-chip cpu-${cpu % 6}`}>CPU{cpu}</span>
              <span>{why}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
