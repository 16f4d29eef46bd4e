// What vendors' documentation says of their wires, record by record: a question, and the fields that it becomes.
import { expect } from 'vitest'
import type { Message, ModelRequest, ReasoningEffort } from '../../shared/request.ts'
import { everything } from '../../tools/data/question.ts'

/** A question with nothing in it but a greeting. */
export const hello: ModelRequest = {
  model: 'big',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  stream: true,
  streamUsage: false,
  choices: 1,
  format: { type: 'text' },
  sampling: {},
  limits: { maxOutput: 100 },
  native: { dialect: 'none', body: {} },
}

const { tools } = everything
const said: Message = { role: 'assistant', parts: [{ type: 'text', text: 'The answer is' }] }
const called = everything.messages.slice(1)
const json: Partial<ModelRequest> = { format: { type: 'json' } }
const schema: Partial<ModelRequest> = { format: everything.format }
const effort = (word: ReasoningEffort): Partial<ModelRequest> => ({
  reasoning: { effort: word },
})

/** `without` are fields that the body may not have, `dropped` all that is said to be left out. */
export interface Row {
  readonly vendor: string
  readonly says: string
  readonly model?: string
  readonly ask: Partial<ModelRequest>
  readonly body?: object
  readonly without?: readonly string[]
  readonly dropped?: readonly string[]
}

