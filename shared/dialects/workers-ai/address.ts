// A request to Workers AI as its binding takes it: the model and its inputs, without an address. Pure.
import type { WireRequest } from '../../dialect.ts'
import { text } from '../../fields.ts'
import { RUN_PATH } from './request.ts'

export interface Run {
  readonly model: string
  readonly inputs: Readonly<Record<string, unknown>>
}

export function runOf({ path, body }: Pick<WireRequest, 'path' | 'body'>): Run {
  if (path.startsWith(RUN_PATH)) return { model: path.slice(RUN_PATH.length), inputs: body }
  const { model, ...inputs } = body
  return { model: text(model), inputs }
}
