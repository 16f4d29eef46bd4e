// Tools, the choice among them and the shape of an answer, as chat completions say them: read and written. Pure.
import { type Fields, fieldsOf, text } from '../../fields.ts'
import type { Format, ModelRequest, Tool, ToolChoice } from '../../request.ts'
import { readCache } from './messages.ts'
import type { ChatOptions } from './options.ts'
import { type ChatBody, type ChatTool, DIALECT } from './schema.ts'

export function readTools(chat: ChatBody): Tool[] {
  const old = (chat.functions ?? []).map((definition): ChatTool => ({
    type: 'function',
    function: definition,
  }))
  return [...(chat.tools ?? []), ...old].map(readTool)
}

function readTool(tool: ChatTool): Tool {
  const about = tool.function
  if (tool.type !== 'function' || about === undefined) {
    const name = text(fieldsOf(tool['custom'])['name']) || tool.type
    return { name, hosted: { dialect: DIALECT, value: tool } }
  }
  return {
    name: about.name,
    ...(typeof about.description === 'string' ? { description: about.description } : {}),
    ...(about.parameters === undefined || about.parameters === null ? {} : { parameters: about.parameters }),
    ...(typeof about.strict === 'boolean' ? { strict: about.strict } : {}),
    ...readCache(tool),
  }
}

/** The choice, and false where it says more than we have words for. */
export function readToolChoice(chat: ChatBody): { readonly choice?: ToolChoice; readonly whole: boolean } {
  const asked = chat.tool_choice ?? chat.function_call ?? undefined
  if (asked === undefined) return { whole: true }
  if (typeof asked === 'string') {
    if (asked === 'auto' || asked === 'none' || asked === 'required') return { choice: asked, whole: true }
    return asked === 'any' ? { choice: 'required', whole: true } : { whole: false }
  }
  const name = asked.function?.name ?? asked.custom?.name ?? asked.name
  if (name !== undefined) return { choice: { name }, whole: true }
  const mode = fieldsOf(asked['allowed_tools'])['mode'] // some of the tools only: that they are some is lost
  return mode === 'auto' || mode === 'required' ? { choice: mode, whole: false } : { whole: false }
}

export function readFormat(chat: ChatBody): Format {
  const asked = chat.response_format
  if (asked?.type === 'json_object') return { type: 'json' }
  if (asked?.type !== 'json_schema') return { type: 'text' }
  const about = asked.json_schema
  return {
    type: 'json-schema',
    name: about?.name ?? 'answer',
    schema: about?.schema ?? {},
    ...(typeof about?.strict === 'boolean' ? { strict: about.strict } : {}),
    ...(typeof about?.description === 'string' ? { description: about.description } : {}),
  }
}

/** The fields for tools of a request that came in another dialect. Tools that only another vendor runs stay behind. */
export function writeTools(request: ModelRequest, options: ChatOptions, dropped: Set<string>): Fields {
  const tools = request.tools.filter(({ hosted }) => hosted === undefined || hosted.dialect === DIALECT)
  if (tools.length < request.tools.length) dropped.add('tools')
  if (tools.length === 0) return {}
  const { toolChoice, parallelTools } = request
  return {
    tools: tools.map((tool) => writeTool(tool, options)),
    ...(toolChoice === undefined ? {} : { tool_choice: writeChoice(toolChoice) }),
    ...(parallelTools === undefined ? {} : { parallel_tool_calls: parallelTools }),
  }
}

function writeTool(tool: Tool, options: ChatOptions): unknown {
  if (tool.hosted !== undefined) return tool.hosted.value
  const { name, description, parameters, strict, cache } = tool
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
    },
    ...(options.cacheControl === true && cache !== undefined ? writeCache(cache) : {}),
  }
}

export const writeCache = (life: '5m' | '1h'): Fields => ({
  cache_control: { type: 'ephemeral', ...(life === '1h' ? { ttl: '1h' } : {}) },
})

const writeChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } }

/** `response_format` for a request that came in another dialect. */
export function writeFormat(format: Format): Fields {
  if (format.type === 'text') return {}
  if (format.type === 'json') return { response_format: { type: 'json_object' } }
  const { schema, strict, description } = format
  // OpenAI takes letters, digits, _ and - only, 64 of them.
  const name = format.name.replaceAll(/[^\w-]/g, '_').slice(0, 64) || 'answer'
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name,
        ...(description === undefined ? {} : { description }),
        schema,
        ...(strict === undefined ? {} : { strict }),
      },
    },
  }
}
