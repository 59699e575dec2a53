import { useState } from 'preact/hooks';
import type { HandSubject, Tail } from '../../../src/by-hand/hand-execution.js';
import { digits } from '../format.js';
import type { Engine } from './engine.js';
import { TakenAlong } from './taken-along.jsx';
import type { ByHand } from './use-hand.js';

/** Executions of a search; some hundred in a second. */
const SEARCHED = 1_000;
const TIMES_MAX = 999;

interface Props {
  readonly engine: Engine | Error | null;
  readonly subject: HandSubject;
  readonly execution: ByHand | null;
  readonly isHand: boolean;
  /** How often an agent moves that is chosen, and how many steps are run on. */
  readonly times: number;
  /** Of the first search; each has the next one. */
  readonly firstSeed: number;
  readonly onTimes: (times: number) => void;
  /** Decisions up to the selected step's end. */
  readonly behind: readonly number[];
  readonly onDecide: (decisions: readonly number[], tail: Tail) => void;
  readonly onLeave?: () => void;
}

/** Back, on by itself, and what can be taken along. */
export function Toolbar(props: Props) {
  const { subject, execution, isHand, times, onTimes, behind, onDecide, onLeave } = props;
  const [told, setTold] = useState('');
  const last = execution?.hand.at(-1);
  return (
    <div class="hand-tools" role="toolbar" aria-label="go on by hand">
      <button
        type="button"
        disabled={!isHand || last === undefined}
        onClick={() => onDecide(execution?.decisions.slice(0, last?.decision) ?? [], { by: 'nobody' })}
      >
        back
      </button>
      <label>
        steps{' '}
        <input
          type="number"
          aria-label="steps at once"
          min={1}
          max={TIMES_MAX}
          value={times}
          onInput={(event) => onTimes(within(event.currentTarget.valueAsNumber))}
        />
      </label>
      {([times, 'all'] as const).map((steps) => (
        <button
          key={steps === 'all' ? 'all' : 'some'}
          type="button"
          disabled={!canGoOn(props)}
          title="everybody in turn, but the environment"
          onClick={() => onDecide(behind, { by: 'turns', steps })}
        >
          {steps === 'all' ? 'run to the end' : 'run in turn'}
        </button>
      ))}
      <SearchButton {...props} onTold={setTold} />
      <output>{told}</output>
      <span class="grow" />
      <TakenAlong
        finding={execution?.finding ?? null}
        onLeave={isHand ? onLeave : undefined}
        {...{ subject, onTold: setTold }}
      />
    </div>
  );
}

function SearchButton(props: Props & { readonly onTold: (words: string) => void }) {
  const { engine, subject, behind, onDecide, firstSeed, onTold } = props;
  const [seed, setSeed] = useState(firstSeed);
  const search = async (): Promise<void> => {
    if (engine === null || engine instanceof Error) return;
    onTold('looking');
    const asked = { subject, decisions: behind, seed, executions: SEARCHED };
    const { answer } = await engine.ask('search', asked);
    setSeed(seed + 1);
    if (answer !== null) onDecide(answer.decisions, { by: 'nobody' });
    onTold(
      answer === null
        ? `none in ${digits(SEARCHED)} random executions`
        : `found in execution ${digits(answer.index)} of seed ${seed}`,
    );
  };
  return (
    <button
      type="button"
      disabled={!canGoOn(props)}
      title="random executions from the selected step on, until one has a violation"
      onClick={search}
    >
      look for a violation
    </button>
  );
}

/** Whether anything can follow the selected step. */
function canGoOn({ execution, behind }: Pick<Props, 'execution' | 'behind'>): boolean {
  return execution !== null && (behind.length < execution.decisions.length || execution.able.length > 0);
}

function within(times: number): number {
  return Number.isInteger(times) ? Math.max(1, Math.min(TIMES_MAX, times)) : 1;
}
