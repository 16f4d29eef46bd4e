// OpenAI's Responses API as the vendor writes it, whole and as a stream of numbered events; it keeps what it said.
// Sources: https://platform.openai.com/docs/api-reference/responses, .../responses-streaming
import { type Ask, forcedOf, type Head, said, type Said } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import { openaiFailure } from './openai-failure.ts'
import { itemEvents, type Item, itemsOf } from './responses-items.ts'
import { checkResponses, type Shelf } from './responses-rules.ts'
import { bearerOf, eventOf, type Fields, isFields, type StreamEvent, type Wire } from './wire.ts'

function readAsk(body: Fields, items: readonly Fields[], model: string): Ask {
  const text = isFields(body['text']) ? body['text'] : {}
  const format = isFields(text['format']) ? text['format'] : {}
  const limit = body['max_output_tokens']
  const choice = body['tool_choice']
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isFields) : []
  return {
    model,
    stream: body['stream'] === true,
    choices: 1,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: [],
    schema: format['type'] === 'json_object' ? true : format['schema'],
    forced: forcedOf(
      tools.map(({ name, parameters }) => ({ name: String(name), parameters })),
      isFields(choice) || choice === 'required',
      isFields(choice) ? choice['name'] : undefined,
    ),
    prompt: [body['instructions'], items, body['tools']],
  }
}

/** As in OpenAI's objects: cached tokens inside the input's, reasoning inside the output's. */
function usageOf({ usage }: Said): Fields | null {
  if (usage === undefined) return null
  return {
    input_tokens: usage.prompt,
    input_tokens_details: {
      cached_tokens: usage.cached,
      ...(usage.cacheWrite === 0 ? {} : { cache_write_tokens: usage.cacheWrite }),
    },
    output_tokens: usage.completion,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.prompt + usage.completion,
  }
}

/** What the answer repeats of the question, with the defaults filled in. */
function echoOf(body: Fields, head: Head, model: string): Fields {
  const reasoning = isFields(body['reasoning']) ? body['reasoning'] : {}
  return {
    id: `resp_lab${head.count}`,
    object: 'response',
    created_at: head.created,
    background: false,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    metadata: body['metadata'] ?? {},
    model,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: body['text'] ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    user: body['user'] ?? null,
  }
}

interface Written {
  readonly echo: Fields
  readonly items: readonly Item[]
  readonly end: Fields
  readonly type: 'response.completed' | 'response.incomplete'
}

function write(ask: Ask, body: Fields, behaviour: Behaviour, head: Head): Written {
  const answer = said(ask, behaviour)
  const include = Array.isArray(body['include']) ? body['include'] : []
  const reasoning = isFields(body['reasoning']) ? body['reasoning'] : {}
  const items = itemsOf(answer, head, {
    isSummarized: behaviour.redacted !== true && typeof reasoning['summary'] === 'string',
    isSealed: include.includes('reasoning.encrypted_content'),
  })
  const isCut = answer.stop === 'length'
  const end = {
    status: isCut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: items.map(({ whole }) => whole),
    usage: usageOf(answer),
  }
  return {
    echo: echoOf(body, head, ask.model),
    items,
    end,
    type: isCut ? 'response.incomplete' : 'response.completed',
  }
}

function writeEvents({ echo, items, end, type }: Written, behaviour: Behaviour): readonly StreamEvent[] {
  const begun = {
    ...echo,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
  }
  const events: Fields[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap((item, at) => itemEvents(item, at)),
  ]
  if (behaviour.done !== false) events.push({ type, response: { ...echo, ...end } })
  return events.map((event, at) => eventOf({ ...event, sequence_number: at }, String(event['type'])))
}

/** The vendor remembers answers unless told not to, so every server has one of its own. */
export function openResponses(): Wire {
  const shelf: Shelf = { items: new Map(), threads: new Map() }
  const keep = (asked: readonly Fields[], { echo, items }: Written): void => {
    const whole = items.map((item) => item.whole)
    const thought = whole.find(({ type }) => type === 'reasoning')?.['id']
    for (const item of whole) {
      const led = item['type'] === 'reasoning' || typeof thought !== 'string' ? undefined : thought
      shelf.items.set(String(item['id']), { item, thought: led })
    }
    shelf.threads.set(String(echo['id']), [...asked, ...whole])
  }
  return {
    ...openaiFailure,
    name: 'openai-responses',
    address: /^\/v1\/responses$/,
    keyOf: bearerOf,
    answer(request, behaviour, head) {
      const { body, items } = checkResponses(request, shelf)
      const ask = readAsk(body, items, request.model)
      const written = write(ask, body, behaviour, head)
      if (body['store'] !== false) keep(items, written)
      if (!ask.stream) return { whole: { ...written.echo, ...written.end } }
      return { events: writeEvents(written, behaviour), lead: 2 }
    },
    failureEvent: (message) =>
      eventOf({ type: 'error', code: 'server_error', message, param: null, sequence_number: 999 }, 'error'),
  }
}
