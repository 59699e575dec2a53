import { useState } from 'preact/hooks';
import type { HandSubject, Tail } from '../../../src/by-hand/hand-execution.js';
import type { Engine } from './engine.js';
import { Moves } from './moves.jsx';
import { Toolbar } from './toolbar.jsx';
import { type ByHand, useMoves } from './use-hand.js';

interface Props {
  readonly engine: Engine | Error | null;
  readonly subject: HandSubject;
  /** Null while there is none. */
  readonly execution: ByHand | null;
  /** Index of the selected step; -1: before the first. */
  readonly at: number;
  /** Whether the decisions are the reader's. */
  readonly isHand: boolean;
  readonly isBusy: boolean;
  readonly error: string | null;
  /** See Toolbar. */
  readonly firstSeed: number;
  readonly onDecide: (decisions: readonly number[], tail: Tail) => void;
  /** To the recorded execution; absent where there is none. */
  readonly onLeave?: () => void;
}

/** What if another step had gone first: who could move, and what goes on by itself. */
export function HandPanel(props: Props) {
  const { engine, subject, execution, at, isHand, isBusy, error, onDecide, onLeave } = props;
  const [times, setTimes] = useState(1);
  const here = execution === null ? NOWHERE : standing(execution, at);
  const moves = useMoves(engine, execution === null ? null : subject, here.before, here.able);
  const wrong = error ?? (engine instanceof Error ? engine.message : null);
  if (wrong !== null)
    return (
      <section class="hand" aria-label="by hand">
        <p class="note">It cannot be executed by hand here: {wrong}</p>
      </section>
    );
  const move = (agent: number): void =>
    onDecide(
      [...here.before, agent],
      times > 1 ? { by: 'agent', agent, steps: times - 1 } : { by: 'nobody' },
    );
  return (
    <section class={`hand${isHand ? ' is-hand' : ''}`} aria-label="by hand" aria-busy={isBusy}>
      <Toolbar
        {...{ engine, subject, execution, isHand, times, onLeave, firstSeed: props.firstSeed }}
        behind={here.behind}
        onTimes={setTimes}
        onDecide={onDecide}
      />
      <Moves
        title={execution === null ? 'the engine starts' : here.title}
        {...{ able: here.able, moves, moved: here.moved, choices: here.choices }}
        onMove={move}
        onChoice={({ decision }, answer) =>
          onDecide([...(execution?.decisions.slice(0, decision) ?? []), -1 - answer], { by: 'nobody' })
        }
      />
      {execution?.diverged != null && <p class="note">It stops there: {execution.diverged}</p>}
    </section>
  );
}

/** What can be decided where the reader stands. */
interface Standing {
  readonly title: string;
  readonly able: readonly number[];
  /** Decisions before the one that can be made, and those up to the selected step's end. */
  readonly before: readonly number[];
  readonly behind: readonly number[];
  readonly moved: number | null;
  readonly choices: ByHand['begun'];
}

const NOWHERE: Standing = { title: '', able: [], before: [], behind: [], moved: null, choices: [] };

/** At the end of what is decided it is the next step, elsewhere the selected one that another can have. */
function standing({ hand, decisions, able, begun }: ByHand, at: number): Standing {
  const isAtEnd = at >= hand.length - 1;
  const choices = at < 0 ? begun : (hand[at]?.choices ?? []);
  if (isAtEnd && (able.length > 0 || hand.length === 0)) {
    const title = at < 0 ? 'who moves first?' : `who moves next, after step ${at}?`;
    return { title, able, before: decisions, behind: decisions, moved: null, choices };
  }
  const { decision, able: others } = hand[at];
  return {
    title: `what if another had gone first, in the place of step ${at}?`,
    ...{ able: others, before: decisions.slice(0, decision), moved: decisions[decision], choices },
    behind: isAtEnd ? decisions : decisions.slice(0, hand[at + 1].decision),
  };
}
