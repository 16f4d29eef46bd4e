// An answer's events gathered into the content blocks of a message: in order, one after the other. Pure.
import type { ModelEvent } from '../../event.ts'
import { parse } from '../../fields.ts'
import { seal } from './seal.ts'

export type Block =
  | { readonly type: 'text'; text: string }
  | { readonly type: 'thinking'; text: string; signature?: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      text: string
      /** So much of the text has been looked at; `whole` where nothing more can come. */
      checked: number | 'whole'
    }

export interface Content {
  readonly blocks: readonly Block[]
  /** The model said no in words of its own. */
  readonly refused: boolean
  readonly calls: number
  /** Takes what belongs into a block; says whether there was anything. */
  add(event: ModelEvent): boolean
  /** Another model goes on: only a text can grow any more. */
  cut(): void
}

/** What a message holds already, told by others. */
export interface Before {
  readonly calls: number
  /** A text that has begun and goes on. */
  readonly text: boolean
}

export function openContent(messageId: string, before?: Before): Content {
  const blocks: Block[] = before?.text === true ? [{ type: 'text', text: '' }] : []
  const tools = new Map<number, Extract<Block, { type: 'tool_use' }>>()
  let refused = false

  const append = (type: 'text' | 'thinking', text: string): void => {
    const last = blocks.at(-1)
    const isOpen = last?.type === type && (last.type === 'text' || last.signature === undefined)
    if (isOpen) last.text += text
    else blocks.push({ type, text })
  }

  const sign = (signature: Extract<ModelEvent, { type: 'reasoning-signature' }>['signature']): void => {
    const last = blocks.at(-1)
    const sealed = seal(signature)
    if (signature.kind !== 'redacted' && last?.type === 'thinking' && last.signature === undefined)
      last.signature = sealed
    else if (signature.kind === 'signature') blocks.push({ type: 'thinking', text: '', signature: sealed })
    else blocks.push({ type: 'redacted_thinking', data: sealed })
  }

  const startTool = (event: Extract<ModelEvent, { type: 'tool-start' }>): void => {
    // As its vendor named it: some models read their own ids again in the next turn.
    const id = event.id === '' ? `toolu_${messageId.replace(/^msg_/, '')}_${event.call}` : event.id
    // A call that its vendor has sealed is preceded by the seal, which the client sends back with it.
    if (event.signature !== undefined)
      blocks.push({ type: 'redacted_thinking', data: seal(event.signature, id) })
    const block: Block = { type: 'tool_use', id, name: event.name, text: '', checked: 0 }
    tools.set(event.call, block)
    blocks.push(block)
  }

  return {
    blocks,
    get refused() {
      return refused
    },
    get calls() {
      return tools.size + (before?.calls ?? 0)
    },
    cut() {
      const last = blocks.at(-1)
      if (last?.type === 'thinking') last.signature ??= seal(undefined)
      for (const tool of tools.values()) tool.checked = 'whole'
    },
    add(event) {
      if (!('index' in event) || event.index !== 0) return false // a message has one content
      switch (event.type) {
        case 'text-delta':
          append('text', event.text)
          return true
        case 'refusal-delta':
          refused = true
          append('text', event.text)
          return true
        case 'reasoning-delta':
          append('thinking', event.text)
          return true
        case 'reasoning-signature':
          sign(event.signature)
          return true
        case 'tool-start':
          startTool(event)
          return true
        case 'tool-delta': {
          const tool = tools.get(event.call)
          if (tool !== undefined) tool.text += event.json
          return tool !== undefined
        }
        case 'logprobs':
        case 'other-delta':
        case 'embedding':
        case 'choice-end':
          return false
      }
    },
  }
}

/** Nothing more can come into the block, as far as one can know while the answer runs. */
export function isDone(block: Block, isLast: boolean): boolean {
  switch (block.type) {
    case 'redacted_thinking':
      return true
    case 'thinking':
      return !isLast || block.signature !== undefined
    case 'text':
      return !isLast
    case 'tool_use': {
      if (block.checked === 'whole') return true
      // Calls may take turns; one whose arguments are a whole object has had its last.
      if (isLast || block.checked === block.text.length) return false
      block.checked = block.text.length
      return block.text.trimEnd().endsWith('}') && parse(block.text) !== undefined
    }
  }
}
