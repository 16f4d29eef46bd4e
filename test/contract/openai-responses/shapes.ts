// Responses events and objects in the shapes that servers send, numbered as they number them.
export type Json = Readonly<Record<string, unknown>>

export const ID = 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b'

/** A Response as OpenAI repeats it in every lifecycle event. */
export const response = (more: Json = {}): Json => ({
  id: ID,
  object: 'response',
  created_at: 1_741_476_542,
  status: 'in_progress',
  background: false,
  completed_at: null,
  error: null,
  frequency_penalty: 0,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  model: 'gpt-5.2-2025-12-11',
  output: [],
  parallel_tool_calls: true,
  presence_penalty: 0,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: null,
  reasoning: { effort: 'medium', summary: null },
  safety_identifier: null,
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 0.98,
  truncation: 'disabled',
  usage: null,
  user: null,
  metadata: {},
  ...more,
})

export const usage = (
  input: number,
  cached: number,
  output: number,
  reasoning: number,
  written = 0,
): Json => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
})

/** The data of a stream: the events in order, numbered from zero. */
export const stream = (...events: readonly (readonly [type: string, fields: Json])[]): string[] =>
  events.map(([type, fields], at) => JSON.stringify({ type, ...fields, sequence_number: at }))

export const opening: readonly (readonly [string, Json])[] = [
  ['response.created', { response: response() }],
  ['response.in_progress', { response: response() }],
]

export const ending = (status: string, more: Json): readonly [string, Json] => [
  `response.${status}`,
  { response: response({ status, ...more }) },
]

const part = (text: string): Json => ({ type: 'output_text', annotations: [], logprobs: [], text })

export const message = (id: string, text: string, status = 'completed'): Json => ({
  id,
  type: 'message',
  status,
  content: [part(text)],
  role: 'assistant',
})

/** A message in pieces, as OpenAI sends it, with the padding that hides how long each is. */
export function said(
  id: string,
  index: number,
  deltas: readonly string[],
  status = 'completed',
): (readonly [string, Json])[] {
  const place = { item_id: id, output_index: index, content_index: 0 }
  const text = deltas.join('')
  return [
    [
      'response.output_item.added',
      {
        output_index: index,
        item: { id, type: 'message', status: 'in_progress', content: [], role: 'assistant' },
      },
    ],
    ['response.content_part.added', { ...place, part: part('') }],
    ...deltas.map((delta): readonly [string, Json] => [
      'response.output_text.delta',
      { ...place, delta, logprobs: [], obfuscation: 'Wd6S45xQ7SyQLT' },
    ]),
    ['response.output_text.done', { ...place, text, logprobs: [] }],
    ['response.content_part.done', { ...place, part: part(text) }],
    ['response.output_item.done', { output_index: index, item: message(id, text, status) }],
  ]
}

export const call = (id: string, callId: string, name: string, json: string, status = 'completed'): Json => ({
  id,
  type: 'function_call',
  status,
  arguments: json,
  call_id: callId,
  name,
})

export function called(
  id: string,
  index: number,
  [callId, name]: readonly [string, string],
  pieces: readonly string[],
): (readonly [string, Json])[] {
  const place = { item_id: id, output_index: index }
  const json = pieces.join('')
  return [
    ['response.output_item.added', { output_index: index, item: call(id, callId, name, '', 'in_progress') }],
    ...pieces.map((delta): readonly [string, Json] => [
      'response.function_call_arguments.delta',
      { ...place, delta, obfuscation: 'x8' },
    ]),
    ['response.function_call_arguments.done', { ...place, arguments: json }],
    ['response.output_item.done', { output_index: index, item: call(id, callId, name, json) }],
  ]
}

const summary = (text: string): Json => ({ type: 'summary_text', text })

export function thought(
  id: string,
  index: number,
  parts: readonly (readonly string[])[],
  encrypted?: string,
): (readonly [string, Json])[] {
  const texts = parts.map((deltas) => deltas.join(''))
  const item = (whole: boolean): Json => ({
    id,
    type: 'reasoning',
    ...(encrypted === undefined ? {} : { encrypted_content: whole ? encrypted : encrypted.slice(0, 9) }),
    summary: whole ? texts.map(summary) : [],
  })
  return [
    ['response.output_item.added', { output_index: index, item: item(false) }],
    ...parts.flatMap((deltas, at): (readonly [string, Json])[] => {
      const place = { item_id: id, output_index: index, summary_index: at }
      const text = deltas.join('')
      return [
        ['response.reasoning_summary_part.added', { ...place, part: summary('') }],
        ...deltas.map((delta): readonly [string, Json] => [
          'response.reasoning_summary_text.delta',
          { ...place, delta, obfuscation: 'aQ1' },
        ]),
        ['response.reasoning_summary_text.done', { ...place, text }],
        ['response.reasoning_summary_part.done', { ...place, part: summary(text) }],
      ]
    }),
    ['response.output_item.done', { output_index: index, item: item(true) }],
  ]
}
