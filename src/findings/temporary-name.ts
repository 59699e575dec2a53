/** Names of files on their way to becoming findings: hidden, never `.json`, and told from anybody else's. */

import { randomBytes } from 'node:crypto';

const NAME = /^\..{1,240}\.\d{1,10}\.[0-9a-f]{8}\.tmp$/;

export function temporaryName(of: string): string {
  return `.${of}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
}

export function isTemporaryName(name: string): boolean {
  return NAME.test(name);
}
