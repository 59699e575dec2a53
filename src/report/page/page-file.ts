import { pageApp } from './app.js';
import type { PageDocument } from './document.js';
import { packedEngine } from './engine/packed.js';
import { pageHtml } from './html.js';

/** The page as a file, with an engine where it has something to execute. */
export async function pageFile(document: PageDocument): Promise<string> {
  const { byHand, playground } = document;
  const isDecidable = playground !== undefined || byHand.some((one) => one !== null && 'subject' in one);
  return pageHtml(document, await pageApp(), isDecidable ? await packedEngine() : null);
}
