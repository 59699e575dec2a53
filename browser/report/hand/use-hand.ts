/** Executions by hand, as the engine answers them. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Move, Questions } from '../../../src/by-hand/answer.js';
import type { HandSubject, Tail } from '../../../src/by-hand/hand-execution.js';
import type { SourceExcerpt } from '../../../src/report/page/document.js';
import { type Engine, pageEngine } from './engine.js';

export type ByHand = Questions['execute']['answer'];

/** Null until it runs; an Error: it does not. */
export function useEngine(): Engine | Error | null {
  const [engine, setEngine] = useState<Engine | Error | null>(null);
  useEffect(() => {
    const starting = pageEngine();
    if (starting === null) setEngine(new Error('this page has no engine'));
    else starting.then(setEngine, setEngine);
  }, []);
  return engine;
}

export interface Hand {
  /** The execution of the decisions, or of those before while the engine is at work; null: none yet. */
  readonly execution: ByHand | null;
  /** What that is an execution of. */
  readonly of: HandSubject | null;
  readonly sources: readonly SourceExcerpt[];
  /** What is wrong with the decisions or the subject, or null. */
  readonly error: string | null;
  readonly isBusy: boolean;
  /** Executes other decisions, and somebody's behind them; answers all that came of it. */
  act(decisions: readonly number[], tail: Tail): Promise<ByHand | null>;
}

const NOBODY: Tail = { by: 'nobody' };
const NOTHING = { execution: null, of: null, sources: [], error: null };

/** `decisions`: null while there is nothing to execute. */
export function useHand(
  engine: Engine | Error | null,
  subject: HandSubject | null,
  decisions: readonly number[] | null,
): Hand {
  const [shown, setShown] = useState<Pick<Hand, 'execution' | 'of' | 'sources' | 'error'>>(NOTHING);
  const [isBusy, setBusy] = useState(false);
  const newest = useRef(0);
  const answered = useRef('');
  const key = decisions === null || subject === null ? null : keyOf(subject, decisions);

  const act = async (wanted: readonly number[], tail: Tail): Promise<ByHand | null> => {
    if (engine === null || engine instanceof Error || subject === null) return null;
    const number = ++newest.current;
    setBusy(true);
    try {
      const { answer, sources } = await engine.ask('execute', { subject, decisions: wanted, tail });
      if (number !== newest.current) return null;
      answered.current = keyOf(subject, answer.decisions);
      setShown({ execution: answer, of: subject, sources, error: null });
      return answer;
    } catch (error) {
      if (number === newest.current) setShown({ ...NOTHING, error: (error as Error).message });
      return null;
    } finally {
      if (number === newest.current) setBusy(false);
    }
  };

  useEffect(() => {
    if (decisions === null || key === null || key === answered.current) return;
    act(decisions, NOBODY).then((answer) => {
      // What was asked for may not be possible: it is not asked again.
      if (answer !== null) answered.current = key;
    });
  }, [engine, key]);

  return { ...shown, isBusy, act };
}

function keyOf(subject: HandSubject, decisions: readonly number[]): string {
  return JSON.stringify([subject, decisions]);
}

/** A reader who holds a key down asks for none of the steps in between. */
const ASK_AFTER_MS = 60;

/** What each of the agents would do behind the decisions; empty until the engine has answered. */
export function useMoves(
  engine: Engine | Error | null,
  subject: HandSubject | null,
  decisions: readonly number[],
  able: readonly number[],
): readonly Move[] {
  const [moves, setMoves] = useState<{ readonly key: string; readonly moves: readonly Move[] }>({
    key: '',
    moves: [],
  });
  const key = subject === null ? '' : JSON.stringify([subject, decisions, able]);
  useEffect(() => {
    if (engine === null || engine instanceof Error || subject === null) return undefined;
    let isWanted = true;
    const timer = setTimeout(async () => {
      const asked = await engine.ask('moves', { subject, decisions, able });
      if (isWanted) setMoves({ key, moves: asked.answer });
    }, ASK_AFTER_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [engine, key]);
  return moves.key === key ? moves.moves : [];
}
