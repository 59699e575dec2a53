/** Browsers that have what the page uses, above all `light-dark()`. */
export const PAGE_TARGET = ['chrome123', 'firefox120', 'safari17.5'];
