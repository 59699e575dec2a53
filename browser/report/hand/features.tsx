import type { NamedVariant, OfferedName } from '../../../src/by-hand/offers.js';

interface Props {
  readonly offered: readonly OfferedName[];
  readonly named: NamedVariant;
  readonly onName: (name: string) => void;
}

/** Version differences, each to be switched: `NAME+feature~feature`. */
export function Features({ offered, named, onName }: Props) {
  const { base, on, onInBase } = named;
  const isOn = (feature: string): boolean => on[feature as keyof typeof on];
  const wasOn = (feature: string): boolean => onInBase[feature as keyof typeof on];
  const toggle = (switched: string): void => {
    const differing = offered
      .map(({ name }) => name)
      .filter((name) => (isOn(name) !== wasOn(name)) !== (name === switched));
    onName(base + differing.map((name) => (wasOn(name) ? '~' : '+') + name).join(''));
  };
  const differing = offered.filter(({ name }) => isOn(name) !== wasOn(name)).length;
  return (
    <details class="features">
      <summary>features{differing > 0 && ` (${differing} switched)`}</summary>
      <div class="feature-list">
        {offered.map(({ name, summary }) => (
          <label key={name} title={summary} class={isOn(name) === wasOn(name) ? '' : 'switched'}>
            <input type="checkbox" checked={isOn(name)} onChange={() => toggle(name)} /> {name}
          </label>
        ))}
      </div>
    </details>
  );
}
