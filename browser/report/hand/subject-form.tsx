import type { HandSubject } from '../../../src/by-hand/hand-execution.js';
import type { NamedVariant, Offers } from '../../../src/by-hand/offers.js';
import { MEMORY_MODELS } from '../../../src/memory-order/index.js';
import type { Place } from '../place.js';
import { Features } from './features.jsx';

interface Props {
  readonly subject: HandSubject;
  /** Null while the engine starts. */
  readonly offers: Offers | null;
  readonly named: NamedVariant | null;
  readonly onChoose: (change: Partial<Place>) => void;
}

/** What runs: a variant with features switched, a scenario, a memory model. */
export function SubjectForm({ subject, offers, named, onChoose }: Props) {
  return (
    <form class="subject" onSubmit={(event) => event.preventDefault()} aria-label="what runs">
      <label>
        variant{' '}
        <input
          list="variants"
          value={subject.variant}
          onChange={(event) => onChoose({ variant: event.currentTarget.value.trim() })}
          spellcheck={false}
        />
      </label>
      <datalist id="variants">
        {offers?.variants.map(({ name, summary }) => (
          <option key={name} value={name}>
            {summary}
          </option>
        ))}
      </datalist>
      <ScenarioSelect
        name={subject.scenario.name}
        offers={offers}
        onName={(scenario) => onChoose({ scenario })}
      />
      <label>
        memory{' '}
        <select
          value={subject.memory}
          onChange={(event) => onChoose({ memory: event.currentTarget.value as HandSubject['memory'] })}
        >
          {MEMORY_MODELS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {offers !== null && named !== null && (
        <Features offered={offers.features} named={named} onName={(variant) => onChoose({ variant })} />
      )}
    </form>
  );
}

interface ScenarioProps {
  readonly name: string;
  readonly offers: Offers | null;
  readonly onName: (name: string) => void;
}

function ScenarioSelect({ name, offers, onName }: ScenarioProps) {
  const groups = offers?.scenarios ?? [];
  const isOffered = groups.some(({ scenarios }) => scenarios.some((scenario) => scenario.name === name));
  return (
    <label>
      scenario{' '}
      <select value={name} onChange={(event) => onName(event.currentTarget.value)}>
        {!isOffered && <option value={name}>{name}</option>}
        {groups.map(({ title, scenarios }) => (
          <optgroup key={title} label={title}>
            {scenarios.map((scenario) => (
              <option key={scenario.name} value={scenario.name} title={scenario.summary}>
                {scenario.name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
