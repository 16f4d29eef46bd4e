// How the Worker's bundler hands over files that are not code.

declare module '*.jsonc' {
  const text: string
  export default text
}

declare module '*.bin' {
  const file: ArrayBuffer
  export default file
}

declare module '*.jsonl' {
  const text: string
  export default text
}

/** As much of Node's module as workers/cipher.ts uses; workerd has it. Node's own types would bring all of Node. */
declare module 'node:crypto' {
  interface Sealing {
    setAAD(bytes: Uint8Array): void
    update(bytes: Uint8Array): Uint8Array
    final(): Uint8Array
    getAuthTag(): Uint8Array
  }
  interface Opening {
    setAAD(bytes: Uint8Array): void
    setAuthTag(tag: Uint8Array): void
    update(bytes: Uint8Array): Uint8Array
    /** Throws where the tag does not fit. */
    final(): Uint8Array
  }
  interface Marking {
    update(text: string): Marking
    digest(encoding: 'hex'): string
  }
  export function createCipheriv(algorithm: string, key: Uint8Array, nonce: Uint8Array): Sealing
  export function createDecipheriv(algorithm: string, key: Uint8Array, nonce: Uint8Array): Opening
  export function createHmac(algorithm: string, key: Uint8Array): Marking
  export function hkdfSync(
    algorithm: string,
    secret: Uint8Array,
    salt: Uint8Array,
    info: string,
    bytes: number,
  ): ArrayBuffer
}
