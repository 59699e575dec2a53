/**
 * The explorer in a worker of the page: questions in, answers out. What follows this text in the worker
 * (src/report/page/engine) says where its operations are written.
 */

import { answer, type Question } from '../../src/by-hand/answer.js';
import { excerptsOf, siteTellers } from './sites.js';

interface Port {
  onmessage:
    | ((event: { readonly data: { readonly id: number; readonly question: Question } }) => void)
    | null;
  postMessage(message: object): void;
}

const port = globalThis as unknown as Port;

port.onmessage = ({ data: { id, question } }) => {
  try {
    const answered = answer(question, siteTellers);
    const sources = answered !== null && 'trace' in answered ? excerptsOf(answered.trace) : [];
    port.postMessage({ id, answer: answered, sources });
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
