// What the benchmark's provider says: a whole reply, a stream in one go, a stream at a pace. Pure.

const CREATED = 1_760_000_000
const WORDS =
  'The quick brown fox jumps over the lazy dog and then it sleeps under a tree until the morning comes'
const BURST_CHUNKS = 30
const PACED_CHUNKS = 20
/** Between two chunks of the paced stream. */
export const PACE_MS = 10

/** The provider's names for its models; the request's model decides how it is answered. */
export const BURST_MODEL = 'burst-1'
export const PACED_MODEL = 'paced-1'

const usage = { prompt_tokens: 24, completion_tokens: 30, total_tokens: 54 }

const reply = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: CREATED,
  model: BURST_MODEL,
  system_fingerprint: 'fp_bench',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: WORDS, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
})

export const WHOLE: string =
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${reply.length}\r\n\r\n` + reply

/** One event as one HTTP chunk, as servers write it. */
const httpChunk = (event: string): string => `${event.length.toString(16)}\r\n${event}\r\n`

const event = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: CREATED,
    model: BURST_MODEL,
    system_fingerprint: 'fp_bench',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })}\n\n`

const usageEvent = `data: ${JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: CREATED,
  model: BURST_MODEL,
  choices: [],
  usage,
})}\n\n`

const words = WORDS.split(' ')
const content = (chunks: number): string[] =>
  Array.from({ length: chunks }, (_, index) =>
    httpChunk(event({ content: `${words[index % words.length]} ` }, null)),
  )

export const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n' +
  httpChunk(event({ role: 'assistant', content: '' }, null))

const end = [event({}, 'stop'), usageEvent, 'data: [DONE]\n\n'].map(httpChunk).join('') + '0\r\n\r\n'

/** A stream without a pause: thirty content chunks, the finish, the usage, the end marker. */
export const BURST: string = STREAM_HEAD + content(BURST_CHUNKS).join('') + end

/** A stream a chunk at a time; the first content comes with the head. */
export const PACED: readonly string[] = content(PACED_CHUNKS).map((chunk, index, all) =>
  index === 0 ? STREAM_HEAD + chunk : index === all.length - 1 ? chunk + end : chunk,
)
