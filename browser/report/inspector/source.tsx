import type { SourceExcerpt } from '../../../src/report/page/document.js';
import type { Place } from '../../../src/vocabulary/told.js';

const AROUND = 2;

/** The line of protocol source that a step is written in, with those around it: always as many lines. */
export function Source({ place, sources }: { place: Place | null; sources: readonly SourceExcerpt[] }) {
  const excerpt = sources.find(({ file }) => file === place?.file);
  const lines = new Map(excerpt?.lines ?? []);
  const numbers = Array.from({ length: 2 * AROUND + 1 }, (_, index) => (place?.line ?? 0) - AROUND + index);
  return (
    <figure class="source">
      <figcaption>{place === null ? 'no line of the protocol' : `${place.file}:${place.line}`}</figcaption>
      <pre>
        {numbers.map((number) => (
          <code key={number} class={number === place?.line ? 'here' : ''}>
            <i>{lines.has(number) ? number : ''}</i>
            {(lines.get(number) ?? '').replaceAll('\\t', '  ')}
            {'\n'}
          </code>
        ))}
      </pre>
    </figure>
  );
}
