// Recorded shapes of Responses streams, shortened: OpenAI's own, and those of servers that send less.
import type { StreamFixture } from '../entry.ts'
import {
  call,
  called,
  ending,
  type Json,
  message,
  opening,
  response,
  said,
  stream,
  thought,
  usage,
} from './shapes.ts'

const ENCRYPTED = 'gAAAAABoISQ24OyVRYbkYfukdJoqdzWT-3uiErKInHDC-lgAaXeky44N'

const refusal = (id: string, text: string): Json => ({
  id,
  type: 'message',
  status: 'completed',
  content: [{ type: 'refusal', refusal: text }],
  role: 'assistant',
})

const REFUSAL = 'I’m sorry, I can’t help with that.'
const place = { item_id: 'msg_r1', output_index: 0, content_index: 0 }

export const streams: readonly StreamFixture[] = [
  {
    name: 'text of many scripts',
    data: stream(
      ...opening,
      ...said('msg_67c9', 0, ['Grüße', ', 世', '界 ', '👩‍🚀', '!']),
      ending('completed', {
        output: [message('msg_67c9', 'Grüße, 世界 👩‍🚀!')],
        usage: usage(1_037, 1_024, 12, 0),
      }),
    ),
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: { input: 13, cacheRead: 1_024, cacheWrite: 0, output: 12, reasoning: 0 },
  },
  {
    name: 'reasoning in two paragraphs, then two function calls',
    data: stream(
      ...opening,
      ...thought(
        'rs_68a1',
        0,
        [
          ['**Weather**', ' first.'],
          ['Then', ' time.'],
        ],
        ENCRYPTED,
      ),
      ...called('fc_68a2', 1, ['call_Aq1', 'get_weather'], ['{"city":', '"Zürich', '"}']),
      ...called('fc_68a3', 2, ['call_Bw2', 'get_time'], ['{}']),
      ending('completed', {
        output: [
          call('fc_68a2', 'call_Aq1', 'get_weather', '{"city":"Zürich"}'),
          call('fc_68a3', 'call_Bw2', 'get_time', '{}'),
        ],
        usage: usage(300, 0, 111, 64, 256),
      }),
    ),
    says: [
      {
        reasoning: '**Weather** first.\n\nThen time.',
        calls: [
          { id: 'call_Aq1', name: 'get_weather', json: '{"city":"Zürich"}' },
          { id: 'call_Bw2', name: 'get_time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 44, cacheRead: 0, cacheWrite: 256, output: 47, reasoning: 64 },
  },
  {
    name: 'commentary between reasoning and a call',
    data: stream(
      ...opening,
      ...thought('rs_1', 0, [], ENCRYPTED),
      ...said('msg_2', 1, ['Let me ', 'look.']),
      ...called('fc_3', 2, ['call_C', 'look'], ['{"at":1}']),
      ending('completed', { output: [message('msg_2', 'Let me look.')], usage: usage(9, 0, 3, 1) }),
    ),
    says: [
      {
        text: 'Let me look.',
        calls: [{ id: 'call_C', name: 'look', json: '{"at":1}' }],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 9, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 1 },
  },
  {
    name: 'a refusal',
    data: stream(
      ...opening,
      [
        'response.output_item.added',
        { output_index: 0, item: { ...refusal('msg_r1', ''), status: 'in_progress', content: [] } },
      ],
      ['response.content_part.added', { ...place, part: { type: 'refusal', refusal: '' } }],
      ['response.refusal.delta', { ...place, delta: 'I’m sorry, ' }],
      ['response.refusal.delta', { ...place, delta: 'I can’t help with that.' }],
      ['response.refusal.done', { ...place, refusal: REFUSAL }],
      ['response.content_part.done', { ...place, part: { type: 'refusal', refusal: REFUSAL } }],
      ['response.output_item.done', { output_index: 0, item: refusal('msg_r1', REFUSAL) }],
      ending('completed', { output: [refusal('msg_r1', REFUSAL)], usage: usage(20, 0, 11, 0) }),
    ),
    says: [{ refusal: REFUSAL, reason: 'stop' }],
    usage: { input: 20, cacheRead: 0, cacheWrite: 0, output: 11, reasoning: 0 },
  },
  {
    name: 'an answer that its limit cut short',
    data: stream(
      ...opening,
      ...said('msg_i', 0, ['Once ', 'upon'], 'incomplete'),
      ending('incomplete', {
        incomplete_details: { reason: 'max_output_tokens' },
        output: [message('msg_i', 'Once upon', 'incomplete')],
        usage: usage(8, 0, 16, 0),
      }),
    ),
    says: [{ text: 'Once upon', reason: 'length' }],
    usage: { input: 8, cacheRead: 0, cacheWrite: 0, output: 16, reasoning: 0 },
  },
  {
    name: 'an answer that a filter stopped, with zeros for usage',
    data: stream(
      ...opening,
      ...said('msg_f', 0, ['How to'], 'incomplete'),
      ending('incomplete', {
        incomplete_details: { reason: 'content_filter' },
        output: [message('msg_f', 'How to', 'incomplete')],
        usage: usage(0, 0, 0, 0),
      }),
    ),
    says: [{ text: 'How to', reason: 'content-filter' }],
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  },
  {
    name: 'a limit that the thoughts used up',
    data: stream(
      ...opening,
      ...thought('rs_l', 0, [], undefined),
      ending('incomplete', {
        incomplete_details: { reason: 'max_output_tokens' },
        usage: usage(8, 0, 64, 64),
      }),
    ),
    says: [{ reason: 'length' }],
    usage: { input: 8, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 64 },
  },
  {
    name: 'a search that the vendor runs, with a citation',
    data: stream(
      ...opening,
      [
        'response.output_item.added',
        {
          output_index: 0,
          item: { id: 'ws_67', type: 'web_search_call', status: 'in_progress', action: { type: 'search' } },
        },
      ],
      ['response.web_search_call.in_progress', { output_index: 0, item_id: 'ws_67' }],
      ['response.web_search_call.searching', { output_index: 0, item_id: 'ws_67' }],
      ['response.web_search_call.completed', { output_index: 0, item_id: 'ws_67' }],
      [
        'response.output_item.done',
        {
          output_index: 0,
          item: {
            id: 'ws_67',
            type: 'web_search_call',
            status: 'completed',
            action: { type: 'search', query: 'x' },
          },
        },
      ],
      ...said('msg_w', 1, ['It rained.']),
      [
        'response.output_text.annotation.added',
        {
          item_id: 'msg_w',
          output_index: 1,
          content_index: 0,
          annotation_index: 0,
          annotation: {
            type: 'url_citation',
            start_index: 0,
            end_index: 9,
            url: 'https://example.com',
            title: 'Rain',
          },
        },
      ],
      ending('completed', { output: [message('msg_w', 'It rained.')], usage: usage(90, 0, 4, 0) }),
    ),
    says: [{ text: 'It rained.', reason: 'stop' }],
    usage: { input: 90, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
  },
  {
    name: 'thoughts in the open, as servers of open models send them',
    data: stream(
      ...opening,
      [
        'response.output_item.added',
        { output_index: 0, item: { id: 'rs_o', type: 'reasoning', summary: [], content: [] } },
      ],
      [
        'response.reasoning_part.added',
        { item_id: 'rs_o', output_index: 0, content_index: 0, part: { type: 'reasoning_text', text: '' } },
      ],
      [
        'response.reasoning_text.delta',
        { item_id: 'rs_o', output_index: 0, content_index: 0, delta: 'Two and ' },
      ],
      [
        'response.reasoning_text.delta',
        { item_id: 'rs_o', output_index: 0, content_index: 0, delta: 'two.' },
      ],
      [
        'response.reasoning_text.done',
        { item_id: 'rs_o', output_index: 0, content_index: 0, text: 'Two and two.' },
      ],
      [
        'response.output_item.done',
        {
          output_index: 0,
          item: {
            id: 'rs_o',
            type: 'reasoning',
            summary: [],
            content: [{ type: 'reasoning_text', text: 'Two and two.' }],
          },
        },
      ],
      ...said('msg_o', 1, ['4']),
      ending('completed', { output: [], usage: usage(5, 0, 9, 0) }),
    ),
    says: [{ text: '4', reasoning: 'Two and two.', reason: 'stop' }],
    usage: { input: 5, cacheRead: 0, cacheWrite: 0, output: 9, reasoning: 0 },
  },
  {
    name: 'arguments and text that come only when they are done',
    data: stream(
      ['response.created', { response: response() }],
      [
        'response.output_item.added',
        { output_index: 0, item: { id: 'msg_d', type: 'message', role: 'assistant', content: [] } },
      ],
      ['response.output_text.done', { item_id: 'msg_d', output_index: 0, content_index: 0, text: 'Hm.' }],
      [
        'response.output_item.added',
        { output_index: 1, item: call('fc_d', 'call_D', 'f', '', 'in_progress') },
      ],
      ['response.function_call_arguments.done', { item_id: 'fc_d', output_index: 1, arguments: '{"a":1}' }],
      ['response.output_item.done', { output_index: 2, item: call('fc_e', 'call_E', 'g', '{"b":2}') }],
      ending('completed', { output: [], usage: usage(7, 0, 8, 0) }),
    ),
    says: [
      {
        text: 'Hm.',
        calls: [
          { id: 'call_D', name: 'f', json: '{"a":1}' },
          { id: 'call_E', name: 'g', json: '{"b":2}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 7, cacheRead: 0, cacheWrite: 0, output: 8, reasoning: 0 },
  },
  {
    name: 'an answer that only its end holds, without usage',
    data: stream(
      ['response.created', { response: response() }],
      ending('completed', { output: [message('msg_e', 'All at once')] }),
    ),
    says: [{ text: 'All at once', reason: 'stop' }],
    usage: undefined,
  },
]
