// Every schema of the document by its name: what requests are checked with, and how replies look.
import { z } from 'zod'
import { requestSchema as messages } from '../../shared/dialects/anthropic/schema.ts'
import { requestSchema as embeddings } from '../../shared/dialects/embeddings/schema.ts'
import { requestSchema as generate } from '../../shared/dialects/gemini/schema.ts'
import { requestSchema as chat } from '../../shared/dialects/openai-chat/schema.ts'
import { ITEM_SCHEMAS, requestSchema as responses } from '../../shared/dialects/openai-responses/schema.ts'
import { wishesSchema } from '../../shared/wishes.ts'
import {
  changedKey,
  changedProject,
  newKey,
  newPrice,
  newProject,
  newRebench,
  newSession,
} from '../../workers/admin/schema.ts'
import { branchSchema } from '../../workers/edge/conversations.ts'
import { feedbackSchema } from '../../workers/edge/feedback.ts'
import { visitSchema } from '../../workers/edge/visit.ts'
import { addSchema, changeSchema, makeSchema } from '../../workers/edge/kept.ts'
import { passedSchema } from '../../workers/edge/pass.ts'
import * as admin from './replies/admin.ts'
import * as anthropic from './replies/anthropic.ts'
import * as conversations from './replies/conversations.ts'
import * as gateway from './replies/gateway.ts'
import * as gemini from './replies/gemini.ts'
import * as openai from './replies/openai.ts'
import { componentsOf, type Json, type Named } from './schemas.ts'

const wishes = {
  minnow: wishesSchema.nullish().describe('What is asked of the gateway itself; no provider sees it.'),
  require_parameters: z
    .boolean()
    .nullish()
    .describe('Only a model that can be told everything may answer; else 400.'),
}

const items = [...ITEM_SCHEMAS].map(([type, schema]) =>
  schema instanceof z.ZodObject
    ? schema.extend({ type: type === 'message' ? z.literal(type).optional() : z.literal(type) })
    : schema,
)

/** Items of other kinds are known to their own dialect only and pass unread. */
const item = z
  .union([...items, z.looseObject({ type: z.string() })])
  .describe('One item of the Responses API.')

const questions: Named = {
  ChatQuestion: chat.extend(wishes),
  ResponsesItem: item,
  ResponsesQuestion: responses.extend({ ...wishes, input: z.union([z.string(), z.array(item)]).nullish() }),
  MessagesQuestion: messages.extend(wishes),
  GeminiQuestion: generate.extend(wishes),
  EmbeddingsQuestion: embeddings.extend(wishes),
  PassedQuestion: passedSchema.extend(wishes),
  NewConversation: makeSchema,
  ChangedConversation: changeSchema,
  NewItems: addSchema,
  TalkBranch: branchSchema,
  Opinion: feedbackSchema,
  NewSession: newSession,
  VisitWish: visitSchema,
  NewKey: newKey,
  ChangedKey: changedKey,
  NewProject: newProject,
  ChangedProject: changedProject,
  NewPrice: newPrice,
  NewRebench: newRebench,
}

const replies: Named = {
  ChatCompletion: openai.chatCompletion,
  ChatChunk: openai.chatChunk,
  Response: openai.response,
  ResponseEvent: openai.responseEvent,
  Deleted: openai.deleted,
  Conversation: openai.conversation,
  Item: openai.item,
  ItemList: openai.itemList,
  EmbeddingList: openai.embeddingList,
  PassedReply: openai.passed,
  OpenAIError: openai.openaiError,
  Message: anthropic.message,
  MessageEvent: anthropic.messageEvent,
  TokenCount: anthropic.tokenCount,
  AnthropicModels: anthropic.anthropicModels,
  AnthropicError: anthropic.anthropicError,
  Generated: gemini.generated,
  GeneratedList: gemini.generatedList,
  GeminiCount: gemini.geminiCount,
  GeminiModel: gemini.geminiModel,
  GeminiModels: gemini.geminiModels,
  GeminiError: gemini.geminiError,
  Health: gateway.health,
  Decision: gateway.decision,
  FeedbackHeard: gateway.feedback,
  Cancellation: gateway.cancellation,
  VisitorToken: gateway.visitorToken,
  Attempt: gateway.attempt,
  Receipt: gateway.receipt,
  Talk: conversations.talk,
  TalkList: conversations.talkList,
  TalkMessages: conversations.talkMessages,
  Model: gateway.model,
  Models: gateway.models,
  Key: admin.key,
  MadeKey: admin.madeKey,
  Keys: admin.keys,
  Project: admin.project,
  Projects: admin.projects,
  RemovedProject: admin.removedProject,
  Audit: admin.audit,
  Outcome: admin.outcome,
  Outcomes: admin.outcomes,
  Targets: admin.targets,
  Learner: admin.learner,
  Learners: admin.learners,
  Session: admin.session,
  ConfiguredModels: admin.configuredModels,
  WhatIf: admin.whatIf,
  Series: admin.series,
  Usage: admin.usage,
  Price: admin.price,
  Prices: admin.prices,
  CacheState: admin.cacheState,
  CachePurged: admin.purged,
  RebenchRun: admin.rebenchRun,
  Rebench: admin.rebench,
}

export const schemaComponents = (): Record<string, Json> => ({
  ...componentsOf(questions, 'input'),
  ...componentsOf(replies, 'output'),
})
