// Reads a stream through one piece of memory, again and again: a large file that came in as thousands of buffers would
// be in memory a second time until somebody collects them.

const PART_BYTES = 256 * 1024

/** A part is valid until the next one is asked for. */
export async function* readParts(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = openBytes(body)
  if (reader === undefined) {
    for await (const part of body) yield part
    return
  }
  let buffer = new ArrayBuffer(PART_BYTES)
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done || value === undefined) return
      yield value
      buffer = value.buffer
    }
  } finally {
    await reader.cancel()
  }
}

/** Undefined where the stream is none of bytes, as one that is made of buffers. */
function openBytes(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return undefined // the only thing it throws for besides a locked stream, which `for await` then names
  }
}
