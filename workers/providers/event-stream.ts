// The binary event stream of Amazon's services, cut into frames: length-prefixed messages with typed headers and checksums.
// Source: https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html and https://smithy.io/2.0/aws/amazon-eventstream.html
// Written here: the vendor's own codec decodes whole messages only, and comes with its HTTP client's core (6 MB).
import { joined } from '../../shared/bytes.ts'
import { Failed } from '../../shared/failure.ts'
import { type Frame, FrameTooLong } from '../../shared/sse.ts'

/** A message larger than this is no model's output; reading on would only fill the isolate's memory. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

/** Total length, length of the headers, checksum of the two. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4

/**
 * Returns a function that takes bytes as they arrive and returns the messages they completed, each as a frame whose
 * data is the payload. The name is that of the event; `exception:<type>` and `error:<code>` say that it failed.
 * A message that was broken off at the end is left out: what it would have said, only the reader of events can tell.
 */
export function readMessages(): (bytes: Uint8Array | undefined) => Frame[] {
  let waiting: Uint8Array[] = [] // joined only when a message is complete, so that every byte is copied at most twice
  let have = 0
  let need = PRELUDE_BYTES

  return (bytes) => {
    if (bytes === undefined || bytes.byteLength === 0) return []
    waiting.push(bytes)
    have += bytes.byteLength
    if (have < need) return []
    const buffer = joined(waiting)
    const frames: Frame[] = []
    let from = 0
    need = PRELUDE_BYTES
    while (buffer.byteLength - from >= PRELUDE_BYTES) {
      need = lengthAt(buffer, from)
      if (buffer.byteLength - from < need) break
      const frame = readMessage(buffer.subarray(from, from + need))
      if (frame !== undefined) frames.push(frame)
      from += need
      need = PRELUDE_BYTES
    }
    const rest = buffer.subarray(from)
    waiting = rest.byteLength === 0 ? [] : [rest]
    have = rest.byteLength
    return frames
  }
}

/** The length of the message that begins here, once its prelude is known to be one. */
function lengthAt(buffer: Uint8Array, from: number): number {
  const view = viewOf(buffer.subarray(from, from + PRELUDE_BYTES))
  if (crc32(buffer.subarray(from, from + 8)) !== view.getUint32(8))
    throw broken('a message with a wrong checksum')
  const length = view.getUint32(0)
  if (length > MAX_MESSAGE_BYTES) {
    throw new FrameTooLong(`a message of the stream is longer than ${MAX_MESSAGE_BYTES} bytes`)
  }
  if (length < PRELUDE_BYTES + CHECKSUM_BYTES + view.getUint32(4))
    throw broken('a message shorter than its headers')
  return length
}

const decoder = new TextDecoder()

function readMessage(message: Uint8Array): Frame | undefined {
  const view = viewOf(message)
  const end = message.byteLength - CHECKSUM_BYTES
  if (crc32(message.subarray(0, end)) !== view.getUint32(end)) throw broken('a message with a wrong checksum')
  const body = PRELUDE_BYTES + view.getUint32(4)
  const headers = readHeaders(message.subarray(PRELUDE_BYTES, body))
  const data = decoder.decode(message.subarray(body, end))
  switch (headers.get(':message-type')) {
    case 'exception':
      return { event: `exception:${headers.get(':exception-type') ?? ''}`, data }
    case 'error': // what the service did not foresee says all in its headers
      return {
        event: `error:${headers.get(':error-code') ?? ''}`,
        data: JSON.stringify({ message: headers.get(':error-message') ?? '' }),
      }
    case 'event':
      return { event: headers.get(':event-type') ?? '', data }
    default:
      return undefined // another type of message is no event, and no answer is lost with it
  }
}

/** How many bytes a value takes by its type; texts and byte arrays say it themselves. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const TEXT = 7

function readHeaders(bytes: Uint8Array): Map<string, string> {
  const view = viewOf(bytes)
  const headers = new Map<string, string>()
  let at = 0
  try {
    while (at < bytes.byteLength) {
      const nameEnd = at + 1 + view.getUint8(at)
      const type = view.getUint8(nameEnd)
      const fixed = VALUE_BYTES[type]
      const from = nameEnd + (fixed === undefined ? 3 : 1)
      const end = from + (fixed ?? view.getUint16(nameEnd + 1))
      if (type >= VALUE_BYTES.length || end > bytes.byteLength)
        throw new RangeError('the headers end too early')
      if (type === TEXT) {
        headers.set(
          decoder.decode(bytes.subarray(at + 1, nameEnd)),
          decoder.decode(bytes.subarray(from, end)),
        )
      }
      at = end
    }
  } catch (error) {
    if (error instanceof RangeError) throw broken('a message with unreadable headers')
    throw error
  }
  return headers
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const broken = (reason: string): Failed =>
  new Failed({ kind: 'malformed', reason: `the stream held ${reason}` })

const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/** The checksum of zlib and Ethernet: ISO 3309, polynomial 0xEDB88320 reflected. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (sum >>> 8) ^ (REMAINDERS[(sum ^ byte) & 0xff] ?? 0)
  return (sum ^ 0xffffffff) >>> 0
}
