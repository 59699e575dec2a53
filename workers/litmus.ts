import { type LitmusThreadApi, runTries } from '../src/litmus/thread-run.js';
import { openWords } from '../src/machine/stripped/locked.js';
import { expose } from '../src/stress/expose.js';
import { type LitmusApi, runLitmus } from '../src/stress/self-test-litmus.js';

/** Entry of a thread of the self-test, and of a litmus test. */
const api: LitmusApi & LitmusThreadApi = {
  run(shared, test, thread, ms, atomic) {
    const { words, locked } = openWords(shared);
    return runLitmus(words, locked, test, thread, ms, atomic);
  },
  tries(shared, plan, thread, ms) {
    const { words, locked } = openWords(shared);
    return runTries(words, locked, plan, thread, ms);
  },
};

expose(api);
