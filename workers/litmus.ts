import { openWords } from '../src/machine/stripped/locked.js';
import { expose } from '../src/stress/expose.js';
import { type LitmusApi, runLitmus } from '../src/stress/self-test-litmus.js';

/** Entry of a thread of the self-test. */
const api: LitmusApi = {
  run(shared, test, thread, ms, atomic) {
    const { words, locked } = openWords(shared);
    return runLitmus(words, locked, test, thread, ms, atomic);
  },
};

expose(api);
