/**
 * What is used of WebAssembly: the types of Node have its module only, and those of browsers are not loaded.
 */
declare namespace WebAssembly {
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;

  class Memory {
    constructor(limits: { readonly initial: number; readonly maximum: number; readonly shared: true });
    readonly buffer: SharedArrayBuffer;
  }

  class Instance {
    constructor(module: Module, imports: { readonly threads: { readonly memory: Memory } });
    readonly exports: unknown;
  }
}
