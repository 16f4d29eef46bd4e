// Whether tool calls are such as were offered: a name that exists, arguments that keep to its schema. Pure.
import { isFields } from '../fields.ts'
import type { ModelRequest } from '../request.ts'
import { keepsSchema, parse } from './schema.ts'

export interface CallSaid {
  readonly name: string
  readonly json: string
}

export function keepsTools(
  { tools, toolChoice }: Pick<ModelRequest, 'tools' | 'toolChoice'>,
  calls: readonly CallSaid[],
): boolean {
  if (calls.length === 0) return typeof toolChoice !== 'object' && toolChoice !== 'required'
  if (typeof toolChoice === 'object' && !calls.some(({ name }) => name === toolChoice.name)) return false
  return calls.every(({ name, json }) => {
    const tool = tools.find((offered) => offered.name === name)
    const given = parse(json.trim() === '' ? '{}' : json)
    if (tool === undefined || !isFields(given)) return false
    return tool.parameters === undefined || keepsSchema(tool.parameters, given) !== false
  })
}
