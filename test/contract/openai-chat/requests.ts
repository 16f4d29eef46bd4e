// Chat completion requests: ordinary ones, and ones that must be refused with the field at fault.
import type { BadRequest, RequestFixture } from '../entry.ts'

const ask = (content: unknown) => ({ role: 'user', content })
const hi = { model: 'big', messages: [ask('Hi')] }

export const requests: readonly RequestFixture[] = [
  { name: 'plain', body: hi },
  {
    name: 'streamed, with usage',
    body: { ...hi, stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
  },
  {
    name: 'of every known field',
    body: {
      ...hi,
      n: 2,
      seed: 7,
      stop: ['a', 'b'],
      temperature: 0.5,
      top_p: 0.9,
      logprobs: true,
      top_logprobs: 3,
      user: 'u',
      frequency_penalty: 1,
      presence_penalty: -1,
      logit_bias: { '50256': -100 },
      metadata: { a: 'b' },
      store: false,
      parallel_tool_calls: false,
      tool_choice: 'auto',
      service_tier: 'flex',
      reasoning_effort: 'low',
      verbosity: 'low',
      modalities: ['text'],
      prediction: { type: 'content', content: 'x' },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 's', strict: true, schema: { type: 'object' } },
      },
    },
  },
  {
    name: 'of fields nobody has heard of, at every level',
    body: {
      model: 'big',
      chat_template_kwargs: { enable_thinking: false },
      messages: [
        {
          ...ask([{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }]),
          name: 'ada',
          weight: 0,
        },
      ],
      tools: [{ type: 'function', function: { name: 'f', strict: true, parameters: {} }, cache: 1 }],
    },
  },
  {
    name: 'with pictures, sound and files',
    body: {
      model: 'big',
      messages: [
        ask([
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          { type: 'file', file: { file_id: 'f' } },
        ]),
      ],
    },
  },
  {
    name: 'in the middle of a tool turn',
    body: {
      model: 'big',
      messages: [
        { role: 'system', content: 'One' },
        { role: 'system', content: 'Two' },
        ask('Weather?'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{' } }],
          reasoning_content: 'hm',
        },
        { role: 'tool', tool_call_id: 'c', content: 'sun' },
        { role: 'assistant', tool_calls: [{ id: 'd', type: 'custom', custom: { name: 'g', input: 'x' } }] },
        { role: 'tool', tool_call_id: 'd', content: [{ type: 'text', text: 'rain' }] },
        { role: 'function', name: 'old', content: 'kept' },
        { role: 'assistant', content: '' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: null } },
        { type: 'custom', custom: { name: 'g' } },
      ],
    },
  },
  {
    name: 'whose optional fields are null',
    body: {
      ...hi,
      max_tokens: null,
      max_completion_tokens: null,
      stop: null,
      stream: null,
      stream_options: null,
      tools: null,
      n: null,
    },
  },
]

export const badRequests: readonly BadRequest[] = [
  { name: 'no object', body: [], param: undefined },
  { name: 'null', body: null, param: undefined },
  { name: 'no messages', body: { model: 'big' }, param: 'messages' },
  { name: 'empty messages', body: { ...hi, messages: [] }, param: 'messages' },
  { name: 'messages as text', body: { ...hi, messages: 'Hi' }, param: 'messages' },
  {
    name: 'an unknown role',
    body: { ...hi, messages: [{ role: 'robot', content: 'Hi' }] },
    param: 'messages[0].role',
  },
  {
    name: 'a message without a role',
    body: { ...hi, messages: [ask('a'), { content: 'Hi' }] },
    param: 'messages[1].role',
  },
  { name: 'a number for content', body: { ...hi, messages: [ask(5)] }, param: 'messages[0].content' },
  { name: 'a model of the wrong type', body: { ...hi, model: 5 }, param: 'model' },
  { name: 'a temperature of the wrong type', body: { ...hi, temperature: 'hot' }, param: 'temperature' },
  { name: 'a temperature out of range', body: { ...hi, temperature: 3 }, param: 'temperature' },
  { name: 'no output', body: { ...hi, max_tokens: 0 }, param: 'max_tokens' },
  { name: 'half a token', body: { ...hi, max_completion_tokens: 1.5 }, param: 'max_completion_tokens' },
  { name: 'a stream that is not true or false', body: { ...hi, stream: 'yes' }, param: 'stream' },
  { name: 'tools that are no list', body: { ...hi, tools: {} }, param: 'tools' },
]
