// Tools and the choice between them, both ways. Pure.
// Source: https://developers.openai.com/api/docs/guides/function-calling
import { type Fields, fieldsOf, listOf, text } from '../../fields.ts'
import type { ModelRequest, Tool, ToolChoice } from '../../request.ts'
import { DIALECT, type ResponsesBody, type ResponsesTool } from './schema.ts'

export function readTool(tool: ResponsesTool): Tool {
  const name = tool.name ?? tool.type
  if (tool.type !== 'function') return { name, ...about(tool), hosted: { dialect: DIALECT, value: tool } }
  const { parameters, strict } = tool
  return {
    name,
    ...about(tool),
    ...(parameters === undefined || parameters === null ? {} : { parameters }),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}

const about = ({ description }: ResponsesTool): { description?: string } =>
  typeof description === 'string' ? { description } : {}

export interface ReadChoice {
  readonly toolChoice?: ToolChoice
  /** Only these may be called; the others are known to the model all the same, which no other wire can say. */
  readonly allowed?: ReadonlySet<string>
  /** A choice of a hosted tool, which no other wire can be told. */
  readonly isUnread: boolean
}

export function readChoice(choice: ResponsesBody['tool_choice']): ReadChoice {
  if (choice === undefined || choice === null) return { isUnread: false }
  if (typeof choice === 'string') return { toolChoice: choice, isUnread: false }
  const name = choice.name ?? undefined
  if ((choice.type === 'function' || choice.type === 'custom') && name !== undefined) {
    return { toolChoice: { name }, isUnread: false }
  }
  if (choice.type !== 'allowed_tools') return { isUnread: true }
  const allowed = listOf(choice['tools']).map(
    (tool) => text(fieldsOf(tool)['name']) || text(fieldsOf(tool)['type']),
  )
  const mode = choice['mode'] === 'required' ? 'required' : choice['mode'] === 'none' ? 'none' : 'auto'
  return { toolChoice: mode, allowed: new Set(allowed), isUnread: false }
}

/** The tools and what belongs to them, for a vendor; hosted tools of other dialects are left out. */
export function writeTools(request: ModelRequest, dropped: Set<string>): Fields {
  const tools = request.tools.flatMap((tool): unknown[] => {
    if (tool.hosted === undefined) return [writeTool(tool)]
    if (tool.hosted.dialect === DIALECT) return [tool.hosted.value]
    dropped.add('tools')
    return []
  })
  if (tools.length === 0) {
    const isUsual = request.toolChoice === undefined || request.toolChoice === 'auto'
    if (request.tools.length > 0 && !isUsual) dropped.add('tool_choice')
    return {}
  }
  return {
    tools,
    ...(request.toolChoice === undefined ? {} : { tool_choice: writeChoice(request.toolChoice) }),
    ...(request.parallelTools === undefined ? {} : { parallel_tool_calls: request.parallelTools }),
  }
}

/** Functions are strict here unless they say otherwise, and a strict one must list every property as required. */
const writeTool = ({ name, description, parameters, strict }: Tool): Fields => ({
  type: 'function',
  name,
  ...(description === undefined ? {} : { description }),
  parameters: parameters ?? { type: 'object', properties: {} },
  strict: strict ?? false,
})

const writeChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', name: choice.name }
