import type { CpuState } from '../../../src/explain/cpu-state.js';
import type { Looked } from '../execution.js';
import { Words } from './words.jsx';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly showsAll: boolean;
  readonly cpu: number;
  /** Whether the step is this CPU's. */
  readonly isMoving: boolean;
}

/** How a CPU stands before and after the step. */
export function CpuPanel({ looked, at, showsAll, cpu, isMoving }: Props) {
  const step = looked.steps[at]?.step ?? -1;
  const after = looked.states.after(step, cpu);
  const before = looked.states.after(step - 1, cpu);
  return (
    <section class={`cpu-panel${isMoving ? ' moving' : ''}`}>
      <h3>
        <span class={`cpu-chip cpu-${cpu % 6}`}>CPU{cpu}</span>
        <span class="notes">{after?.notes.join(' · ')}</span>
      </h3>
      {after !== null && (
        <dl>
          <Fact name="interrupts" before={before && interruptsOf(before)} after={interruptsOf(after)} />
          <List name="store buffer" before={before?.buffer} after={after.buffer} />
          {after.tlb !== null && <List name="TLB" before={before?.tlb ?? undefined} after={after.tlb} />}
          <List name="locks" before={before?.locks} after={after.locks} />
        </dl>
      )}
      <Words {...{ looked, at, showsAll }} owner={cpu} title={`words of CPU${cpu}`} />
    </section>
  );
}

function interruptsOf({ interrupts, pending }: CpuState): string {
  return [interrupts ? 'on' : 'off', ...pending.map((name) => `${name} pending`)].join(', ');
}

function Fact({ name, before, after }: { name: string; before: string | null; after: string }) {
  const isChanged = before !== null && before !== after;
  return (
    <div class={isChanged ? 'changed' : ''}>
      <dt>{name}</dt>
      <dd>{isChanged ? `${before} → ${after}` : after}</dd>
    </div>
  );
}

/** Entries that the step took away stand struck through, those that it added marked. */
function List({ name, before = [], after }: ListProps) {
  const gone = before.filter((entry) => !after.includes(entry));
  return (
    <div class={gone.length > 0 || after.some((entry) => !before.includes(entry)) ? 'changed' : ''}>
      <dt>{name}</dt>
      <dd>
        {after.length + gone.length === 0 && <span class="empty">empty</span>}
        {gone.map((entry) => (
          <del key={entry}>{entry}</del>
        ))}
        {after.map((entry) => (
          <span key={entry} class={before.includes(entry) ? 'entry' : 'entry new'}>
            {entry}
          </span>
        ))}
      </dd>
    </div>
  );
}

interface ListProps {
  readonly name: string;
  readonly before?: readonly string[];
  readonly after: readonly string[];
}
