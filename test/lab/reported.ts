// The usage that a vendor's bytes say, in its own words, so that bills can be made from what was sent. Pure.
import { type Fields, isFields, type StreamEvent } from './wire.ts'

/** Where the wires have it: at the top, in the message or response that an event is about, or in an API's envelope. */
export function usageIn(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined
  const found = [
    value['usage'],
    value['usageMetadata'],
    ...['message', 'response', 'result'].map((key) => usageIn(value[key])),
  ].find(isFields)
  return found && Object.fromEntries(Object.entries(found).filter(([, said]) => said !== null))
}

export function usageOf(event: StreamEvent | undefined): Fields | undefined {
  if (event === undefined) return undefined
  const text = event instanceof Uint8Array ? payloadOf(event) : event.data
  return text.includes('"usage') ? usageIn(JSON.parse(text)) : undefined
}

/** A message of Amazon's: both lengths and a checksum, headers, the payload, a checksum. */
function payloadOf(bytes: Uint8Array): string {
  const headers = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4)
  return new TextDecoder().decode(bytes.subarray(12 + headers, -4))
}
