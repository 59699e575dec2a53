import type { PageDocument } from '../../src/report/page/document.js';
import { usePlace } from './place.js';
import { Playground } from './playground.jsx';
import { ThemeButton } from './theme.jsx';
import { Verdicts } from './verdicts.jsx';
import { WitnessView } from './witness.jsx';

export function App({ page }: { page: PageDocument }) {
  const [place, go] = usePlace();
  const { results } = page;
  const isSingle = results.rows.length === 0 && results.witnesses.length === 1;
  const index = place.witness ?? (isSingle ? 0 : null);
  const witness = index === null ? undefined : results.witnesses[index];
  const isShown = index !== null && witness !== undefined;
  return (
    <>
      <header class="top">
        <button type="button" class="brand" onClick={() => go({ witness: null, step: null })}>
          <b>shootdown</b> {results.command}
        </button>
        <span class="version">{results.shootdown}</span>
        <span class="grow" />
        {isShown && !isSingle && (
          <button type="button" onClick={() => go({ witness: null, step: null })}>
            ← all verdicts
          </button>
        )}
        <ThemeButton />
      </header>
      {page.playground !== undefined ? (
        <Playground playground={page.playground} place={place} go={go} />
      ) : isShown ? (
        <WitnessView key={index} page={page} index={index} place={place} go={go} />
      ) : (
        <Verdicts results={results} place={place} go={go} />
      )}
    </>
  );
}
