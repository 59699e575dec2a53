import type { Move } from '../../../src/by-hand/answer.js';
import type { Choice } from '../../../src/by-hand/hand-decider.js';
import { AGENTS, cpuOfAgent, isEnvironment, kindOfAgent } from '../../../src/machine/agents.js';

interface Props {
  readonly title: string;
  readonly able: readonly number[];
  /** What they would do; empty while that is not known. */
  readonly moves: readonly Move[];
  /** The agent that did move there, or null. */
  readonly moved: number | null;
  readonly choices: readonly Choice[];
  readonly onMove: (agent: number) => void;
  readonly onChoice: (choice: Choice, answer: number) => void;
}

/** Who could move: each a button that lets it. */
export function Moves({ title, able, moves, moved, choices, onMove, onChoice }: Props) {
  return (
    <section class="moves" aria-label={title}>
      <h2>{title}</h2>
      <div class="move-list">
        {able.map((agent) => (
          <MoveButton
            key={agent}
            agent={agent}
            move={moves.find((move) => move.agent === agent)}
            isMoved={agent === moved}
            onMove={onMove}
          />
        ))}
        {able.length === 0 && <p class="note">nobody can move</p>}
        {choices.map((choice) => (
          <fieldset key={choice.decision} class="choice">
            <legend>asked for a choice</legend>
            {Array.from({ length: choice.of }, (_, answer) => (
              <button
                key={answer}
                type="button"
                aria-pressed={answer === choice.answer}
                onClick={() => onChoice(choice, answer)}
              >
                {answer}
              </button>
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
}

interface ButtonProps {
  readonly agent: number;
  readonly move: Move | undefined;
  readonly isMoved: boolean;
  readonly onMove: (agent: number) => void;
}

function MoveButton({ agent, move, isMoved, onMove }: ButtonProps) {
  const cpu = cpuOfAgent(agent);
  const { name, who } = AGENTS[kindOfAgent(agent)];
  const marks = [
    ...['move', `agent-${who}`, isEnvironment(agent) ? 'environment' : ''],
    ...[isMoved ? 'moved' : '', move?.isViolation === true ? 'violates' : ''],
  ];
  return (
    <button
      type="button"
      class={marks.filter(Boolean).join(' ')}
      aria-pressed={isMoved}
      title={move?.text}
      onClick={() => onMove(agent)}
    >
      <span class={`cpu-chip cpu-${cpu % 6}`}>CPU{cpu}</span>
      {name !== 'CPU' && <span class="move-who">{name}</span>}
      <span class="move-text">{move?.text ?? ''}</span>
      {move?.isViolation === true && <span class="badge violation">violation</span>}
    </button>
  );
}
