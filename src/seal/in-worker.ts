import { sealProcess } from './process-seal.js';
import { plainError } from './thrown.js';

/**
 * What a worker with users' modules in it runs first. What nobody catches there, late rejections and what
 * timers throw, reaches the thread that started the worker as an error with a place, even `null`.
 */
const open = sealProcess();

const fail = (value: unknown): never => {
  // The thread ends by this, and Node ends it by process.exit.
  open();
  throw plainError(value);
};
process.on('uncaughtException', fail).on('unhandledRejection', fail);
