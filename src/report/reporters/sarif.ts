/** `--reporter sarif`: SARIF 2.1.0, for code scanning. */

import { jsonText } from '../json-documents.js';
import { sarifLog } from '../sarif/sarif-log.js';
import type { Reporter } from './reporter.js';

export const sarifReporter: Reporter = {
  name: 'sarif',
  kind: 'document',
  open: (to) => ({ end: (report) => to.print(jsonText(sarifLog(report))) }),
};
