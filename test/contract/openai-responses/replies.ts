// Whole Responses as servers send them, shortened.
import type { ReplyFixture } from '../entry.ts'
import { call, type Json, message, response, usage } from './shapes.ts'

const body = (more: Json): string =>
  JSON.stringify(response({ status: 'completed', completed_at: 1_741_476_543, ...more }))

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text, with cached tokens',
    body: body({
      output: [message('msg_1', 'Grüße, 世界 👩‍🚀!')],
      service_tier: 'default',
      usage: usage(1_117, 1_000, 46, 6),
    }),
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: { input: 117, cacheRead: 1_000, cacheWrite: 0, output: 40, reasoning: 6 },
  },
  {
    name: 'reasoning and calls in parallel',
    body: body({
      output: [
        {
          id: 'rs_1',
          type: 'reasoning',
          encrypted_content: 'gAAAAABm',
          summary: [{ type: 'summary_text', text: 'Both.' }],
        },
        call('fc_1', 'call_1', 'weather', '{"city":"Rom"}'),
        call('fc_2', 'call_2', 'time', '{}'),
      ],
      usage: usage(10, 0, 30, 20),
    }),
    says: [
      {
        reasoning: 'Both.',
        calls: [
          { id: 'call_1', name: 'weather', json: '{"city":"Rom"}' },
          { id: 'call_2', name: 'time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 10, cacheRead: 0, cacheWrite: 0, output: 10, reasoning: 20 },
  },
  {
    name: 'a refusal after a few words',
    body: body({
      output: [
        {
          id: 'msg_1',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'Well. ', annotations: [] },
            { type: 'refusal', refusal: 'No.' },
          ],
        },
      ],
      usage: usage(3, 0, 2, 0),
    }),
    says: [{ text: 'Well. ', refusal: 'No.', reason: 'stop' }],
    usage: { input: 3, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
  },
  {
    name: 'an answer that its limit left empty, with zeros for usage',
    body: body({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [],
      usage: usage(0, 0, 0, 0),
    }),
    says: [{ reason: 'length' }],
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  },
  {
    name: 'thoughts in the open, no status and no usage',
    body: JSON.stringify({
      id: 'resp_x',
      object: 'response',
      created_at: 1,
      model: 'gpt-oss-20b',
      output: [
        { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] },
        message('msg_1', 'Yes'),
      ],
    }),
    says: [{ text: 'Yes', reasoning: 'Hm', reason: 'stop' }],
    usage: undefined,
  },
]
