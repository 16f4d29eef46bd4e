// Every dialect, with its fixtures. A new one is a line here and a folder beside openai-chat/.
import { anthropicEntry } from './anthropic/entry.ts'
import { bedrockEntry } from './bedrock/entry.ts'
import type { Entry, VendorEntry } from './entry.ts'
import { geminiEntry } from './gemini/entry.ts'
import { openaiChatEntry } from './openai-chat/entry.ts'
import { openaiResponsesEntry } from './openai-responses/entry.ts'
import { workersAiEntries } from './workers-ai/entry.ts'

/** Spoken by clients and to vendors. */
export const entries: readonly Entry[] = [openaiChatEntry, openaiResponsesEntry, anthropicEntry, geminiEntry]

/** Spoken to vendors; the first ones are those above. */
export const vendorEntries: readonly VendorEntry[] = [...entries, ...workersAiEntries, bedrockEntry]
