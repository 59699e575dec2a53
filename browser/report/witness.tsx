import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks';
import type { PageDocument, WitnessDocument } from '../../src/report/page/document.js';
import { Looked } from './execution.js';
import { counted, digits } from './format.js';
import { Inspector } from './inspector/inspector.jsx';
import { movedTo, moveOf } from './keys.js';
import { Legend } from './legend.jsx';
import { Orderings } from './orderings.jsx';
import type { Place } from './place.js';
import { Scrubber } from './scrubber.jsx';
import { spoken } from './timeline/rows.jsx';
import { Timeline } from './timeline/timeline.jsx';

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
      <Execution {...{ witness, looked, page, place, go }} />
    </main>
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
            {digits(execution)} of seed {seed}, {strategy}, {counted(steps, 'step')}, {memory}
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

interface ExecutionProps {
  readonly witness: WitnessDocument;
  readonly looked: Looked;
  readonly page: PageDocument;
  readonly place: Place;
  readonly go: Props['go'];
}

function Execution({ witness, looked, page, place, go }: ExecutionProps) {
  const { steps, deciding } = looked;
  const at = place.step === null ? looked.begin : looked.indexOf(place.step);
  const { view } = place;
  // Rows are drawn again only for what they are given: what they call must not change.
  const latest = useRef({ at, go, view });
  latest.current = { at, go, view };
  const select = useCallback((to: number) => latest.current.go({ step: steps[to].step }), [steps]);
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const move = isTaken(event) ? null : moveOf(event);
      if (move === null) return;
      event.preventDefault();
      const now = latest.current;
      if (move === 'switchView') now.go({ view: now.view === 'steps' ? 'functions' : 'steps' });
      else select(movedTo(move, now.at, steps.length, deciding));
    },
    [select, steps, deciding],
  );
  // Not only in the list: what was clicked last may be gone, and the focus with it.
  useEffect(() => {
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [onKeyDown]);
  return (
    <>
      <div class="told">
        <Heading witness={witness} />
        <div>
          <Orderings looked={looked} at={at} onSelect={select} />
          <Story looked={looked} at={at} onSelect={select} />
        </div>
      </div>
      <Scrubber {...{ looked, at, view, onSelect: select }} onView={(next) => go({ view: next })} />
      <div class="execution">
        <Timeline {...{ looked, at, view }} onSelect={select} />
        <Inspector {...{ looked, at, onSelect: select }} sources={page.sources} />
      </div>
      <Legend looked={looked} />
      <p class="spoken" role="status" aria-live="polite">
        {spoken(steps[at])}
      </p>
    </>
  );
}

/** Whether what has the focus does something of its own with the key. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  return target.matches('input, select') || (key === ' ' && target.matches('button'));
}

/** The deciding steps, told in their order. */
function Story({ looked, at, onSelect }: { looked: Looked; at: number; onSelect: (index: number) => void }) {
  const { steps, deciding } = looked;
  if (deciding.length === 0) return null;
  return (
    <ol class="story" aria-label="the steps that decide">
      {deciding.map((index) => {
        const { step, cpu, deciding: why, isCause } = steps[index];
        return (
          <li key={index}>
            <button
              type="button"
              class={isCause === true ? 'is-cause' : ''}
              aria-current={index === at ? 'step' : undefined}
              onClick={() => onSelect(index)}
            >
              <span class="story-step">{step}</span>
              <span class={`cpu-chip cpu-${cpu % 6}`}>CPU{cpu}</span>
              <span>{why}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
