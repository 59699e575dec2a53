import { useState } from 'preact/hooks';
import type { TraceStep } from '../../../src/explain/trace-step.js';
import type { SourceExcerpt } from '../../../src/report/page/document.js';
import type { Looked } from '../execution.js';
import { AGENTS } from '../timeline/rows.jsx';
import { Changes } from './changes.jsx';
import { CpuPanel } from './cpu-panel.jsx';
import { Links } from './links.jsx';
import { Source } from './source.jsx';
import { Words } from './words.jsx';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly sources: readonly SourceExcerpt[];
  readonly onSelect: (index: number) => void;
}

/** A step from near: what it is, where it is written, how the machine stands before and after it. */
export function Inspector({ looked, at, sources, onSelect }: Props) {
  const [showsAll, setShowsAll] = useState(false);
  const step = looked.steps[at];
  return (
    <aside class="inspector" aria-label="the step and the machine">
      {step === undefined ? (
        <h2>before the first step</h2>
      ) : (
        <StepFacts {...{ looked, at, step, sources, onSelect }} />
      )}
      <label class="all-words">
        <input type="checkbox" checked={showsAll} onChange={() => setShowsAll(!showsAll)} />
        words that never change, too
      </label>
      {looked.cpus.map((id) => (
        <CpuPanel key={id} {...{ looked, at, showsAll }} cpu={id} isMoving={id === step?.cpu} />
      ))}
      <Words {...{ looked, at, showsAll }} owner={null} title="memory" />
    </aside>
  );
}

interface FactsProps extends Props {
  readonly step: TraceStep;
}

function StepFacts({ looked, at, step, sources, onSelect }: FactsProps) {
  const { cpu, agent, text, functions, deciding, drained, isBuffered } = step;
  return (
    <>
      <div class="step-head">
        <h2>
          <span class={`cpu-chip cpu-${cpu % 6}`}>CPU{cpu}</span> step {step.step}
          {AGENTS[agent].name !== '' && <span class={`agent-chip agent-${agent}`}>{AGENTS[agent].name}</span>}
          {isBuffered === true && <span class="agent-chip agent-buffer">into the store buffer</span>}
        </h2>
        <p class="step-text">{text}</p>
        <p class="stack">{functions.length === 0 ? ' ' : functions.join(' › ')}</p>
      </div>
      <p class={`why${deciding === null ? ' none' : ''}`}>{deciding ?? 'does not decide'}</p>
      <Source place={step.judgedAt ?? step.site} sources={sources} />
      <Changes looked={looked} at={at} />
      <Links {...{ looked, at, onSelect }} />
      <p class="drained">{drained.length > 0 && `drains first: ${drained.join(', ')}`}</p>
    </>
  );
}
