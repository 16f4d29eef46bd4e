// Responses requests: ordinary ones, and ones that must be refused with the field at fault.
import type { BadRequest, RequestFixture } from '../entry.ts'

// Kept nowhere: what is kept here, vendors are not told, so it would not come back from them.
const hi = { model: 'big', input: 'Hi', store: false }
const user = (content: unknown) => ({ role: 'user', content })

export const requests: readonly RequestFixture[] = [
  { name: 'plain', body: hi },
  { name: 'streamed', body: { ...hi, stream: true, stream_options: { include_obfuscation: false } } },
  {
    name: 'of every known field',
    body: {
      ...hi,
      instructions: 'Be brief.',
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 3,
      include: [
        'message.output_text.logprobs',
        'reasoning.encrypted_content',
        'web_search_call.action.sources',
      ],
      max_output_tokens: 500,
      max_tool_calls: 3,
      metadata: { a: 'b' },
      parallel_tool_calls: false,
      tool_choice: { type: 'function', name: 'f' },
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'F',
          parameters: { type: 'object', properties: {} },
          strict: true,
        },
        { type: 'custom', name: 'g', format: { type: 'text' } },
        { type: 'web_search', search_context_size: 'low' },
        { type: 'mcp', server_label: 'm', server_url: 'https://example.com/mcp' },
      ],
      reasoning: { effort: 'high', summary: 'detailed' },
      text: {
        verbosity: 'low',
        format: {
          type: 'json_schema',
          name: 's',
          strict: true,
          schema: { type: 'object' },
          description: 'D',
        },
      },
      service_tier: 'flex',
      truncation: 'auto',
      user: 'u',
      safety_identifier: 's',
      prompt_cache_key: 'k',
    },
  },
  {
    name: 'of fields nobody has heard of, at every level',
    body: {
      model: 'big',
      store: false,
      x_unheard: { of: [1] },
      input: [{ ...user([{ type: 'input_text', text: 'Hi', weight: 1 }]), type: 'message', mood: 'gay' }],
      tools: [{ type: 'function', name: 'f', parameters: {}, cache: 1 }],
    },
  },
  {
    name: 'with pictures, sound and files',
    body: {
      model: 'big',
      store: false,
      input: [
        user([
          {
            type: 'input_text',
            text: 'What is this?',
            prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' },
          },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
          { type: 'input_image', file_id: 'file-1', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          { type: 'input_file', file_url: 'https://example.com/a.pdf' },
          { type: 'input_file', file_id: 'file-2' },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ]),
      ],
    },
  },
  {
    name: 'in the middle of a tool turn',
    body: {
      model: 'big',
      store: false,
      input: [
        { role: 'developer', content: 'One' },
        { role: 'system', content: [{ type: 'input_text', text: 'Two' }] },
        user('Weather?'),
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'Look it up.' }],
          encrypted_content: 'gAAAAABm',
        },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Wait.', annotations: [] }],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{' },
        { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'g', input: 'SELECT 1' },
        { type: 'function_call_output', call_id: 'call_1', output: 'sun' },
        {
          type: 'custom_tool_call_output',
          call_id: 'call_2',
          output: [
            { type: 'input_text', text: 'one' },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
          ],
        },
        { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
        { role: 'assistant', content: 'Sunny.' },
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No more.' }] },
        user('Thanks'),
      ],
    },
  },
  {
    name: 'whose optional fields are null',
    body: {
      ...hi,
      max_output_tokens: null,
      instructions: null,
      stream: null,
      stream_options: null,
      tools: null,
      tool_choice: null,
      text: null,
      reasoning: null,
      include: null,
      metadata: null,
      previous_response_id: null,
      conversation: null,
      user: null,
    },
  },
]

export const badRequests: readonly BadRequest[] = [
  { name: 'no object', body: [], param: undefined },
  { name: 'null', body: null, param: undefined },
  { name: 'no input', body: { model: 'big' }, param: 'input' },
  { name: 'empty input', body: { model: 'big', input: [] }, param: 'input' },
  { name: 'an empty text', body: { model: 'big', input: '' }, param: 'input' },
  { name: 'a number for input', body: { model: 'big', input: 5 }, param: 'input' },
  { name: 'an item that is none', body: { model: 'big', input: [user('a'), 5] }, param: 'input[1]' },
  {
    name: 'an unknown role',
    body: { ...hi, input: [{ role: 'robot', content: 'Hi' }] },
    param: 'input[0].role',
  },
  {
    name: 'an item without a role',
    body: { ...hi, input: [user('a'), { content: 'Hi' }] },
    param: 'input[1].role',
  },
  {
    name: 'a message without content',
    body: { ...hi, input: [{ role: 'user' }] },
    param: 'input[0].content',
  },
  { name: 'a number for content', body: { ...hi, input: [user(5)] }, param: 'input[0].content' },
  {
    name: 'a call without an id',
    body: { ...hi, input: [{ type: 'function_call', name: 'f', arguments: '{}' }] },
    param: 'input[0].call_id',
  },
  {
    name: 'arguments that are no text',
    body: { ...hi, input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] },
    param: 'input[0].arguments',
  },
  {
    name: 'a result without output',
    body: { ...hi, input: [{ type: 'function_call_output', call_id: 'c' }] },
    param: 'input[0].output',
  },
  {
    name: 'a summary that is no list',
    body: { ...hi, input: [{ type: 'reasoning', summary: 'Hm' }] },
    param: 'input[0].summary',
  },
  { name: 'a model of the wrong type', body: { ...hi, model: 5 }, param: 'model' },
  { name: 'instructions that are no text', body: { ...hi, instructions: ['a'] }, param: 'instructions' },
  { name: 'a temperature of the wrong type', body: { ...hi, temperature: 'hot' }, param: 'temperature' },
  { name: 'a temperature out of range', body: { ...hi, temperature: 3 }, param: 'temperature' },
  { name: 'no output', body: { ...hi, max_output_tokens: 0 }, param: 'max_output_tokens' },
  { name: 'half a token', body: { ...hi, max_output_tokens: 1.5 }, param: 'max_output_tokens' },
  { name: 'a stream that is not true or false', body: { ...hi, stream: 'yes' }, param: 'stream' },
  { name: 'tools that are no list', body: { ...hi, tools: {} }, param: 'tools' },
  {
    name: 'a schema that is none',
    body: { ...hi, text: { format: { type: 'json_schema', name: 's', schema: 'x' } } },
    param: 'text.format.schema',
  },
  {
    name: 'a schema without a name',
    body: { ...hi, text: { format: { type: 'json_schema', schema: {} } } },
    param: 'text.format.name',
  },
  {
    name: 'two histories',
    body: { ...hi, previous_response_id: 'resp_1', conversation: 'conv_1' },
    param: 'previous_response_id',
  },
]
