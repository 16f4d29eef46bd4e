// Asks one streamed question over connections that are kept alive, and says what came of it: the whole answer, a clear
// error, or what nobody may be given.
import { type Agent, request as send } from 'node:http'
import { answerOf, questionOf } from './words.ts'

/** `bad` is what must not be: a truncated or garbled success, words of another answer, no end at all. */
export type Fate = 'answered' | 'error' | 'broken' | 'left' | 'bad'

export interface Told {
  readonly request: number
  readonly fate: Fate
  /** In a few words, where it was not answered. */
  readonly why: string
  readonly startedAt: number
  readonly endedAt: number
}

export interface Question {
  readonly port: number
  readonly agent: Agent
  readonly key: string
  readonly request: number
  readonly id: string
  readonly model: string
  /** 400 unless given. */
  readonly maxTokens?: number
  /** The client goes away after this many events. */
  readonly leaveAfter?: number
}

/** Far beyond every limit of the gateway under test. */
const HUNG_MS = 45_000

/** Why an answer is not whole and yet as it should be. */
export const SHORTENED = 'shortened, as it was said'

type Verdict = Pick<Told, 'fate' | 'why'>

export function ask(question: Question): Promise<Told> {
  const startedAt = Date.now()
  const body = JSON.stringify({
    model: question.model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: question.maxTokens ?? 400,
    messages: [{ role: 'user', content: questionOf(question.request) }],
  })
  return new Promise((resolve) => {
    let text = ''
    const done = (verdict: Verdict): void => {
      clearTimeout(timer)
      resolve({ request: question.request, ...verdict, startedAt, endedAt: Date.now() })
    }
    const outgoing = send({
      host: '127.0.0.1',
      port: question.port,
      agent: question.agent,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {
        authorization: `Bearer ${question.key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-request-id': question.id,
      },
    })
    const timer = setTimeout(() => {
      done({ fate: 'bad', why: 'no end' })
      outgoing.destroy()
    }, HUNG_MS)
    outgoing.once('error', (error) => done({ fate: 'broken', why: error.message }))
    outgoing.once('response', (response) => {
      let events = 0
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (question.leaveAfter === undefined) return
        events += part.split('\n\n').length - 1
        if (events < question.leaveAfter) return
        done({ fate: 'left', why: 'the client left' })
        outgoing.destroy()
      })
      response.once('error', (error) => done({ fate: 'broken', why: error.message }))
      response.once('end', () => {
        const status = response.statusCode ?? 0
        const isClamped = response.headers['x-minnow-clamped'] !== undefined
        done(
          response.complete
            ? judge(status, text, question.request, isClamped)
            : { fate: 'broken', why: 'cut off' },
        )
      })
    })
    outgoing.end(body)
  })
}

interface Chunk {
  readonly error?: { readonly code?: unknown }
  readonly choices?: readonly {
    readonly delta?: { readonly content?: unknown; readonly tool_calls?: unknown }
    readonly finish_reason?: unknown
  }[]
}

const bad = (why: string): Verdict => ({ fate: 'bad', why })

/** What a complete reply is. Where the gateway has said that it lowered the limit, the answer may end there. Pure. */
export function judge(status: number, text: string, request: number, isClamped = false): Verdict {
  if (status !== 200) {
    const error = parse(text)?.error
    return error === undefined ? bad(`status ${status} and no error`) : named(`${status} `, error)
  }
  if (text.includes('\uFFFD')) return bad('a replacement character')
  const frames = text.split('\n\n')
  if (frames.pop() !== '') return bad('an end inside an event')
  const data = frames
    .flatMap((frame) => frame.split('\n'))
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
  const isDone = data.at(-1) === '[DONE]'
  const chunks = data.filter((line) => line !== '[DONE]').map(parse)
  if (chunks.includes(undefined)) return bad('an event that is no JSON')
  const choices = chunks.flatMap((chunk) => chunk?.choices ?? [])
  const said = choices.map(({ delta }) => (typeof delta?.content === 'string' ? delta.content : '')).join('')
  const expected = answerOf(request)
  const reasons = choices
    .map(({ finish_reason: reason }) => reason)
    .filter((reason) => typeof reason === 'string')
  const finishes = reasons.length
  const errors = chunks.filter((chunk) => chunk?.error !== undefined)
  if (errors.length > 0) {
    if (errors.length > 1 || chunks.at(-1)?.error === undefined || isDone) return bad('more after an error')
    if (finishes > 0) return bad('a finish and an error')
    return expected.startsWith(said) ? named('', errors[0]?.error ?? {}) : bad('other words before an error')
  }
  if (choices.some(({ delta }) => delta?.tool_calls !== undefined))
    return bad('half a tool call as a success')
  const isShort = isClamped && isDone && reasons.join() === 'length'
  if (isShort && expected.startsWith(said)) return { fate: 'answered', why: SHORTENED }
  if (said !== expected) {
    const how = `${said.length} of ${expected.length} characters, finish ${reasons.join(', ')}, [DONE]: ${isDone}`
    return bad(`${expected.startsWith(said) ? 'a truncated success' : 'other words'}, ${how}`)
  }
  if (finishes !== 1 || !isDone) return bad(`the whole answer, ${finishes} finishes, [DONE]: ${isDone}`)
  return { fate: 'answered', why: '' }
}

const named = (before: string, error: { readonly code?: unknown }): Verdict => ({
  fate: 'error',
  why: `${before}${String(error.code)}`,
})

function parse(text: string): Chunk | undefined {
  try {
    return JSON.parse(text) as Chunk
  } catch {
    return undefined
  }
}
