import { received, type ThrownError } from '../vocabulary/told.js';
import { settled } from './settled.js';
import { thrownOf } from './thrown.js';

/**
 * What a worker's function answers: its value, or what it threw. A thread that throws loses the class of an
 * error on the way, and `null` altogether.
 */
export type Answered<T> = { readonly answer: T } | { readonly thrown: ThrownError };

/** In the worker. */
export async function answering<T>(work: () => T): Promise<Answered<T>> {
  try {
    return { answer: await settled(work) };
  } catch (error) {
    return { thrown: thrownOf(error) };
  }
}

/** In the thread that asked: the value, or the error thrown again. */
export function answerOf<T>(answered: Answered<T>): T {
  if ('thrown' in answered) throw received(answered.thrown);
  return answered.answer;
}
