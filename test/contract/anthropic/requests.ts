// Messages requests: ordinary ones, and ones that must be refused with the field at fault.
import type { BadRequest, RequestFixture } from '../entry.ts'

const ask = (content: unknown) => ({ role: 'user', content })
const hi = { model: 'big', max_tokens: 1_024, messages: [ask('Hi')] }

export const requests: readonly RequestFixture[] = [
  { name: 'plain', body: hi },
  { name: 'streamed', body: { ...hi, stream: true } },
  {
    name: 'of every known field',
    body: {
      ...hi,
      system: [
        { type: 'text', text: 'One', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'Two' },
      ],
      stop_sequences: ['a', 'b'],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
      tools: [
        { name: 'f', description: 'F.', input_schema: { type: 'object' }, strict: true },
        { type: 'custom', name: 'g', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 5 },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    },
  },
  {
    name: 'of fields nobody has heard of, at every level',
    body: {
      ...hi,
      container: 'c_1',
      cache_control: { type: 'ephemeral' },
      inference_geo: 'eu',
      messages: [
        {
          ...ask([
            { type: 'text', text: 'Hi', weight: 1 },
            { type: 'hologram', of: 'x' },
          ]),
          mood: 'calm',
        },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object' }, defer_loading: true }],
      output_config: { task_budget: { type: 'tokens', total: 20_000 } },
    },
  },
  {
    name: 'with pictures and documents',
    body: {
      ...hi,
      messages: [
        ask([
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
            title: 'T',
          },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'Once.' },
            title: 'Tale',
          },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'Twice.' }] } },
          {
            type: 'search_result',
            source: 'https://a.example',
            title: 'A',
            content: [{ type: 'text', text: 'x' }],
          },
          { type: 'text', text: 'What is this?' },
        ]),
      ],
    },
  },
  {
    name: 'in the middle of a tool turn',
    body: {
      ...hi,
      system: 'Be brief.',
      messages: [
        ask('Weather?'),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'EqQB' },
            { type: 'redacted_thinking', data: 'Emw' },
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
            { type: 'tool_use', id: 'toolu_2', name: 'f', input: {} },
          ],
        },
        ask([
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sun' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_2',
            is_error: true,
            content: [{ type: 'text', text: 'rain', cache_control: { type: 'ephemeral' } }],
          },
          { type: 'text', text: 'Well?' },
        ]),
        { role: 'system', content: 'Answer in verse.' },
        { role: 'assistant', content: 'The sky' },
      ],
    },
  },
  {
    name: 'whose optional fields are null',
    body: {
      ...hi,
      system: null,
      stop_sequences: null,
      stream: null,
      tools: null,
      tool_choice: null,
      thinking: null,
      metadata: null,
      temperature: null,
      service_tier: null,
    },
  },
]

export const badRequests: readonly BadRequest[] = [
  { name: 'no object', body: [], param: undefined },
  { name: 'null', body: null, param: undefined },
  { name: 'no messages', body: { model: 'big', max_tokens: 5 }, param: 'messages' },
  { name: 'empty messages', body: { ...hi, messages: [] }, param: 'messages' },
  { name: 'messages as text', body: { ...hi, messages: 'Hi' }, param: 'messages' },
  {
    name: 'an unknown role',
    body: { ...hi, messages: [{ role: 'tool', content: 'Hi' }] },
    param: 'messages[0].role',
  },
  {
    name: 'a message without content',
    body: { ...hi, messages: [{ role: 'user' }] },
    param: 'messages[0].content',
  },
  { name: 'a number for content', body: { ...hi, messages: [ask(5)] }, param: 'messages[0].content' },
  {
    name: 'a block without a type',
    body: { ...hi, messages: [ask('a'), ask([{ text: 'Hi' }])] },
    param: 'messages[1].content[0].type',
  },
  {
    name: 'a text block without text',
    body: { ...hi, messages: [ask([{ type: 'text' }])] },
    param: 'messages[0].content[0].text',
  },
  {
    name: 'a result of no call',
    body: { ...hi, messages: [ask([{ type: 'tool_result', content: 'x' }])] },
    param: 'messages[0].content[0].tool_use_id',
  },
  { name: 'a system of the wrong type', body: { ...hi, system: 5 }, param: 'system' },
  { name: 'a model of the wrong type', body: { ...hi, model: 5 }, param: 'model' },
  { name: 'a temperature of the wrong type', body: { ...hi, temperature: 'hot' }, param: 'temperature' },
  { name: 'a limit below nothing', body: { ...hi, max_tokens: -1 }, param: 'max_tokens' },
  { name: 'half a token', body: { ...hi, max_tokens: 1.5 }, param: 'max_tokens' },
  { name: 'a stream that is not true or false', body: { ...hi, stream: 'yes' }, param: 'stream' },
  { name: 'tools that are no list', body: { ...hi, tools: {} }, param: 'tools' },
  { name: 'a choice of no tool', body: { ...hi, tool_choice: { type: 'tool' } }, param: 'tool_choice.name' },
  {
    name: 'a choice nobody knows',
    body: { ...hi, tool_choice: { type: 'some' } },
    param: 'tool_choice.type',
  },
]
