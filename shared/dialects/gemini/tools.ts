// Functions, Google's own tools and which of them may be called, both ways. Pure.
// Source: https://ai.google.dev/api/caching#Tool, https://ai.google.dev/api/caching#FunctionCallingConfig
import type { ModelRequest, Tool, ToolChoice } from '../../request.ts'
import { DIALECT } from './names.ts'
import { readsJsonSchema } from './models.ts'
import { readSchema, writeSchema } from './openapi.ts'
import type { GeminiBody } from './schema.ts'

/** Names that may not be called are taken out: others know one name or all of them. */
export function readTools(body: GeminiBody): Pick<ModelRequest, 'tools' | 'toolChoice'> {
  const config = body.toolConfig?.functionCallingConfig
  const allowed = config?.allowedFunctionNames ?? []
  const tools = (body.tools ?? []).flatMap(({ functionDeclarations, ...rest }): Tool[] => [
    ...(functionDeclarations ?? [])
      .filter(({ name }) => allowed.length === 0 || allowed.includes(name))
      .map(({ name, description, parameters, parametersJsonSchema }) => ({
        name,
        ...(typeof description === 'string' ? { description } : {}),
        ...(parametersJsonSchema === undefined
          ? parameters
            ? { parameters: readSchema(parameters) }
            : {}
          : { parameters: parametersJsonSchema }),
      })),
    ...Object.entries(rest).map(([name, value]) => ({
      name,
      hosted: { dialect: DIALECT, value: { [name]: value } },
    })),
  ])
  const toolChoice = readChoice(config?.mode ?? undefined, allowed)
  return { tools, ...(toolChoice === undefined ? {} : { toolChoice }) }
}

type Mode = NonNullable<NonNullable<NonNullable<GeminiBody['toolConfig']>['functionCallingConfig']>['mode']>

function readChoice(mode: Mode | undefined, allowed: readonly string[]): ToolChoice | undefined {
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'AUTO':
    case 'VALIDATED':
      return 'auto'
    case 'NONE':
      return 'none'
    case 'ANY': {
      const [only] = allowed
      return allowed.length === 1 && only !== undefined ? { name: only } : 'required'
    }
  }
}

export interface WrittenTools {
  readonly tools?: readonly Record<string, unknown>[]
  readonly toolConfig?: Record<string, unknown>
}

export function writeTools(request: ModelRequest, model: string, dropped: Set<string>): WrittenTools {
  const declarations = request.tools.flatMap((tool) =>
    tool.hosted === undefined ? [writeTool(tool, model)] : [],
  )
  const hosted = request.tools.flatMap(({ hosted }) => {
    if (hosted === undefined) return []
    const isOurs = hosted.dialect === DIALECT && typeof hosted.value === 'object' && hosted.value !== null
    if (!isOurs) dropped.add('tools')
    return isOurs ? [{ ...hosted.value }] : []
  })
  const { toolChoice } = request
  // A choice without functions to choose from is refused.
  const config = declarations.length === 0 || toolChoice === undefined ? undefined : writeChoice(toolChoice)
  const tools = [...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]), ...hosted]
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(config === undefined ? {} : { toolConfig: { functionCallingConfig: config } }),
  }
}

function writeTool({ name, description, parameters }: Tool, model: string): Record<string, unknown> {
  const isEmpty = parameters === undefined || parameters === null
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(isEmpty
      ? {}
      : readsJsonSchema(model)
        ? { parametersJsonSchema: parameters }
        : { parameters: writeSchema(parameters) }),
  }
}

function writeChoice(choice: ToolChoice): Record<string, unknown> {
  if (typeof choice === 'object') return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  switch (choice) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
  }
}
