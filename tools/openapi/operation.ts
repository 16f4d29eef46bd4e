// What the document says of one operation of the API, before it is written as OpenAPI has it. Types alone.
import type { z } from 'zod'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Whose shape its errors have. */
export type ErrorShape = 'openai' | 'anthropic' | 'gemini'

export interface Example {
  readonly summary: string
  readonly value: unknown
}

export interface Body {
  /** The name of a component, or for a form that is not read here, its fields. */
  readonly schema: string | Readonly<Record<string, unknown>>
  readonly contentType?: 'application/json' | 'multipart/form-data'
  readonly isOptional?: true
  /** By name; every one of them is sent to a gateway by a test. */
  readonly examples: Readonly<Record<string, Example>>
}

export interface Reply {
  readonly description: string
  /** The component of a JSON body. */
  readonly json?: string
  /** The component of what stands in the `data:` of each event of a stream. */
  readonly events?: string
  /** Other media types, of which nothing more is said. */
  readonly media?: readonly string[]
}

export interface Operation {
  readonly id: string
  readonly method: Method
  /** With `{name}` for what stands in its place. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: 'nobody' | 'client' | 'admin'
  readonly errors: ErrorShape
  /** Replies carry the headers of a model's answer, and requests may carry what bounds one. */
  readonly asksModel?: true
  readonly query?: z.ZodObject
  /** Headers of its own, by name. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  readonly replies: Readonly<Record<number, Reply>>
}
