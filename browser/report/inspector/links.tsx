import type { LinkKind } from '../../../src/explain/step-links.js';
import type { Looked } from '../execution.js';

/** What a link is called from its beginning, and from its end. */
const WORDS: Readonly<Record<LinkKind, readonly [from: string, to: string]>> = {
  ipi: ['is delivered in', 'was sent in'],
  nmi: ['is delivered in', 'was sent in'],
  hypercall: ['is served in', 'was asked for in'],
  broadcast: ['is carried out in', 'was broadcast in'],
  drain: ['reaches memory in', 'was stored in'],
  release: ['is read in', 'reads what was released in'],
  reads: ['is read in', 'reads what was stored in'],
};
/** A store that everybody reads is read often. */
const SHOWN_MAX = 6;

interface Props {
  readonly looked: Looked;
  readonly at: number;
  readonly onSelect: (index: number) => void;
}

/** Which steps this one goes back to, and which go back to it. */
export function Links({ looked, at, onSelect }: Props) {
  const { links } = looked.execution;
  const found = links.flatMap((link) => {
    if (link.to === at) return [{ ...link, words: WORDS[link.kind][1], other: link.from }];
    return link.from === at ? [{ ...link, words: WORDS[link.kind][0], other: link.to }] : [];
  });
  return (
    <p class="links">
      {found.slice(0, SHOWN_MAX).map(({ kind, words, other }) => (
        <button key={`${kind} ${words} ${other}`} type="button" onClick={() => onSelect(other)}>
          {words} {looked.steps[other].step}, CPU{looked.steps[other].cpu}
        </button>
      ))}
      {found.length > SHOWN_MAX && <span>and {found.length - SHOWN_MAX} more</span>}
    </p>
  );
}
