import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { HandSubject, Tail } from '../../../src/by-hand/hand-execution.js';
import type { SourceExcerpt } from '../../../src/report/page/document.js';
import { Looked } from '../execution.js';
import { ExecutionView } from '../execution-view.jsx';
import { counted } from '../format.js';
import type { Place } from '../place.js';
import { Story } from '../story.jsx';
import type { Engine } from './engine.js';
import { HandPanel } from './hand-panel.jsx';
import { placeOfDecisions } from './hand-place.js';
import type { ByHand, Hand } from './use-hand.js';

interface Props {
  readonly engine: Engine | Error | null;
  readonly subject: HandSubject;
  /** Recorded decisions; none in a playground. */
  readonly recorded: readonly number[];
  /** What is shown where the reader has decided nothing; null: what the engine has executed. */
  readonly shown: Looked | null;
  readonly hand: Hand;
  readonly sources: readonly SourceExcerpt[];
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
  /** Above the timeline, of a recorded execution. */
  readonly heading: ComponentChildren;
  /** See Toolbar. */
  readonly firstSeed: number;
  readonly onLeave?: () => void;
}

/** A machine of more CPUs has lanes for those that move. */
const LANES_MAX = 6;

/** An execution with what a reader can decide in it. */
export function HandView(props: Props) {
  const { engine, subject, recorded, shown, hand, place, go, heading, onLeave } = props;
  const { execution } = hand;
  const isHand = place.hand !== null || shown === null;
  const own = useMemo(() => {
    if (execution === null) return null;
    const all = execution.start.map(({ cpu }) => cpu);
    return new Looked(execution, all.length <= LANES_MAX ? all : []);
  }, [execution]);
  const looked = (isHand ? own : null) ?? shown;
  const decide = async (decisions: readonly number[], tail: Tail): Promise<void> => {
    const answer = await hand.act(decisions, tail);
    if (answer !== null) go({ hand: placeOfDecisions(recorded, answer.decisions), step: null });
  };
  if (looked === null) return <p class="note">{hand.error ?? errorOf(engine) ?? 'The engine starts.'}</p>;
  const last = looked.steps.length - 1;
  const at = place.step !== null ? looked.indexOf(place.step) : isHand ? last : looked.begin;
  const select = (index: number): void => go({ step: looked.steps[index].step });
  return (
    <>
      <div class="told">
        {isHand && execution !== null ? (
          <HandHeading {...{ subject, execution, place }} isPlayground={shown === null} />
        ) : (
          heading
        )}
        <Story looked={looked} at={at} onSelect={select} />
      </div>
      <ExecutionView
        {...{ looked, at, view: place.view }}
        sources={isHand ? hand.sources : props.sources}
        onSelect={select}
        onView={(view) => go({ view })}
      >
        <HandPanel
          {...{ engine, isHand, at, onLeave }}
          subject={hand.of ?? subject}
          // While the engine is at work on other decisions, the panel is of those that are shown.
          execution={execution !== null && (isHand || execution.hand.length > last) ? execution : null}
          isBusy={hand.isBusy}
          error={hand.error}
          firstSeed={props.firstSeed}
          onDecide={decide}
        />
      </ExecutionView>
    </>
  );
}

function errorOf(engine: Engine | Error | null): string | null {
  return engine instanceof Error ? engine.message : null;
}

interface HeadingProps {
  readonly subject: HandSubject;
  readonly execution: ByHand;
  readonly place: Place;
  readonly isPlayground: boolean;
}

function HandHeading({ subject, execution, place, isPlayground }: HeadingProps) {
  const { violation, sentence, steps, able } = execution;
  const kept = place.hand?.kept ?? 0;
  const status = violation !== null ? 'violation' : able.length > 0 ? 'open' : 'none';
  const words = violation?.class ?? (able.length > 0 ? 'under way' : 'over, nothing wrong');
  const from = kept > 0 ? `by hand behind ${counted(kept, 'recorded decision')}` : 'by hand';
  return (
    <section class="heading">
      {!isPlayground && (
        <h1>
          {subject.variant} <small>in {subject.scenario.name}</small>
        </h1>
      )}
      <p class="message" role="status">
        <span class={`badge ${status}`}>{words}</span> {counted(steps, 'step')}, {from}
        {violation !== null && `: ${sentence ?? violation.message}`}
      </p>
      {execution.latent.map(({ class: name, message }) => (
        <p key={message} class="note">
          {name}: {message}
        </p>
      ))}
    </section>
  );
}
