import type { Looked } from './execution.js';
import { digits } from './format.js';
import { movedTo } from './keys.js';
import type { TimelineView } from './place.js';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly view: TimelineView;
  readonly onSelect: (index: number) => void;
  readonly onView: (view: TimelineView) => void;
}

const BUTTONS = [
  { name: 'previousDeciding', label: 'previous deciding step', path: 'M2 2h2v10H2zM12 2v10L5 7z' },
  { name: 'previous', label: 'previous step', path: 'M11 2v10L3 7z' },
  { name: 'next', label: 'next step', path: 'M3 2v10l8-5z' },
  { name: 'nextDeciding', label: 'next deciding step', path: 'M2 2v10l7-5zM10 2h2v10h-2z' },
] as const;

/** Where in the execution the reader is, and how to get elsewhere. */
export function Scrubber({ looked, at, view, onSelect, onView }: Props) {
  const { steps, deciding } = looked;
  const count = steps.length;
  const move = (name: Parameters<typeof movedTo>[0]) => () => onSelect(movedTo(name, at, count, deciding));
  return (
    <div class="scrubber" role="toolbar" aria-label="move through the execution">
      {BUTTONS.map(({ name, label, path }) => (
        <button
          key={name}
          type="button"
          disabled={count === 0}
          onClick={move(name)}
          aria-label={label}
          title={label}
        >
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <path d={path} />
          </svg>
        </button>
      ))}
      <div class="range">
        <input
          type="range"
          min={0}
          max={Math.max(0, count - 1)}
          value={at}
          disabled={count === 0}
          aria-label="step"
          aria-valuetext={count === 0 ? 'no step yet' : `step ${steps[at].step}`}
          onInput={(event) => onSelect(Number(event.currentTarget.value))}
        />
        <svg class="ticks" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
          {deciding.map((index) => (
            <rect key={index} x={(index / Math.max(1, count - 1)) * 1000 - 1} width={2} height={8} />
          ))}
        </svg>
      </div>
      <output>
        {count === 0 ? (
          'no step yet'
        ) : (
          <>
            step <b>{digits(steps[at].step)}</b> of {digits(steps[count - 1].step)}
          </>
        )}
      </output>
      <fieldset class="views">
        <legend>show</legend>
        {(['steps', 'functions'] as const).map((name) => (
          <label key={name}>
            <input type="radio" name="view" checked={view === name} onChange={() => onView(name)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
