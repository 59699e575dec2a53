import { createContext, runInContext } from 'node:vm';
import type { Question, Questions } from '../../src/by-hand/answer.js';
import type { SourceExcerpt } from '../../src/report/page/document.js';

/** What the engine sends. */
interface Sent<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly sources?: readonly SourceExcerpt[];
  readonly error?: string;
}

interface Worker {
  onmessage: (event: { readonly data: { readonly id: number; readonly question: Question } }) => void;
}

/**
 * Asks the text of the page's engine, which runs with what JavaScript itself has and a port, as in a worker:
 * nothing of Node.
 */
export function pageEngine(text: string) {
  const sent: Sent<unknown>[] = [];
  const context = createContext({
    postMessage: (message: object) => sent.push(structuredClone(message) as Sent<unknown>),
  });
  runInContext(text, context);
  return <Name extends Question['name']>(
    name: Name,
    of: Questions[Name]['of'],
  ): Sent<Questions[Name]['answer']> => {
    (context as unknown as Worker).onmessage({ data: { id: 1, question: { name, of } as Question } });
    return sent.pop() as Sent<Questions[Name]['answer']>;
  };
}
