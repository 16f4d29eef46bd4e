// Reads and writes the parts that WebAssembly files are made of. Pure.
// Source: https://webassembly.github.io/spec/core/binary/

export class Reader {
  at: number
  readonly bytes: Uint8Array
  readonly end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get isDone(): boolean {
    return this.at >= this.end
  }

  byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new Error('the file ends too early')
    this.at += 1
    return byte
  }

  /** An unsigned number of at most 32 bits. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }

  /** Passes a number over, of whatever sign and size. */
  passNumber(): void {
    while (this.byte() >= 0x80);
  }

  /** The next bytes. */
  take(length: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return taken
  }
}

export function numberBytes(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 0x80)
  }
}

export const nameBytes = (name: string): number[] => {
  const bytes = new TextEncoder().encode(name)
  return [...numberBytes(bytes.length), ...bytes]
}

/** Grows as it is written to. */
export class Writer {
  #bytes = new Uint8Array(1 << 16)
  #length = 0

  push(more: Iterable<number> & { readonly length: number }): void {
    while (this.#length + more.length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    if (more instanceof Uint8Array) this.#bytes.set(more, this.#length)
    else {
      let at = this.#length
      for (const byte of more) this.#bytes[at++] = byte
    }
    this.#length += more.length
  }

  get length(): number {
    return this.#length
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
