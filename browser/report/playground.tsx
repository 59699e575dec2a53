import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Questions } from '../../src/by-hand/answer.js';
import type { HandSubject } from '../../src/by-hand/hand-execution.js';
import type { Offers } from '../../src/by-hand/offers.js';
import type { PlaygroundDocument } from '../../src/report/page/document.js';
import { decisionsOf } from './hand/hand-place.js';
import { HandView } from './hand/hand-view.jsx';
import { SubjectForm } from './hand/subject-form.jsx';
import { useEngine, useHand } from './hand/use-hand.js';
import type { Place } from './place.js';

interface Props {
  readonly playground: PlaygroundDocument;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
}

type Engine = ReturnType<typeof useEngine>;

/** A machine to try: a variant in a scenario, and nobody has moved yet. */
export function Playground({ playground, place, go }: Props) {
  const engine = useEngine();
  const { subject, offers, named } = useSubject(engine, playground, place);
  const isKnown = named != null && named.misfit === null;
  const decisions = place.hand === null ? NONE : (decisionsOf(NONE, place.hand) ?? NONE);
  const hand = useHand(engine, isKnown ? subject : null, isKnown ? decisions : null);
  return (
    <main class="witness playground">
      <h1 class="spoken">Move a kernel by hand</h1>
      <SubjectForm
        {...{ subject, offers, named: named ?? null }}
        onChoose={(change) => go({ ...change, hand: null, step: null })}
      />
      <p class="note summary">
        {named === null
          ? `there is no variant "${subject.variant}"; write one of the list, also with +feature ~feature`
          : (named?.misfit ?? `${named?.summary ?? ''}; ${subject.scenario.summary}`)}
      </p>
      {named !== null && named?.misfit == null && (
        <HandView
          {...{ engine, subject, hand, place, go, recorded: NONE, shown: null, sources: [] }}
          heading={null}
          firstSeed={playground.seed}
        />
      )}
    </main>
  );
}

const NONE: readonly number[] = [];

interface Answered {
  readonly subject: HandSubject;
  readonly answer: Questions['variant']['answer'];
}

/**
 * What the address names, else what the page begins with; `named`: null for a variant that is none, undefined
 * while that is not known.
 */
function useSubject(engine: Engine, playground: PlaygroundDocument, place: Place) {
  const [offers, setOffers] = useState<Offers | null>(null);
  const [answered, setAnswered] = useState<Answered | null>(null);
  const variant = place.variant ?? playground.variant;
  const memory = place.memory ?? playground.memory;
  const offered = offers?.scenarios.flatMap(({ scenarios }) => scenarios) ?? [];
  const scenario = offered.find(({ name }) => name === place.scenario) ?? playground.scenario;
  const subject = useMemo<HandSubject>(() => ({ variant, scenario, memory }), [variant, scenario, memory]);
  useEffect(() => {
    if (engine === null || engine instanceof Error) return;
    engine.ask('offers', null).then(({ answer }) => setOffers(answer));
  }, [engine]);
  useEffect(() => {
    if (engine === null || engine instanceof Error) return;
    engine.ask('variant', { name: variant, scenario }).then(({ answer }) => setAnswered({ subject, answer }));
  }, [engine, subject]);
  return { subject, offers, named: answered?.subject === subject ? answered.answer : undefined };
}
