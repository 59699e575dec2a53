/** A finding on the whole screen, key by key. */

import { keysOf } from '../../../report/viewer/keys.js';
import { Viewer } from '../../../report/viewer/viewer.js';
import { replayedSentence } from '../../../report/witness-words.js';
import { type Finding, findingSubject } from '../../../vocabulary/finding.js';
import type { LineText } from '../../../vocabulary/told.js';
import { type CliContext, outColors } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import type { Terminal } from '../../io.js';
import { screenText } from '../../terminal.js';

/** Returns when the reader quits, the input ends, or somebody interrupts. */
export async function view(
  context: CliContext,
  terminal: Terminal,
  finding: Finding,
  result: ReplayResult,
  lineText?: LineText,
): Promise<void> {
  const { cpus } = findingSubject(finding);
  const viewer = new Viewer({
    title: replayedSentence(finding, result),
    cpus,
    steps: result.trace,
    start: result.start,
    colors: outColors(context),
    lineText,
  });
  const size = () => ({ rows: terminal.rows, columns: terminal.columns });
  let state = viewer.begin(size());
  const draw = () => terminal.write(screenText(viewer.lines(state)));
  let leave = () => {};
  let fail = (_error: unknown) => {};
  const left = new Promise<void>((resolve, reject) => {
    leave = resolve;
    fail = reject;
  });
  /** What is thrown in an event of the terminal belongs to the command, which closes the screen first. */
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (error) {
      fail(error);
    }
  };
  const forget = context.io.onInterrupt(leave);
  const close = terminal.open({
    onInput: (text) =>
      guarded(() => {
        for (const key of keysOf(text)) state = viewer.key(state, key);
        if (state.ended) leave();
        else draw();
      }),
    onResize: () =>
      guarded(() => {
        state = viewer.resize(state, size());
        draw();
      }),
    onEnd: leave,
  });
  try {
    draw();
    await left;
  } finally {
    close();
    forget();
  }
}
