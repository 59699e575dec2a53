/** `--reporter json`, and `--json`: one document. */

import { huntDocument, jsonText } from '../json-documents.js';
import type { Reporter } from './reporter.js';

export const jsonReporter: Reporter = {
  name: 'json',
  kind: 'document',
  open: (to) => ({ end: (report) => to.print(jsonText(huntDocument(report))) }),
};
