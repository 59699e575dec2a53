import type { Looked } from './execution.js';
import { AGENTS } from './timeline/rows.jsx';

const ARROWS = [
  ['ipi', 'interrupt sent and delivered'],
  ['nmi', 'NMI sent and delivered'],
  ['hypercall', 'flush asked of the host'],
  ['broadcast', 'broadcast invalidation'],
  ['release', 'reads what a releasing store wrote'],
  ['reads', 'reads what another CPU stored'],
] as const;

const KEYS = [
  [['j', 'k'], 'step'],
  [['n', 'p'], 'deciding'],
  [['space', 'b'], 'page'],
  [['g', 'G'], 'ends'],
  [['f'], 'functions'],
] as const;

/** What colours and signs mean, of those that occur, and what keys do. */
export function Legend({ looked }: { looked: Looked }) {
  const agents = (Object.keys(AGENTS) as (keyof typeof AGENTS)[]).filter(
    (agent) => agent !== 'cpu' && looked.steps.some((step) => step.agent === agent),
  );
  const kinds = new Set(looked.execution.links.map(({ kind }) => kind));
  return (
    <footer class="legend">
      {agents.map((agent) => (
        <span key={agent}>
          <i class={`swatch agent-${agent}`}>{AGENTS[agent].sign}</i> {AGENTS[agent].name}
        </span>
      ))}
      {ARROWS.filter(([kind]) => kinds.has(kind)).map(([kind, words]) => (
        <span key={kind}>
          <svg width="22" height="8" aria-hidden="true">
            <path class={`arrow ${kind}`} d="M0 4H22" />
          </svg>{' '}
          {words}
        </span>
      ))}
      <span>
        <i class="swatch band" /> mm: loaded mm, PCID
      </span>
      <span>
        <i class="swatch waits" /> sb: a store waits
      </span>
      <span>
        <i class="swatch entry" /> tlb: an entry lives
      </span>
      <span class="keys">
        {KEYS.map(([keys, words]) => (
          <span key={words}>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}{' '}
            {words}{' '}
          </span>
        ))}
      </span>
    </footer>
  );
}
