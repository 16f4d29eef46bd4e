// Log-probabilities that a client has not asked for: asked for beside its question, and taken out of what it is given. Pure.
import type { Sureness } from '../../dialect.ts'
import type { Native } from '../../event.ts'
import { type Fields, isFields } from '../../fields.ts'
import { DIALECT } from './schema.ts'

export const sureness: Sureness = {
  // Beside tool calls some servers refuse them in streams, and no word of an answer may come.
  ask: (request) =>
    request.sampling.topLogprobs !== undefined || request.tools.length > 0
      ? undefined
      : {
          ...request,
          sampling: { ...request.sampling, topLogprobs: 0 },
          ...(request.native.dialect === DIALECT
            ? { native: { ...request.native, body: { ...request.native.body, logprobs: true } } }
            : {}),
        },
  hide: ({ events, native, ...piece }) => ({
    ...piece,
    events: events.filter(({ type }) => type !== 'logprobs'),
    ...(native === undefined ? {} : { native: hidden(native) }),
  }),
}

/** As the vendor says it where nobody has asked. */
function hidden(native: Native): Native {
  const { choices } = native.value
  if (native.dialect !== DIALECT || !Array.isArray(choices) || !choices.some(tells)) return native
  const plain = choices.map((choice: unknown) => (tells(choice) ? { ...choice, logprobs: null } : choice))
  return { dialect: native.dialect, value: { ...native.value, choices: plain } }
}

const tells = (choice: unknown): choice is Fields =>
  isFields(choice) && choice['logprobs'] !== undefined && choice['logprobs'] !== null
