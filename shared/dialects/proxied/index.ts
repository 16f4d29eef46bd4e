// Speech, images and moderation as OpenAI has them, passed on: the body as it came under the target's name for the model,
// the answer unread but for its usage. Pure.
import { joined } from '../../bytes.ts'
import type { EventReader, VendorDialect, WireRequest, WireTarget } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import type { ModelRequest } from '../../request.ts'
import { readFailure, readInlineFailure } from '../openai-chat/failure.ts'
import { watchUsage } from './usage.ts'

const DIALECT = 'proxied'

function writeRequest(request: ModelRequest, { model }: WireTarget): WireRequest {
  const { endpoint = '', form } = request.proxied ?? {}
  const path = `/${endpoint}`
  if (form === undefined) {
    return { path, body: { ...request.native.body, model }, headers: { accept: '*/*' }, dropped: [] }
  }
  return {
    path,
    body: {},
    bytes: joined([...form.before, encode(model), ...form.after]),
    headers: { accept: '*/*', 'content-type': form.contentType },
    dropped: [],
  }
}

/** UTF-8. */
function encode(text: string): Uint8Array {
  const bytes = encodeURIComponent(text).match(/%..|./g) ?? []
  return Uint8Array.from(bytes, (byte) =>
    byte.length === 1 ? byte.charCodeAt(0) : Number.parseInt(byte.slice(1), 16),
  )
}

function readEvents(): EventReader {
  const watch = watchUsage()
  return {
    read({ bytes = new Uint8Array() }) {
      watch.take(bytes)
      const error = watch.error()
      const passed: ModelEvent = { type: 'other-delta', index: 0 }
      if (error === undefined) return { events: [passed], bytes }
      return { events: [passed, { type: 'error', failure: readInlineFailure(error) }], bytes }
    },
    close() {
      const usage = watch.usage()
      return { events: [{ type: 'finish', reason: 'stop', ...(usage === undefined ? {} : { usage }) }] }
    },
    complete: false,
  }
}

const unread: Piece[] = [
  { events: [{ type: 'error', failure: { kind: 'malformed', reason: 'an answer that was not passed on' } }] },
]

export const proxied = {
  id: DIALECT,
  framing: 'bytes',
  writeRequest,
  readEvents,
  readReply: () => unread, // `bytes` are never gathered
  readFailure,
} satisfies VendorDialect
