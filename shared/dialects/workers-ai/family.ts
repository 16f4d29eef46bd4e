// Which of its two wires a model of Workers AI has, and what that wire can be told. Pure.
// Source: the input schema of each model, https://developers.cloudflare.com/workers-ai/models/ (the same types stand in
// @cloudflare/workers-types 5.20261117: `ChatCompletionsInput`, or a schema of Workers AI's own).

export interface Family {
  /** `native`: `{ response, tool_calls }`, and few fields; `chat`: the fields of chat completions. */
  readonly wire: 'native' | 'chat'
  /** Messages may hold pictures. */
  readonly images: boolean
  /** What follows a JSON Schema: `response_format` (with which nothing streams) or `guided_json`; OpenAI's own on `chat`. */
  readonly json: 'response_format' | 'guided_json' | 'openai'
}

/** Older models; the list is closed, for new ones have the fields of chat completions. */
const NATIVE = new RegExp(
  `^@(?:cf|hf)/(?:${[
    'meta/llama-(?:2|3|4)[\\w.-]*',
    'meta-llama/[\\w.-]+',
    'mistral/[\\w.-]+',
    'mistralai/mistral-small-3\\.1[\\w.-]*',
    'qwen/(?:qwen1\\.5|qwen2\\.5|qwq|qwen3-30b)[\\w.-]*',
    'google/gemma-(?:2b|7b|3)-[\\w.-]+',
    'aisingapore/gemma-sea-lion[\\w.-]*',
    'deepseek-ai/deepseek-(?:math|r1)[\\w.-]*',
    'ibm-granite/[\\w.-]+',
    'nousresearch/[\\w.-]+',
    'thebloke/[\\w.-]+',
    'nexusflow/[\\w.-]+',
    'openchat/[\\w.-]+',
    'tiiuae/[\\w.-]+',
    'tinyllama/[\\w.-]+',
    'microsoft/phi[\\w.-]*',
    'defog/[\\w.-]+',
    'fblgit/[\\w.-]+',
  ].join('|')})$`,
)

/** Their schemas have parts of type `image_url`. */
const SEES = /llama-3\.2-11b-vision|llama-4-scout|gemma-3-|mistral-small-3/

/** Their schemas have `guided_json` and no `response_format`. */
const GUIDED = /qwq|gemma-3-|mistral-small-3/

const CHAT: Family = { wire: 'chat', images: true, json: 'openai' }

/** A name that is not plainly one of theirs never becomes part of an address. */
export function familyOf(model: string): Family {
  if (!NATIVE.test(model)) return CHAT
  return {
    wire: 'native',
    images: SEES.test(model),
    json: GUIDED.test(model) ? 'guided_json' : 'response_format',
  }
}
