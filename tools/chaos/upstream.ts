// The flaky provider, a process of its own: answers as the lab does, and misbehaves as the dice say. Prints its port;
// `GET /dealt` tells how often each fault came up; ends on SIGTERM. `node upstream.ts <seed>`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Behaviour } from '../../test/lab/behaviour.ts'
import { chat } from '../../test/lab/chat.ts'
import { deliverBody, deliverStream } from '../../test/lab/deliver.ts'
import { type Fields, type LabRequest, Refused } from '../../test/lab/wire.ts'
import { faultOf } from './faults.ts'
import { answerOf, requestIn } from './words.ts'

const seed = Number(process.argv[2] ?? 1)
const models = new Map<string, { readonly position: number; downUntil: number }>()
const calls = new Map<string, number>() // one small number a request, for the life of a run
const dealt: Record<string, number> = {}
let count = 0

/** What happens to this call. */
function treat(request: LabRequest, number: number): Behaviour {
  const model = models.get(request.model) ?? { position: models.size, downUntil: 0 }
  models.set(request.model, model)
  const name = `${number} ${request.model}`
  const call = calls.get(name) ?? 0
  calls.set(name, call + 1)
  const fault = faultOf(seed, number, model.position, call)
  if (fault?.outageMs !== undefined) model.downUntil = request.at + fault.outageMs
  const isDown = request.at < model.downUntil
  const id = isDown ? 'S15' : (fault?.id ?? 'none')
  dealt[id] = (dealt[id] ?? 0) + 1
  return isDown ? { status: 503 } : (fault?.behaviour ?? {})
}

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  if (incoming.url === '/dealt') return json(response, 200, dealt)
  const request = await read(incoming)
  const number = requestIn(request.text)
  if (number === undefined) return json(response, 400, { error: { message: 'which text?' } })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const behaviour: Behaviour = { text: answerOf(number), ...treat(request, number) }
  const delivery = (usual: string) => ({
    response,
    behaviour,
    signal: gone.signal,
    headers: { 'content-type': behaviour.contentType ?? usual, ...behaviour.headers },
    onSent: () => undefined,
  })
  const { status = 200, body } = behaviour
  if (body !== undefined || status !== 200) {
    const said = body ?? chat.failure(new Refused(status, 'The server had an error.'))
    const text = typeof said === 'string' ? said : JSON.stringify(said)
    return deliverBody(delivery('application/json'), status, text)
  }
  count += 1
  const said = chat.answer(request, behaviour, { count, created: Math.floor(Date.now() / 1000) })
  if ('whole' in said) return json(response, 200, said.whole)
  const failed = { data: JSON.stringify({ error: { message: 'Overloaded', type: 'server_error' } }) }
  const events =
    behaviour.failAt === undefined ? said.events : [...said.events.slice(0, behaviour.failAt), failed]
  return deliverStream(delivery('text/event-stream; charset=utf-8'), events, said.lead)
}

async function read(incoming: IncomingMessage): Promise<LabRequest> {
  const at = Date.now()
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk)
  const body = JSON.parse(text) as Fields
  const { method = '', url = '', headers, rawHeaders } = incoming
  const model = String(body['model'])
  return { at, method, path: url, headers, rawHeaders, text, body, model, wire: chat.name, events: 0 }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
  answer(incoming, response).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') return // the gateway has gone, and with it the script
    if (error instanceof Refused && !response.headersSent)
      return json(response, error.status, chat.failure(error))
    response.destroy()
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
process.on('SIGTERM', () => process.exit(0))
process.stdin.resume().on('end', () => process.exit(0)) // whoever started us is gone
