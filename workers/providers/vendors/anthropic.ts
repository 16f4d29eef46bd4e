// Anthropic, and any server that speaks its Messages.
import { anthropic as messages } from '../../../shared/dialects/anthropic/index.ts'
import { claudeCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

export const anthropic: Vendor = {
  id: 'anthropic',
  name: 'Anthropic',
  dialect: messages(),
  baseUrl: 'https://api.anthropic.com/v1',
  // https://platform.claude.com/docs/en/api/overview#authentication
  authorize: (key) => ({ 'x-api-key': key }),
  // An empty account is mostly told with 400, as a wrong field is; the dialect's errors say so too.
  deadWords: /credit balance is too low/i,
  counting: [claudeCounting],
  example: 'claude-opus-5-5',
  docs: 'https://platform.claude.com/docs/en/api/messages',
}
