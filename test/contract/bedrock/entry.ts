// Bedrock's Converse, as the suite wants a wire: its data are the events under their names, its bytes binary messages.
import { bedrock } from '../../../shared/dialects/bedrock/index.ts'
import { fieldsOf, parse } from '../../../shared/fields.ts'
import { openFraming } from '../../../workers/providers/framing.ts'
import type { VendorEntry } from '../entry.ts'
import { event, exception, writeMessage } from './message.ts'
import { replies } from './replies.ts'
import { streams } from './streams.ts'

/** `{"messageStop":{...}}` as the message of that name; what has no name is a delta that cannot be read. */
function write(data: string): Uint8Array {
  const [named] = Object.entries(fieldsOf(parse(data)))
  if (named === undefined || typeof named[1] !== 'object') return event('contentBlockDelta', data)
  const [name, payload] = named
  if (name === 'error')
    return writeMessage({ ':message-type': 'error', ...(payload as Record<string, string>) }, '')
  return (name.endsWith('Exception') ? exception : event)(name, JSON.stringify(payload))
}

const failed = (name: string, more: object = {}): string =>
  JSON.stringify({ [name]: { message: 'Sorry.', p: 'abc', ...more } })

export const bedrockEntry: VendorEntry = {
  dialect: bedrock(),
  streams,
  replies,
  errors: [
    { name: 'throttling', event: 'exception', data: failed('throttlingException'), kind: 'rate-limited' },
    {
      name: 'a failure of the model',
      event: 'exception',
      data: failed('modelStreamErrorException'),
      kind: 'overloaded',
    },
    {
      name: 'a failure of the model with its status',
      event: 'exception',
      data: failed('modelStreamErrorException', { originalStatusCode: 429, originalMessage: 'Slow down.' }),
      kind: 'rate-limited',
    },
    {
      name: 'a failure of the service',
      event: 'exception',
      data: failed('internalServerException'),
      kind: 'overloaded',
    },
    {
      name: 'too little room',
      event: 'exception',
      data: failed('serviceUnavailableException'),
      kind: 'overloaded',
    },
    {
      name: 'too little time',
      event: 'exception',
      data: failed('modelTimeoutException'),
      kind: 'overloaded',
    },
    { name: 'a mistake', event: 'exception', data: failed('validationException'), kind: 'rejected' },
    {
      name: 'a prompt too long',
      event: 'exception',
      data: failed('validationException', { message: 'Input is too long for requested model.' }),
      kind: 'context-length',
    },
    {
      name: 'an exception nobody has heard of',
      event: 'exception',
      data: failed('newException'),
      kind: 'overloaded',
    },
    {
      name: 'an error that nobody foresaw',
      event: 'error',
      data: '{"error":{":error-code":"InternalFailure",":error-message":"Sorry."}}',
      kind: 'overloaded',
    },
  ],
  endMarker: undefined,
  unknownData: '{"newEvent":{"note":"nobody has heard of this","contentBlockIndex":0,"delta":{"text":"no"}}}',
  withUnknown: (data) => data.replace(/^(\{"\w+":\{)/, '$1"unheard":{"of":[1,null]},'),
  binary: { write, open: () => openFraming('aws-event-stream') },
}
