// Answers one chat completion request with an engine: from parsed JSON to a Response. The object around it only wires.
import { makeChunks } from './chunks.ts'
import { makeCompletion } from './completion.ts'
import type { Engine } from './engine.ts'
import { generate, type GenerateEvent, type GenerateOptions } from './generate.ts'
import { doubtRefusal, refuse, reject } from './refuse.ts'
import type { ReplyHead } from './reply.ts'
import { readRequest, type MicroRequest } from './request.ts'

export interface ServeOptions extends Omit<GenerateOptions, 'signal'> {
  readonly head: ReplyHead
}

/** Says in a header that the conversation was shortened; the body says it too. */
function dropNote(droppedMessages: number): Record<string, string> {
  return droppedMessages > 0 ? { 'x-minnow-dropped-messages': String(droppedMessages) } : {}
}

async function serveWhole(
  engine: Engine,
  request: MicroRequest,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<Response> {
  const completion = makeCompletion(options.head, request, engine.tokenizer.vocabulary)
  let headers = {}
  for await (const event of generate(engine, request, { ...options, signal })) {
    if (event.type === 'start') headers = dropNote(event.droppedMessages)
    else if (event.event.type === 'doubt') return reject(doubtRefusal(event.event.confidence))
    completion.add(event)
  }
  return Response.json(completion.write(), { headers })
}

/** The status is decided by the first event of a choice, so the reply waits for it and only then becomes a stream. */
async function serveStream(
  engine: Engine,
  request: MicroRequest,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<Response> {
  const left = new AbortController()
  const events = generate(engine, request, { ...options, signal: AbortSignal.any([signal, left.signal]) })
  const chunks = makeChunks(options.head, request, engine.tokenizer.vocabulary)
  const utf8 = new TextEncoder()
  let headers = {}
  let first = ''
  for (let next = await events.next(); !next.done; next = await events.next()) {
    const event: GenerateEvent = next.value
    if (event.type === 'start') headers = dropNote(event.droppedMessages)
    else if (event.event.type === 'doubt') {
      await events.return(undefined)
      return reject(doubtRefusal(event.event.confidence))
    }
    first += chunks.add(event)
    if (event.type === 'choice') break
  }

  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (first !== '') controller.enqueue(utf8.encode(first))
    },
    pull: async (controller) => {
      try {
        for (;;) {
          const next = await events.next()
          const text = next.done ? chunks.end() : chunks.add(next.value)
          if (text !== '') controller.enqueue(utf8.encode(text))
          if (next.done) return controller.close()
          if (text !== '') return
        }
      } catch (error) {
        controller.enqueue(utf8.encode(chunks.fail(refuse(error).body)))
        controller.close()
      }
    },
    cancel: async () => {
      left.abort()
      await events.return(undefined)
    },
  })
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  })
}

/** Never throws: what goes wrong becomes an OpenAI error. */
export async function serve(
  engine: Engine,
  json: unknown,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<Response> {
  try {
    const request = readRequest(json)
    const answer = request.isStream ? serveStream : serveWhole
    return await answer(engine, request, options, signal)
  } catch (error) {
    return reject(refuse(error))
  }
}
