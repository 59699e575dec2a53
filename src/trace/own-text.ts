/**
 * `text` as a string of its own: a piece cut out of a line keeps the whole text that the line was cut from
 * alive.
 */
export const ownText = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