export const rows: readonly Row[] = [
  {
    vendor: 'openai',
    says: 'instructions keep the role',
    ask: { messages: [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }] },
    body: { messages: [{ role: 'developer', content: 'x' }] },
  },
  {
    vendor: 'openai',
    says: 'models that think take no sampling',
    model: 'o3',
    ask: { sampling: { temperature: 0.5, stop: ['x'] } },
    without: ['temperature', 'stop'],
    dropped: ['temperature', 'stop'],
  },
  {
    vendor: 'openai',
    says: 'models that do not, do',
    model: 'gpt-4.1',
    ask: { sampling: { temperature: 0.5, stop: ['x'] } },
    body: { temperature: 0.5, stop: ['x'], max_tokens: 100 },
  },
  {
    vendor: 'openai',
    says: 'some efforts are not of the oldest',
    model: 'o3',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'high', max_completion_tokens: 100 },
  },
  {
    vendor: 'openai',
    says: 'models that do not think are not told to',
    model: 'gpt-4.1',
    ask: effort('high'),
    without: ['reasoning_effort'],
    dropped: ['reasoning_effort'],
  },

  {
    vendor: 'mistral',
    says: 'a seed is random_seed',
    ask: { sampling: { seed: 7 } },
    body: { random_seed: 7 },
    without: ['seed'],
  },
  {
    vendor: 'mistral',
    says: 'one of the tools is any',
    ask: { tools, toolChoice: 'required' },
    body: { tool_choice: 'any' },
  },
  {
    vendor: 'mistral',
    says: 'calls have ids of nine characters',
    ask: { tools, messages: called },
    body: {
      messages: [
        {},
        { tool_calls: [{ id: expect.stringMatching(/^[a-zA-Z0-9]{9}$/) }] },
        { tool_call_id: expect.stringMatching(/^[a-zA-Z0-9]{9}$/) },
      ],
    },
  },
  {
    vendor: 'mistral',
    says: 'a beginning is continued',
    ask: { messages: [...hello.messages, said] },
    body: { messages: [{}, { role: 'assistant', prefix: true }] },
  },
  {
    vendor: 'mistral',
    says: 'thinking is on or off',
    ask: effort('low'),
    body: { reasoning_effort: 'high' },
  },
  { vendor: 'mistral', says: 'usage comes unasked', ask: { stream: true }, without: ['stream_options'] },

  {
    vendor: 'groq',
    says: 'some fields are answered with 400',
    ask: { choices: 2, sampling: { topLogprobs: 2, logitBias: { '1': 1 }, presencePenalty: 1 } },
    without: ['n', 'logprobs', 'top_logprobs', 'logit_bias', 'presence_penalty'],
    dropped: ['n', 'logprobs', 'logit_bias', 'presence_penalty'],
  },
  {
    vendor: 'groq',
    says: 'messages bear no names',
    ask: { messages: [{ role: 'user', name: 'ann', parts: [{ type: 'text', text: 'Hi' }] }] },
    body: { messages: [{ role: 'user', content: 'Hi' }] },
    dropped: ['name'],
  },
  {
    vendor: 'groq',
    says: 'Qwen thinks by default, or not',
    model: 'qwen/qwen3-32b',
    ask: effort('high'),
    body: { reasoning_effort: 'default' },
  },
  {
    vendor: 'groq',
    says: 'Qwen thinks by default, or not',
    model: 'qwen/qwen3-32b',
    ask: effort('none'),
    body: { reasoning_effort: 'none' },
  },
  {
    vendor: 'groq',
    says: 'gpt-oss always thinks',
    model: 'openai/gpt-oss-120b',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'high' },
  },
  {
    vendor: 'groq',
    says: 'Llama does not',
    model: 'llama-3.3-70b-versatile',
    ask: effort('high'),
    without: ['reasoning_effort'],
    dropped: ['reasoning_effort'],
  },

  {
    vendor: 'together',
    says: 'log-probabilities are a number',
    ask: { sampling: { topLogprobs: 4 } },
    body: { logprobs: 4 },
    without: ['top_logprobs'],
  },
  {
    vendor: 'together',
    says: 'thinking has a switch',
    ask: effort('none'),
    body: { reasoning: { enabled: false } },
    without: ['reasoning_effort'],
  },

  {
    vendor: 'fireworks',
    says: 'the highest effort is max',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'max' },
    without: ['thinking'],
  },
  {
    vendor: 'fireworks',
    says: 'or a number of tokens',
    ask: { reasoning: { budgetTokens: 4096 } },
    body: { thinking: { type: 'enabled', budget_tokens: 4096 } },
    without: ['reasoning_effort'],
  },

  {
    vendor: 'deepseek',
    says: 'JSON has no schema, and the word must be said',
    ask: schema,
    body: {
      response_format: { type: 'json_object' },
      messages: [{ content: expect.stringMatching(/JSON/) }, {}],
    },
    dropped: ['response_format'],
  },
  {
    vendor: 'deepseek',
    says: 'thinking has a switch',
    ask: effort('none'),
    body: { thinking: { type: 'disabled' } },
    without: ['reasoning_effort'],
  },
  {
    vendor: 'deepseek',
    says: 'thoughts come back beside calls, empty where there were none',
    ask: { tools, messages: called },
    body: { messages: [{}, { reasoning_content: '' }, {}] },
  },
  {
    vendor: 'deepseek',
    says: 'a user is user_id',
    ask: { user: 'u-1' },
    body: { user_id: 'u-1' },
    without: ['user'],
  },

  {
    vendor: 'xai',
    says: 'models that think refuse stops and penalties',
    model: 'grok-4.3',
    ask: { sampling: { stop: ['x'], frequencyPenalty: 1 } },
    without: ['stop', 'frequency_penalty'],
    dropped: ['stop', 'frequency_penalty'],
  },
  {
    vendor: 'xai',
    says: 'the others take them',
    model: 'grok-3',
    ask: { sampling: { stop: ['x'] } },
    body: { stop: ['x'] },
  },
  {
    vendor: 'xai',
    says: 'not all that think can be told how much',
    model: 'grok-4',
    ask: effort('high'),
    without: ['reasoning_effort'],
    dropped: ['reasoning_effort'],
  },
  {
    vendor: 'xai',
    says: 'grok-3-mini knows two efforts',
    model: 'grok-3-mini',
    ask: effort('medium'),
    body: { reasoning_effort: expect.stringMatching(/^(?:low|high)$/) },
  },

  {
    vendor: 'perplexity',
    says: 'there are no tools',
    ask: { tools, toolChoice: 'required' },
    without: ['tools', 'tool_choice'],
    dropped: ['tool_choice', 'tools'],
  },
  {
    vendor: 'perplexity',
    says: 'a schema, but no plain JSON',
    ask: json,
    without: ['response_format'],
    dropped: ['response_format'],
  },
  {
    vendor: 'perplexity',
    says: 'a schema, but no plain JSON',
    ask: schema,
    body: { response_format: { type: 'json_schema' } },
  },

  { vendor: 'cohere', says: 'thinking is on or off', ask: effort('low'), body: { reasoning_effort: 'high' } },
  {
    vendor: 'cohere',
    says: 'a choice among tools is not on the list',
    ask: { tools, toolChoice: 'required' },
    body: { tools: [{}] },
    without: ['tool_choice'],
    dropped: ['tool_choice'],
  },

  {
    vendor: 'cerebras',
    says: 'instructions are the system',
    ask: { messages: [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }] },
    body: { messages: [{ role: 'system', content: 'x' }], max_completion_tokens: 100 },
  },
  {
    vendor: 'deepinfra',
    says: 'no call can be forced',
    ask: { tools, toolChoice: 'required' },
    without: ['tool_choice'],
    dropped: ['tool_choice'],
  },
  {
    vendor: 'deepinfra',
    says: 'but none can be asked for',
    ask: { tools, toolChoice: 'none' },
    body: { tool_choice: 'none' },
  },
  {
    vendor: 'nvidia',
    says: 'GLM thinks by its template',
    model: 'z-ai/glm5',
    ask: effort('none'),
    body: { chat_template_kwargs: { enable_thinking: false } },
    without: ['reasoning_effort'],
  },

  {
    vendor: 'openrouter',
    says: 'thinking is an object',
    ask: effort('minimal'),
    body: { reasoning: { effort: 'minimal' } },
    without: ['reasoning_effort'],
  },
  {
    vendor: 'openrouter',
    says: 'also by tokens',
    ask: { reasoning: { budgetTokens: 2000 } },
    body: { reasoning: { max_tokens: 2000 } },
  },
  {
    vendor: 'openrouter',
    says: 'marks for caches are understood',
    ask: { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi', cache: '5m' }] }] },
    body: { messages: [{ content: [{ text: 'Hi', cache_control: { type: 'ephemeral' } }] }] },
  },
  {
    vendor: 'together',
    says: 'marks for caches are not',
    ask: { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi', cache: '5m' }] }] },
    body: { messages: [{ role: 'user', content: 'Hi' }] },
  },

  {
    vendor: 'moonshot',
    says: 'sampling is fixed',
    model: 'kimi-k2.6',
    ask: { sampling: { temperature: 0.5, topP: 0.9 } },
    without: ['temperature', 'top_p'],
    dropped: ['temperature', 'top_p'],
  },
  {
    vendor: 'moonshot',
    says: 'elsewhere a temperature ends at 1',
    model: 'moonshot-v1-8k',
    ask: { sampling: { temperature: 1.5 } },
    body: { temperature: 1 },
    dropped: ['temperature'],
  },
  {
    vendor: 'moonshot',
    says: 'K3 thinks low, high or max',
    model: 'kimi-k3',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'max' },
  },
  {
    vendor: 'moonshot',
    says: 'K2.6 has a switch',
    model: 'kimi-k2.6',
    ask: effort('none'),
    body: { thinking: { type: 'disabled' } },
  },
  {
    vendor: 'moonshot',
    says: 'a beginning is partial',
    ask: { messages: [...hello.messages, said] },
    body: { messages: [{}, { role: 'assistant', partial: true }] },
  },
  {
    vendor: 'moonshot',
    says: 'a user is safety_identifier',
    ask: { user: 'u-1' },
    body: { safety_identifier: 'u-1' },
    without: ['user'],
  },

  {
    vendor: 'zai',
    says: 'thinking has a switch',
    model: 'glm-4.7',
    ask: effort('none'),
    body: { thinking: { type: 'disabled' } },
  },
  {
    vendor: 'zai',
    says: 'the newest always think',
    model: 'glm-5.3',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'max' },
  },
  {
    vendor: 'zai',
    says: 'tools are never strict, never forced',
    ask: { tools, toolChoice: { name: 'weather' } },
    body: {
      tools: [
        {
          function: expect.not.objectContaining({ strict: true }),
        },
      ],
    },
    without: ['tool_choice'],
    dropped: ['tool_choice'],
  },

  {
    vendor: 'qwen',
    says: 'thinking has a switch and counts tokens',
    ask: { reasoning: { budgetTokens: 4000 } },
    body: { enable_thinking: true, thinking_budget: 4000 },
  },
  {
    vendor: 'qwen',
    says: 'an open model thinks only in streams',
    model: 'qwen3-32b',
    ask: { ...effort('high'), stream: false },
    body: { enable_thinking: false },
    dropped: ['reasoning_effort'],
  },
  {
    vendor: 'qwen',
    says: 'its own do not care',
    model: 'qwen-plus',
    ask: { stream: false },
    without: ['enable_thinking'],
  },

  {
    vendor: 'sambanova',
    says: 'thinking is the template’s',
    ask: effort('none'),
    body: { chat_template_kwargs: { enable_thinking: false } },
  },
  { vendor: 'novita', says: 'thinking has a switch', ask: effort('low'), body: { enable_thinking: true } },

  {
    vendor: 'tgi',
    says: 'a schema is a grammar',
    ask: schema,
    body: {
      response_format: { type: 'json_schema', value: { name: 'weather', schema: { type: 'object' } } },
    },
  },
  {
    vendor: 'tgi',
    says: 'five stops are one too many',
    ask: { sampling: { stop: ['a', 'b', 'c', 'd', 'e'] } },
    body: { stop: ['a', 'b', 'c', 'd'] },
    dropped: ['stop'],
  },
  {
    vendor: 'tensorrt-llm',
    says: 'the highest effort is max',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'max' },
  },
  {
    vendor: 'deepspeed-mii',
    says: 'messages are texts, and nothing is streamed but them',
    ask: {
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    },
    body: { messages: [{ content: expect.stringMatching(/a[^]*b/) }] },
    without: ['stream_options'],
  },
  {
    vendor: 'openvino',
    says: 'thinking is the template’s',
    ask: effort('none'),
    body: { chat_template_kwargs: { enable_thinking: false } },
  },
  {
    vendor: 'openvino',
    says: 'one log-probability a token',
    ask: { sampling: { topLogprobs: 3 } },
    body: { logprobs: true },
    without: ['top_logprobs'],
    dropped: ['top_logprobs'],
  },
  {
    vendor: 'ollama',
    says: 'the highest effort is max',
    ask: effort('xhigh'),
    body: { reasoning_effort: 'max' },
  },
  {
    vendor: 'ollama',
    says: 'what it does by itself need not be said',
    ask: { tools, toolChoice: 'auto', parallelTools: true },
    without: ['tool_choice', 'parallel_tool_calls'],
  },
  {
    vendor: 'lm-studio',
    says: 'a schema, but no plain JSON',
    ask: json,
    without: ['response_format'],
    dropped: ['response_format'],
  },
  {
    vendor: 'vllm',
    says: 'every effort has its word',
    ask: effort('minimal'),
    body: { reasoning_effort: 'minimal' },
  },
  {
    vendor: 'llama-cpp',
    says: 'none turns thinking off',
    ask: effort('none'),
    body: { reasoning_effort: 'none' },
  },
]
