/** `--reporter html`: a page to look at, and its data beside it, in a directory. */

import { jsonText } from '../json-documents.js';
import { pageFile } from '../page/page-file.js';
import { huntPage, type ReportPage } from '../page/results.js';
import type { ReportDirectory, Reporter } from './reporter.js';

export const htmlReporter: Reporter = {
  name: 'html',
  kind: 'directory',
  open: (to) => ({
    end: async (report) => {
      const command = report.merged === undefined ? 'hunt' : 'merge';
      await savePage(to.directory, huntPage(report, command));
    },
  }),
};

/** Writes everything; the page comes last, so that what it names is there. */
export async function savePage(directory: ReportDirectory, { document, files }: ReportPage): Promise<void> {
  const page = await pageFile(document);
  for (const [path, content] of files) directory.save(path, content);
  directory.save('results.json', `${jsonText(document.results)}\n`);
  directory.save('index.html', page);
}
