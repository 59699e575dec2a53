/**
 * Recordings of real kernels: reading, summarising, and turning a window into a scenario.
 */
export { type ChosenScenario, defaultWindowOf, givenWindowOf, richestWindowsOf } from './choose.js';
export * from './events.js';
export { type FlushRecord, type ForkRecord, type History, historyOf, type SyscallRecord } from './history.js';
export { type Imported, type ImportOptions, importWindow } from './import.js';
export { type TraceInfo, traceInfo, traceInfoOf } from './info.js';
export { parseTrace } from './parse.js';
export { readRecording, recordingName } from './read-recording.js';
export type { Recording, RecordingMeta } from './recording.js';
export { renderTraceInfo } from './render-info.js';
export type { Tally } from './tally.js';
export { escapeText, quote, TraceError } from './trace-error.js';
export {
  listWindows,
  parseWindow,
  type RatedWindow,
  RELAXED_RULE,
  type TraceWindow,
  WINDOW_RULE,
  type WindowRule,
  windowFacts,
} from './window.js';
