// What Amazon Bedrock's Converse refuses, in its own words: the shape of the body, and rules between its turns.
// Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html,
// https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html (results),
// .../userguide/claude-messages-extended-thinking.html (thoughts in a turn of tools)
import { converseBody, type ConverseBody } from './bedrock-schema.ts'
import { hide, reveal, seal } from './seal.ts'
import { bodyOf, type Fields, isFields, type LabRequest, Refused } from './wire.ts'

const refuse = (message: string): never => {
  throw new Refused(400, message, 'ValidationException')
}

export const sealThought = (words: string): string => seal('bedrock', words)
export const hideThought = (words: string): string => hide('bedrock', words)

type Turn = ConverseBody['messages'][number]

const holding = ({ content }: Turn, kind: string): readonly Fields[] =>
  content.flatMap((block) => (isFields(block[kind]) ? [block[kind]] : []))

/** How Claude is asked to think here: in a field that Converse passes on unread. */
export function thinkingOf(body: ConverseBody): string | undefined {
  const thinking = body.additionalModelRequestFields?.['thinking']
  const type = isFields(thinking) ? thinking['type'] : undefined
  return type === 'enabled' || type === 'adaptive' ? type : undefined
}

export function checkConverse(request: LabRequest): ConverseBody {
  const result = converseBody.safeParse(bodyOf(request))
  if (!result.success) {
    const [issue] = result.error.issues
    return refuse(`The request is not valid: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const body = result.data
  checkTurns(body.messages)
  checkProofs(body)
  const usesTools = body.messages.some(
    (turn) => [...holding(turn, 'toolUse'), ...holding(turn, 'toolResult')].length > 0,
  )
  if (usesTools && body.toolConfig === undefined)
    refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
  return body
}

function checkTurns(messages: readonly Turn[]): void {
  if (messages[0]?.role !== 'user')
    refuse(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  let open: readonly unknown[] = []
  for (const [at, turn] of messages.entries()) {
    if (turn.role === messages[at - 1]?.role)
      refuse('A conversation must alternate between user and assistant roles.')
    const answered = holding(turn, 'toolResult').map(({ toolUseId }) => toolUseId)
    const missing = open.filter((id) => !answered.includes(id))
    if (missing.length > 0)
      refuse(
        `Expected toolResult blocks at messages.${at}.content for the following Ids: ${missing.join(', ')}`,
      )
    if (answered.length > open.length || answered.some((id) => !open.includes(id)))
      refuse(
        `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
      )
    open = holding(turn, 'toolUse').map(({ toolUseId }) => toolUseId)
  }
  if (open.length > 0)
    refuse(
      `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${open.join(', ')}`,
    )
}

function checkProofs(body: ConverseBody): void {
  for (const [at, turn] of body.messages.entries()) {
    for (const { reasoningText, redactedContent } of holding(turn, 'reasoningContent')) {
      const isProven = isFields(reasoningText)
        ? reasoningText['signature'] === sealThought(String(reasoningText['text']))
        : reveal('bedrock', String(redactedContent)) !== undefined
      if (!isProven)
        refuse(
          `The model returned the following errors: messages.${at}.content: Invalid \`signature\` in \`thinking\` block`,
        )
    }
  }
  const before = body.messages.at(-2)
  const isToolTurn = body.messages.at(-1)?.content.some((block) => 'toolResult' in block) === true
  const [first = {}] = before?.content ?? []
  if (thinkingOf(body) === 'enabled' && isToolTurn && !('reasoningContent' in first))
    refuse(
      'The model returned the following errors: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
    )
}
