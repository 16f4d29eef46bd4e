// The arguments of a tool call, which are a text elsewhere and an object here. Pure.
import { type Fields, isFields, parse } from '../../fields.ts'

/** Where a model wrote what is no object: nothing of it is lost, and it can see what it did. */
const UNREADABLE = 'unreadable_arguments'

export function inputOf(json: string): Fields {
  if (json.trim() === '') return {}
  const value = parse(json)
  return isFields(value) ? value : { [UNREADABLE]: json }
}
