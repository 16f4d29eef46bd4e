// Cuts the bytes of a vendor's stream into frames, in the way the vendor frames them.
import type { VendorDialect } from '../../shared/dialect.ts'
import { type Frame, readFrames } from '../../shared/sse.ts'
import { readMessages } from './event-stream.ts'

/** Takes bytes as they arrive, undefined at their end; `whole` says that nothing was broken off. */
export type Framing = (bytes: Uint8Array | undefined, whole: boolean) => Frame[]

export function openFraming(framing: NonNullable<VendorDialect['framing']>): Framing {
  switch (framing) {
    case 'sse':
      return serverSentEvents()
    case 'aws-event-stream':
      return readMessages()
    case 'bytes':
      return (bytes) => (bytes === undefined ? [] : [{ event: '', data: '', bytes }])
  }
}

function serverSentEvents(): Framing {
  const decoder = new TextDecoder()
  const frames = readFrames()
  return (bytes, whole) =>
    frames(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }), whole)
}
