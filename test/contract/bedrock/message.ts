// Messages of Amazon's event stream, written for tests: with Node's own checksum, so that reading is checked by another hand.
import { crc32 } from 'node:zlib'

export type Header = string | { readonly type: number; readonly bytes: Uint8Array }

const encoder = new TextEncoder()

/** A header's bytes: the length of its name, its name, its type, its value. A text is type 7. */
function headerBytes([name, value]: [string, Header]): Uint8Array {
  const text = typeof value === 'string' ? encoder.encode(value) : undefined
  const size = text === undefined ? [] : [text.length >> 8, text.length & 0xff]
  const bytes = typeof value === 'string' ? encoder.encode(value) : value.bytes
  const type = typeof value === 'string' ? 7 : value.type
  return Uint8Array.from([name.length, ...encoder.encode(name), type, ...size, ...bytes])
}

export function writeMessage(headers: Readonly<Record<string, Header>>, payload: string): Uint8Array {
  const head = Uint8Array.from(Object.entries(headers).flatMap((header) => [...headerBytes(header)]))
  return writeRaw(head, encoder.encode(payload))
}

/** A message with these bytes for headers, whatever they are. */
export function writeRaw(head: Uint8Array, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(16 + head.length + body.length)
  const view = new DataView(message.buffer)
  view.setUint32(0, message.length)
  view.setUint32(4, head.length)
  view.setUint32(8, crc32(message.subarray(0, 8)))
  message.set(head, 12)
  message.set(body, 12 + head.length)
  view.setUint32(message.length - 4, crc32(message.subarray(0, message.length - 4)))
  return message
}

const CONTENT_TYPE = { ':content-type': 'application/json' }

export const event = (name: string, payload: string): Uint8Array =>
  writeMessage({ ':event-type': name, ...CONTENT_TYPE, ':message-type': 'event' }, payload)

export const exception = (name: string, payload: string): Uint8Array =>
  writeMessage({ ':exception-type': name, ...CONTENT_TYPE, ':message-type': 'exception' }, payload)
