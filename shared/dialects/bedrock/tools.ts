// Tools and how one is chosen. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { fieldsOf, isFields } from '../../fields.ts'
import type { Message, ModelRequest, Tool, ToolChoice } from '../../request.ts'
import { closeSchema } from '../anthropic/grammar.ts'
import type { Family } from './family.ts'
import { cachePoint } from './messages.ts'
import type { Block, Drop } from './parts.ts'

export interface Tools {
  readonly toolConfig?: { readonly tools: readonly Block[]; readonly toolChoice?: Block }
  /** The choice in Claude's own words, which alone can forbid parallel calls. */
  readonly choice?: Block
}

export function writeTools(request: ModelRequest, family: Family, drop: Drop): Tools {
  const offered = request.tools.filter((tool) => tool.hosted === undefined)
  if (offered.length < request.tools.length) drop('tools') // tools that other vendors run
  const used = namesIn(request.messages)
  if (request.toolChoice === 'none' && used.size === 0) return {}
  const known = new Set(offered.map((tool) => tool.name))
  // Calls in the conversation are refused unless their tools are declared.
  const past = [...used].filter((name) => !known.has(name)).map((name): Tool => ({ name }))
  const tools = [...offered, ...past].flatMap((tool) => writeTool(tool, family, drop))
  if (tools.length === 0) return {}
  if (offered.length === 0) return { toolConfig: { tools } }
  if (request.toolChoice === 'none') drop('tool_choice') // there is no word for it
  const choice = settled(request.toolChoice, family, drop)
  if (request.parallelTools === false && choice !== 'none') {
    // Recorded: Claude alone is told so, in a field that must then be the only one to choose.
    if (family.maker === 'claude') {
      return { toolConfig: { tools }, choice: { ...claudeChoice(choice), disable_parallel_tool_use: true } }
    }
    drop('parallel_tool_calls')
  }
  const toolChoice = choiceOf(choice)
  return { toolConfig: { tools, ...(toolChoice === undefined ? {} : { toolChoice }) } }
}

/** Not every model can be made to call a tool, or just this one. What comes nearest is asked for. */
function settled(choice: ToolChoice | undefined, { demands }: Family, drop: Drop): ToolChoice | undefined {
  if (!isForced(choice) || demands === 'this' || (demands === 'any' && choice === 'required')) return choice
  drop('tool_choice')
  return demands === 'any' ? 'required' : 'auto'
}

function namesIn(messages: readonly Message[]): Set<string> {
  return new Set(messages.flatMap((message) => (message.toolCalls ?? []).map((call) => call.name)))
}

function writeTool(tool: Tool, family: Family, drop: Drop): Block[] {
  const parameters = isFields(tool.parameters) ? tool.parameters : {}
  if (tool.strict === true && !family.strictTools) drop('strict')
  const isStrict = tool.strict === true && family.strictTools
  const toolSpec = {
    name: tool.name,
    ...((tool.description ?? '').trim() === '' ? {} : { description: tool.description }),
    inputSchema: { json: { ...fieldsOf(isStrict ? closeSchema(parameters) : parameters), type: 'object' } },
    ...(isStrict ? { strict: true } : {}),
  }
  return [{ toolSpec }, ...(family.caches === 'everything' ? cachePoint(tool.cache, family) : [])]
}

/** Automatic is the default, and some models refuse to hear it. */
function choiceOf(choice: ToolChoice | undefined): Block | undefined {
  if (choice === undefined || choice === 'none' || choice === 'auto') return undefined
  return choice === 'required' ? { any: {} } : { tool: { name: choice.name } }
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use#forcing-tool-use */
function claudeChoice(choice: ToolChoice | undefined): Block {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name }
  return { type: choice === 'required' ? 'any' : 'auto' }
}

export const isForced = (choice: ToolChoice | undefined): boolean =>
  choice === 'required' || typeof choice === 'object'
