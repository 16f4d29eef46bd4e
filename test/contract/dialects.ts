// Every dialect, with its fixtures. A new one is a line here and a folder beside openai-chat/.
import type { Entry } from './entry.ts'
import { openaiChatEntry } from './openai-chat/entry.ts'

export const entries: readonly Entry[] = [openaiChatEntry]
