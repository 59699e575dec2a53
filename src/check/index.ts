/** Agreement with real kernels: a recording's inputs through the simulated kernel, its decisions compared. */
export type { Disagreement, Score } from './board.js';
export {
  type CheckedVersion,
  type CheckReport,
  checkFile,
  checkPath,
  checkRecording,
} from './check-recording.js';
export { checkHuntReport } from './hunt-report.js';
export { KIND_NAMES, KIND_WITHOUT_BAR, KINDS, type Kind } from './kinds.js';
export { checkPage } from './page.js';
export { agreement, passes, renderCheck } from './render.js';
