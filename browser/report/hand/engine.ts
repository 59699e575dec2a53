/** The engine in a worker, made from the text that the page carries; and questions to it. */

import type { Question, QuestionName, Questions } from '../../../src/by-hand/answer.js';
import type { SourceExcerpt } from '../../../src/report/page/document.js';

export interface Answered<Name extends QuestionName> {
  readonly answer: Questions[Name]['answer'];
  /** Lines of source that the steps stand at. */
  readonly sources: readonly SourceExcerpt[];
}

interface Sent {
  readonly id: number;
  readonly answer: never;
  readonly sources: readonly SourceExcerpt[];
  readonly error?: string;
}

interface Waiting {
  resolve(answered: Answered<never>): void;
  reject(error: Error): void;
}

export class Engine {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  private constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data: { id, error, ...answered } }: MessageEvent<Sent>) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.resolve(answered);
      else waiting?.reject(new Error(error));
    };
  }

  ask<Name extends QuestionName>(name: Name, of: Questions[Name]['of']): Promise<Answered<Name>> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const question: Question<Name> = { name, of };
      this.worker.postMessage({ id, question });
    });
  }

  /** Rejects where the browser starts no worker from a text. */
  static async start(packed: string): Promise<Engine> {
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const text = await new Response(unpacked).blob();
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const worker = new Worker(url);
    const failed = new Promise<never>((_, reject) => {
      worker.onerror = (event) => reject(new Error(event.message || 'the browser starts no worker here'));
    });
    const engine = new Engine(worker);
    // The answer to a first question says that it runs.
    await Promise.race([engine.ask('offers', null), failed]);
    return engine;
  }
}

let started: Promise<Engine> | null = null;

/** The one engine of the page; null: the page has none. */
export function pageEngine(): Promise<Engine> | null {
  const packed = document.getElementById('engine')?.textContent ?? '';
  if (packed === '') return null;
  started ??= Engine.start(packed);
  return started;
}
