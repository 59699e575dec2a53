import { useMemo } from 'preact/hooks';
import { decodeSchedule } from '../../src/drive/schedule.js';
import type { ByHandDocument, PageDocument, WitnessDocument } from '../../src/report/page/document.js';
import { isNumbered } from '../../src/vocabulary/decided-by.js';
import { Looked } from './execution.js';
import { ExecutionView } from './execution-view.jsx';
import { counted, digits } from './format.js';
import { decisionsOf } from './hand/hand-place.js';
import { HandView } from './hand/hand-view.jsx';
import { useEngine, useHand } from './hand/use-hand.js';
import type { Place } from './place.js';
import { Story } from './story.jsx';

interface Props {
  readonly page: PageDocument;
  readonly index: number;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
}

/** A witness: what went wrong, why, and the execution to look through. */
export function WitnessView({ page, index, place, go }: Props) {
  const witness = page.results.witnesses[index];
  const execution = page.executions[index];
  const byHand = page.byHand[index] ?? null;
  const looked = useMemo(() => (execution === null ? null : new Looked(execution)), [execution]);
  if (looked === null)
    return (
      <main class="witness">
        <Heading witness={witness} />
        <p class="note">
          This witness was not executed again, so that there are no steps to show. Its finding can be replayed
          where its modules are.
        </p>
      </main>
    );
  return (
    <main class="witness">
      {byHand !== null && 'subject' in byHand ? (
        <Decidable {...{ witness, looked, byHand, page, place, go }} />
      ) : (
        <Recorded {...{ witness, looked, page, place, go }} why={byHand?.why ?? null} />
      )}
    </main>
  );
}

interface RecordedProps extends Omit<Props, 'index'> {
  readonly witness: WitnessDocument;
  readonly looked: Looked;
}

/** An execution to look at only; `why` it is that, or null. */
function Recorded({
  witness,
  looked,
  page,
  place,
  go,
  why,
}: RecordedProps & { readonly why: string | null }) {
  const { steps } = looked;
  const at = place.step === null ? looked.begin : looked.indexOf(place.step);
  const select = (index: number): void => go({ step: steps[index].step });
  return (
    <>
      <div class="told">
        <Heading witness={witness} />
        <Story looked={looked} at={at} onSelect={select} />
      </div>
      <ExecutionView
        {...{ looked, at, view: place.view, sources: page.sources }}
        onSelect={select}
        onView={(view) => go({ view })}
      >
        {why !== null && <p class="note">{why}</p>}
      </ExecutionView>
    </>
  );
}

type DecidableProps = RecordedProps & { readonly byHand: Extract<ByHandDocument, { subject: unknown }> };

/** An execution in which the reader can have others go first. */
function Decidable({ witness, looked, byHand: { subject, schedule }, page, place, go }: DecidableProps) {
  const engine = useEngine();
  const recorded = useMemo(() => decodeSchedule(schedule), [schedule]);
  const own = place.hand === null ? recorded : (decisionsOf(recorded, place.hand) ?? recorded);
  const hand = useHand(engine, subject, own);
  return (
    <HandView
      {...{ engine, subject, recorded, hand, place, go, shown: looked, sources: page.sources }}
      heading={<Heading witness={witness} />}
      firstSeed={1}
      onLeave={() => go({ hand: null, step: null })}
    />
  );
}

function Heading({ witness }: { witness: WitnessDocument }) {
  const {
    subject,
    scenario,
    violation,
    message,
    cause,
    memory,
    steps,
    execution,
    seed,
    strategy,
    replay,
    perfetto,
  } = witness;
  return (
    <section class="heading">
      <h1>
        <span class="badge violation">{violation}</span> {subject} <small>in {scenario}</small>
      </h1>
      <p class="message">{message}</p>
      <dl class="settings">
        {cause !== null && (
          <div>
            <dt>cause</dt>
            <dd>{cause}</dd>
          </div>
        )}
        <div>
          <dt>execution</dt>
          <dd>
            {isNumbered(witness) && `${digits(execution)} of seed ${seed}, `}
            {strategy}, {counted(steps, 'step')}, {memory}
          </dd>
        </div>
        {perfetto !== null && (
          <div>
            <dt>for ui.perfetto.dev</dt>
            <dd>
              <code>{perfetto}</code>
            </dd>
          </div>
        )}
        {replay !== null && (
          <div>
            <dt>again</dt>
            <dd>
              <code>{replay}</code>
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
