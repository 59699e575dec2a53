import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { SourceExcerpt } from '../../src/report/page/document.js';
import type { Looked } from './execution.js';
import { Inspector } from './inspector/inspector.jsx';
import { movedTo, moveOf } from './keys.js';
import { Legend } from './legend.jsx';
import type { TimelineView } from './place.js';
import { Scrubber } from './scrubber.jsx';
import { spoken } from './timeline/rows.jsx';
import { Timeline } from './timeline/timeline.jsx';

interface Props {
  readonly looked: Looked;
  /** Index of the selected step; -1 where there is none yet. */
  readonly at: number;
  readonly view: TimelineView;
  readonly sources: readonly SourceExcerpt[];
  readonly onSelect: (index: number) => void;
  readonly onView: (view: TimelineView) => void;
  /** Stands between the scrubber and the timeline. */
  readonly children?: ComponentChildren;
}

/** An execution to look through: the timeline, the chosen step, and keys. */
export function ExecutionView({ looked, at, view, sources, onSelect, onView, children }: Props) {
  const { steps, deciding } = looked;
  // Rows are drawn again only for what they are given: what they call must not change.
  const latest = useRef({ at, view, onSelect, onView });
  latest.current = { at, view, onSelect, onView };
  const select = useCallback((to: number) => latest.current.onSelect(to), []);
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const move = isTaken(event) ? null : moveOf(event);
      if (move === null || steps.length === 0) return;
      event.preventDefault();
      const now = latest.current;
      if (move === 'switchView') now.onView(now.view === 'steps' ? 'functions' : 'steps');
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
      <Scrubber {...{ looked, at, view, onSelect: select }} onView={onView} />
      {children}
      <div class="execution">
        <Timeline {...{ looked, at, view }} onSelect={select} />
        <Inspector {...{ looked, at, onSelect: select, sources }} />
      </div>
      <Legend looked={looked} />
      <p class="spoken" role="status" aria-live="polite">
        {steps.length > 0 && spoken(steps[at])}
      </p>
    </>
  );
}

/** Whether what has the focus does something of its own with the key. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  return target.matches('input, select') || (key === ' ' && target.matches('button'));
}
