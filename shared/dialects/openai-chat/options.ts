// How a vendor's chat completions differ from OpenAI's: the options that its record gives. Pure.
import type { Parameter } from '../../dialect.ts'
import type { ReasoningEffort } from '../../request.ts'

/**
 * Everything is optional. What a record does not say is left as OpenAI has it, and a client of this same dialect
 * gets through untouched: only what the record says the vendor refuses is changed on its way.
 */
export interface ChatOptions {
  /** The path after the base address; `/chat/completions` unless given. */
  readonly path?: string
  /** Fields that every request carries unless the client has sent them itself. */
  readonly always?: Readonly<Record<string, unknown>>
  /** Fields that these models want on every request that is not streamed, whatever the client says. */
  readonly unstreamed?: { readonly models: RegExp; readonly fields: Readonly<Record<string, unknown>> }
  /** Pictures must come as bytes; addresses are fetched for the vendor first. */
  readonly inlineMedia?: true

  // Messages
  /** The role that instructions travel under; `as-sent` keeps `developer` where the client wrote it. */
  readonly systemRole: 'as-sent' | 'system'
  /** `text`: the vendor reads no lists of parts, so texts are joined and other parts are left out. */
  readonly content?: 'parts' | 'text'
  /** Messages may not carry a `name`. */
  readonly noNames?: true
  /**
   * What says that a last assistant message is to be continued: a flag on it (Mistral's `prefix`, Moonshot's `partial`),
   * or fields of the body, unless the client has set one of them itself.
   */
  readonly prefill?: string | Readonly<Record<string, unknown>>
  /** Ids of tool calls that do not match are replaced by so many letters and digits, the same for call and answer. */
  readonly callIds?: { readonly pattern: RegExp; readonly chars: number }
  /**
   * Where an assistant's message carries its earlier thoughts back to the vendor: a field, parts of type `thinking`
   * in the content (Mistral), or nowhere. `reasoning_details` is OpenRouter's list with every model's signatures.
   * Absent: as a client of this dialect sent them, and left out where another dialect's client did.
   */
  readonly thoughts?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'content' | 'none'
  /** A message with tool calls needs its `thoughts` field even where nothing was thought: then it is empty. */
  readonly thoughtsBesideCalls?: true
  /**
   * `extra_content` on tool calls carries Google's thought signatures; `none` takes it out. Absent: as `thoughts` have
   * it, which is out where they have a field of their own, and as sent where nothing is said of them.
   */
  readonly callSignatures?: 'extra_content' | 'none'
  /** `cache_control` on parts and tools is understood; elsewhere only clients of this dialect can send it. */
  readonly cacheControl?: true
  /** A file may be given by its address; elsewhere only by its bytes. */
  readonly fileUrls?: true

  // Fields
  /**
   * Models that want `max_completion_tokens`; `false` where the vendor knows `max_tokens` only, `true` where it is the
   * other way round. For models that the expression does not match, and without it, the client's own field stays.
   */
  readonly completionTokens?: RegExp | boolean
  /** Does the vendor know `stream_options`? */
  readonly streamOptions: boolean
  /**
   * Fields that the vendor answers with an error: `Parameter`s, or any other name at the top of the body. They are left
   * out and reported, whoever sent them. `images`, `files` and `audio` take out such parts of messages, `cache_control`
   * the marks on parts and tools.
   */
  readonly refuses?: readonly Refusal[]
  /** The vendor's other names for fields: `{ seed: 'random_seed' }`. */
  readonly names?: Readonly<Partial<Record<'seed' | 'top_k' | 'min_p' | 'user', string>>>
  /** At most so many stop sequences; the first ones are kept. */
  readonly maxStops?: number
  /** `stop` must be a list; a single word of a client becomes one. */
  readonly stopList?: true
  /** The highest temperature that is accepted; a higher one is lowered to it and reported. */
  readonly maxTemperature?: number
  /** `logprobs` is the number of alternatives (Together), in place of OpenAI's two fields. */
  readonly logprobs?: 'count'
  /** What `tool_choice` says for "one of them, whichever": Mistral's `any`. */
  readonly requiredTool?: 'required' | 'any'
  /** `tool_choice` may be a word only: a named tool becomes `required` with that tool alone. */
  readonly noNamedTool?: true
  /** `tool_choice` may be `auto` or `none` only: any other is left out and reported. */
  readonly noForcedTool?: true
  /** Functions may not carry `strict`. */
  readonly noStrictTools?: true
  /**
   * What `response_format` may say. `schema` (unless given): all of it. `schema-only`: no plain JSON object.
   * `object`: a JSON object without a schema, in whose place a plain one is asked for. `none`: neither.
   */
  readonly formats?: 'schema' | 'schema-only' | 'object' | 'none'
  /** Where `response_format` holds name and schema: `json_schema` unless given, TGI's `value`. */
  readonly schemaField?: 'value'
  /**
   * How the vendor is told to think; the first whose `models` match, and a model that none matches cannot be told.
   * Absent: `reasoning_effort` as OpenAI has it. A client's own knob becomes the vendor's, whichever it used.
   */
  readonly thinking?: readonly ThinkingKnob[]

  // Answers
  /**
   * `completion_tokens` leaves out the reasoning, which is in `total_tokens` only; OpenAI counts it in. A usage that
   * lists `reasoning_tokens` and adds up with them beside (xAI) is understood without this.
   */
  readonly reasoningBeside?: true
}

/** A field, refused always or by some models only. */
export type Refusal =
  | Parameter
  | (string & {})
  | { readonly field: Parameter | (string & {}); readonly models: RegExp }

/** The vendor's own way to say how much to think. `{}` says that it cannot be told. The parts may stand together. */
export interface ThinkingKnob {
  /** The vendor's names of the models it holds for; all unless given. */
  readonly models?: RegExp
  /** The words of `reasoning_effort` that are accepted; the nearest is taken for others. */
  readonly efforts?: readonly ReasoningEffort[]
  /** Words that a client of this dialect may send besides: accepted by some of the models, never chosen here. */
  readonly also?: readonly string[]
  /** What the vendor calls an effort, where its word is another: `{ xhigh: 'max' }`. */
  readonly words?: Readonly<Partial<Record<ReasoningEffort, string>>>
  /** Where the word goes: `reasoning_effort` unless given, or OpenRouter's `reasoning: { effort }`. */
  readonly effortField?: 'reasoning_effort' | 'reasoning'
  /**
   * The switch between thinking and not: `thinking: { type: 'enabled' | 'disabled' }`, or a boolean of this name, also
   * inside `chat_template_kwargs`. It is used for effort `none`, and turned on for any other.
   */
  readonly toggle?:
    | 'thinking'
    | 'enable_thinking'
    | 'reasoning.enabled'
    | 'chat_template_kwargs.enable_thinking'
    | 'chat_template_kwargs.thinking'
  /** Where a number of tokens goes: `thinking.budget_tokens`, Qwen's `thinking_budget`, OpenRouter's `reasoning`. */
  readonly budget?: 'thinking.budget_tokens' | 'thinking_budget' | 'reasoning.max_tokens'
}

/** What chat completions are where nobody has said otherwise. */
export const plain: ChatOptions = { systemRole: 'as-sent', streamOptions: true }
