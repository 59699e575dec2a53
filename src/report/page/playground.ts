import {
  type PageDocument,
  type PlaygroundDocument,
  RESULTS_FORMAT,
  RESULTS_VERSION,
  type ResultsDocument,
} from './document.js';
import { pageFile } from './page-file.js';

/** A page without a witness: a machine to try. `version`: of shootdown. */
export function playgroundDocument(version: string, playground: PlaygroundDocument): PageDocument {
  const results: ResultsDocument = {
    ...{ format: RESULTS_FORMAT, version: RESULTS_VERSION, shootdown: version, command: 'explore' },
    ...{ settings: [], interrupted: false, rows: [], witnesses: [], grounds: [] },
  };
  return { results, executions: [], sources: [], byHand: [], playground };
}

/** The page as a file. */
export function playgroundHtml(version: string, playground: PlaygroundDocument): Promise<string> {
  return pageFile(playgroundDocument(version, playground));
}
